# The gradient measured with a complex step, exact to rounding.
# %% bce_gradient
def bce_gradient(z, y):
    def term(t, label):
        # ln(1 + e^t) - label t, for complex t and without overflow
        s = t if t.real < 0 else -t
        return np.log(1 + np.exp(s)) + (0 if t.real < 0 else t) - label * t

    g = [[term(s + 1e-30j, t).imag / 1e-30 for s, t in zip(*rows)] for rows in zip(z, y)]
    return np.array(g) / len(z)
