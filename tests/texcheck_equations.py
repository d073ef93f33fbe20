"""Equations of the course's kind as they are printed, each with slips (old, new) that falsify it.

A slip replaces the one place where `old` stands. Slips are in sign, index, transpose, factor,
order of p and q, range of a sum, layer, function and relation.
"""

# ruff: noqa: E501
import numpy as np

from mlpkit import claim_models as course
from texcheck import Model


def chain(rng):
    sizes = [2, 3, 4, 5, 6]
    V = {i: rng.normal(size=(sizes[i], sizes[i - 1])) for i in range(1, 5)}
    return {"V": V, r"\mathbf x": rng.normal(size=2), "L": 4, r"\mathbf y": rng.normal(size=6)}


def h(v, layer):
    return v[r"\mathbf x"] if layer == 0 else v["V", layer] @ v[r"\mathbf h", layer - 1]


linear = Model(
    "linear network",
    chain,
    derived={r"\mathcal L": lambda v: np.sum((v[r"\mathbf h", 4] - v[r"\mathbf y"]) ** 2) / 2},
    layered={r"\mathbf h": h},
    indices={r"\ell": 4},
)

calculus = Model(
    "calculus",
    lambda rng: {"x": rng.normal(), "a": rng.normal(), "b": rng.normal()},
    functions={"f": lambda x: np.exp(np.sin(x)), "g": lambda x: 2 + np.cos(x)},
)

SOFTMAX = [
    (
        course.softmax,
        r"\hat y_k = \operatorname{softmax}(\mathbf z)_k = \frac{e^{z_k}}{\sum_{j=1}^{C} e^{z_j}},"
        r" \qquad k = 1, \dots, C.",
        [(r"\frac{e^{z_k}}", r"\frac{e^{-z_k}}"), ("{j=1}", "{j=2}"), ("e^{z_j}", "z_j")],
    ),
    (
        course.softmax,
        r"\sum_{k=1}^{C} \hat y_k = 1, \qquad 0 < \hat y_k < 1",
        [("= 1", "= C"), ("0 <", "1 <"), (r"\hat y_k < 1", r"\hat y_k > 1")],
    ),
    (
        course.softmax,
        r"\frac{\hat y_k}{\hat y_j} = e^{z_k - z_j}, \qquad \ln\frac{\hat y_k}{\hat y_j} = z_k - z_j",
        [("{z_k - z_j}", "{z_j - z_k}"), ("= z_k - z_j", "= z_k + z_j"), (r"\ln", r"-\ln")],
    ),
    (
        course.softmax,
        r"\operatorname{softmax}(\mathbf z + c\,\mathbf 1)_k = \frac{e^{c}\, e^{z_k}}"
        r"{e^{c} \sum_{j=1}^{C} e^{z_j}} = \operatorname{softmax}(\mathbf z)_k",
        [
            (r"\mathbf z + c\,\mathbf 1", r"c\,\mathbf z"),
            (r"{e^{c} \sum", r"{\sum"),
            (r"e^{c}\,", ""),
        ],
    ),
    (
        course.softmax,
        r"\operatorname{softmax}(z_1, z_2)_1 = \frac{e^{z_1}}{e^{z_1} + e^{z_2}}"
        r" = \frac{1}{1 + e^{-(z_1 - z_2)}} = \sigma(z_1 - z_2)",
        [
            (r"\sigma(z_1 - z_2)", r"\sigma(z_2 - z_1)"),
            ("+ e^{z_2}", "- e^{z_2}"),
            ("e^{-(", "e^{("),
        ],
    ),
    (
        course.temperature,
        r"\hat y_k = \frac{e^{z_k / T}}{\sum_{j=1}^{C} e^{z_j / T}}",
        [("z_k / T", "z_k T"), ("{z_j / T}", "{z_j}"), ("^{C}", "^{3}")],
    ),
    (
        course.temperature,
        r"\frac{\partial \ln \hat y_k}{\partial T}"
        r" = \frac{1}{T^2}\Bigl(\sum_{j} \hat y_j z_j - z_k\Bigr)",
        [("T^2", "T"), ("- z_k", "+ z_k"), (r"\hat y_j z_j", r"\hat y_j z_k")],
    ),
    (
        course.softmax,
        r"\hat y_k = \frac{e^{z_k - m}}{\sum_{j=1}^{C} e^{z_j - m}}, \qquad m = \max_{j} z_j",
        [("z_j - m", "z_j + m"), (r"\max", r"\min"), ("z_k - m", "z_k")],
    ),
    (
        course.softmax,
        r"\ln \hat y_k = z_k - \ln \sum_{j=1}^{C} e^{z_j} = z_k - m - \ln \sum_{j=1}^{C} e^{z_j - m}",
        [("- m -", "+ m -"), (r"z_k - \ln", r"z_k + \ln"), ("z_j - m", "z_k - m")],
    ),
    (
        course.softmax,
        r"\max_j z_j \le \ln \sum_{j} e^{z_j} \le \max_j z_j + \ln C",
        [(r"+ \ln C", r"- \ln C"), (r" + \ln C", ""), (r"\max_j z_j \le", r"\max_j z_j \ge")],
    ),
    (
        course.one_hot,
        r"t = \operatorname*{arg\,max}_k y_k, \qquad y_k = [k = t]",
        [(r"arg\,max", r"arg\,min"), ("[k = t]", r"[k \ne t]"), ("k = t", "k = 1")],
    ),
    (
        course.softmax,
        r"\arg\max_k \hat y_k = \arg\max_k z_k, \qquad \hat y_k \le \max_j \hat y_j",
        [(r"\arg\max_k z_k", r"\arg\min_k z_k"), (r"\le \max", r"\ge \max"), ("max_j", "min_j")],
    ),
    (
        course.softmax,
        r"\hat{\mathbf y} = \frac{1}{S} \begin{pmatrix} e^{z_1} \\ \vdots \\ e^{z_C} \end{pmatrix},"
        r" \qquad S = e^{z_1} + e^{z_2} + \dots + e^{z_C}",
        [(r"\frac{1}{S}", "S"), (r"e^{z_1} \\", r"e^{z_2} \\"), ("+ e^{z_C}", "+ e^{z_3}")],
    ),
]

JACOBIAN = [
    (
        course.softmax,
        r"\frac{\partial \hat y_k}{\partial z_j} = \hat y_k\bigl([k=j] - \hat y_j\bigr)",
        [("] -", "] +"), (r"= \hat y_k", r"= \hat y_j"), ("[k=j]", "1")],
    ),
    (
        course.softmax,
        r"\frac{\partial \hat y_k}{\partial z_j} = \hat y_k(\delta_{kj} - \hat y_j)",
        [(r"\delta_{kj}", r"\delta_{kk}"), ("- ", "+ "), (r"\hat y_j)", r"\hat y_k)")],
    ),
    (
        course.softmax,
        r"\frac{\partial \hat y_k}{\partial z_j} = \begin{cases} \hat y_k(1-\hat y_k)"
        r" & \text{if } k=j,\\ -\hat y_k\hat y_j & \text{if } k\neq j. \end{cases}",
        [(r"-\hat y_k\hat y_j", r"\hat y_k\hat y_j"), ("1-", "1+"), (r"k\neq j", r"k > j")],
    ),
    (
        course.softmax,
        r"\frac{\partial \hat y_k}{\partial z_j} = -\hat y_k\hat y_j \qquad (k \ne j)",
        [(r"\ne", r"\le"), ("-", ""), (r"\hat y_j", r"\hat y_k")],
    ),
    (
        course.softmax,
        r"\frac{\partial \hat{\mathbf y}}{\partial \mathbf z}"
        r" = \operatorname{diag}(\hat{\mathbf y}) - \hat{\mathbf y}\hat{\mathbf y}^{\mathsf T} = J",
        [
            (" - ", " + "),
            (r"\hat{\mathbf y}^{\mathsf T}", r"\mathbf y^{\mathsf T}"),
            ("= J", "= -J"),
        ],
    ),
    (
        course.softmax,
        r"J\,\mathbf 1 = \mathbf 0, \qquad J^{\top} = J, \qquad J_{kj} = \hat y_k([k=j]-\hat y_j)",
        [(r"\mathbf 0", r"\mathbf 1"), ("= J,", "= -J,"), ("]-", "]+")],
    ),
    (
        course.softmax,
        r"\mathbf v^\top J\,\mathbf v = \sum_{k=1}^{C} \hat y_k v_k^2"
        r" - \left(\sum_{k=1}^{C} \hat y_k v_k\right)^2 \ge 0",
        [(r"\ge", r"\le"), (r"\right)^2", r"\right)"), (r"\hat y_k v_k^2", r"\hat y_k v_k")],
    ),
    (
        course.softmax,
        r"\frac{\partial}{\partial z_k} \ln \sum_{j=1}^{C} e^{z_j} = \hat y_k,"
        r" \qquad \frac{\partial S}{\partial z_k} = e^{z_k}",
        [(r"= \hat y_k", r"= -\hat y_k"), (r"\ln \sum", r"\sum"), ("= e^{z_k}", "= e^{z_1}")],
    ),
    (
        course.softmax,
        r"\frac{\partial \ln \hat y_k}{\partial z_j} = [k=j] - \hat y_j",
        [("] - ", "] + "), (r"- \hat y_j", r"- \hat y_k"), (r"\ln \hat", r"\hat")],
    ),
    (
        calculus,
        r"\frac{d}{dx} \frac{f(x)}{g(x)} = \frac{f'(x)}{g(x)} - \frac{f(x)\, g'(x)}{(g(x))^2}",
        [("(g(x))^2", "g(x)"), (" - ", " + "), ("g'(x)", "g(x)")],
    ),
    (
        calculus,
        r"\frac{d^2}{dx^2} f(x) = f''(x), \qquad"
        r" \frac{\mathrm d}{\mathrm d x}\bigl(f(x)\, g(x)\bigr) = f'(x)\, g(x) + f(x)\, g'(x)",
        [("f''(x)", "f'(x)"), ("+ f(x)", "- f(x)"), (r"g'(x)", "g(x)")],
    ),
    (
        course.softmax,
        r"\frac{\partial^2 A(\mathbf z)}{\partial z_j\,\partial z_k} = J_{jk}, \qquad"
        r" \frac{\partial^2 \mathcal L}{\partial z_k^2} = \hat y_k (1 - \hat y_k)",
        [("= J_{jk}", "= -J_{jk}"), ("1 -", "1 +"), ("J_{jk}", "J_{jj}")],
    ),
    (
        course.softmax,
        r"\nabla^2_{\mathbf z} \mathcal L = J, \qquad"
        r" \frac{\partial^2 \mathcal L}{\partial \mathbf z\,\partial \mathbf z^\top} = J",
        [(r"\mathcal L = J,", r"\mathcal L = -J,"), (r"^2_{\mathbf z}", r"_{\mathbf z}")],
    ),
]

LOSS = [
    (
        course.one_hot,
        r"\mathcal L = -\sum_{k=1}^{C} y_k \ln \hat y_k = -\ln \hat y_t",
        [(r"-\sum", r"\sum"), (r"y_k \ln", r"\ln"), (r"\hat y_t", r"\hat y_1")],
    ),
    (
        course.softmax,
        r"\frac{\partial \mathcal L}{\partial z_j} = \hat y_j - y_j",
        [
            (" - ", " + "),
            (r"\hat y_j - y_j", r"y_j - \hat y_j"),
            (r"\partial z_j", r"\partial z_k"),
        ],
    ),
    (
        course.softmax,
        r"""\begin{aligned}
        \frac{\partial \mathcal L}{\partial z_j}
            &= -\sum_{k=1}^{C} y_k\,\frac{1}{\hat y_k}\,\frac{\partial \hat y_k}{\partial z_j} \\
            &= -\sum_{k=1}^{C} y_k\bigl([k=j] - \hat y_j\bigr) \\
            &= \hat y_j - y_j.
        \end{aligned}""",
        [
            (r"\frac{1}{\hat y_k}\,", ""),
            ("[k=j] - ", "[k=j] + "),
            (r"= -\sum_{k=1}^{C} y_k\bigl", r"= \sum_{k=1}^{C} y_k\bigl"),
            (r"] - \hat y_j", r"] - \hat y_k"),
        ],
    ),
    (
        course.unnormalised,
        r"\frac{\partial \mathcal L}{\partial z_j}"
        r" = \Bigl(\sum_{k=1}^{C} y_k\Bigr)\hat y_j - y_j",
        [(r"\Bigl(\sum_{k=1}^{C} y_k\Bigr)", ""), ("- y_j", "+ y_j"), (r"\hat y_j -", r"y_j -")],
    ),
    (
        course.softmax,
        r"\nabla_{\mathbf z}\mathcal L = \hat{\mathbf y} - \mathbf y"
        r" = J^\top \nabla_{\hat{\mathbf y}} \mathcal L",
        [(" - ", " + "), ("= J", "= -J"), (r"\nabla_{\hat{\mathbf y}}", r"\nabla_{\mathbf z}")],
    ),
    (
        course.softmax,
        r"\mathcal L_2 = -\sum_{k=1}^{C} y_k \log_2 \hat y_k, \qquad"
        r" \frac{\partial \mathcal L_2}{\partial z_j} = \frac{\hat y_j - y_j}{\ln 2}",
        [(r"\log_2", r"\ln"), (r"{\ln 2}", "{2}"), (r"\hat y_j - y_j", r"y_j - \hat y_j")],
    ),
    (
        course.softmax,
        r"\mathcal L = A(\mathbf z) - \sum_{k=1}^{C} y_k z_k, \qquad"
        r" \frac{\partial \mathcal L}{\partial z_j} = \frac{\partial}{\partial z_j} A(\mathbf z) - y_j",
        [(r") - \sum", r") + \sum"), ("y_k z_k", "z_k"), ("z) - y_j", "z) + y_j")],
    ),
    (
        course.softmax,
        r"\nabla_{\mathbf z} \mathcal L_{\text{sq}} = J (\hat{\mathbf y} - \mathbf y)",
        [("= J", "= -J"), (" - ", " + "), (r"\hat{\mathbf y} -", r"\mathbf z -")],
    ),
    (
        course.one_hot,
        r"\frac{\partial \mathcal L}{\partial \hat y_k} = -\frac{y_k}{\hat y_k}",
        [("= -", "= "), (r"{y_k}", "{1}"), (r"-\frac", r"y_k -\frac")],
    ),
    (
        course.softmax,
        r"\mathcal L = \mathbb E_{k\sim \mathbf y}\bigl[-\ln \hat y_k\bigr]",
        [
            (r"[-\ln", r"[\ln"),
            (r"k\sim \mathbf y", r"k\sim \hat{\mathbf y}"),
            (r"\hat y_k", r"\hat y_1"),
        ],
    ),
]

INFORMATION = [
    (
        course.information,
        r"H(p) = -\sum_{k=1}^{C} p_k \ln p_k = \mathbb E_{k\sim p}\left[\ln\frac{1}{p_k}\right]",
        [(r"-\sum", r"\sum"), (r"k\sim p", r"k\sim q"), (r"\ln p_k", r"\ln q_k")],
    ),
    (
        course.information,
        r"\mathrm{CE}(p, q) = -\sum_{k=1}^{C} p_k \ln q_k",
        [("(p, q)", "(q, p)"), (r"-\sum", r"\sum"), (r"\ln q_k", r"\log_2 q_k")],
    ),
    (
        course.information,
        r"\mathrm{KL}(p \,\|\, q) = \sum_{k=1}^{C} p_k \ln\frac{p_k}{q_k} \ge 0",
        [(r"\frac{p_k}{q_k}", r"\frac{q_k}{p_k}"), (r"p \,\|\, q", r"q \,\|\, p"), (r"\ge", "<")],
    ),
    (
        course.information,
        r"D_{\mathrm{KL}}(p \parallel q) = \mathrm{CE}(p, q) - H(p)",
        [("- H", "+ H"), ("H(p)", "H(q)"), (r"p \parallel q", r"q \parallel p")],
    ),
    (
        course.information,
        r"\mathrm{CE}(p, q) = H(p) + \mathrm{KL}(p \,\|\, q) \ge H(p)",
        [("= H(p)", "= H(q)"), (r"\ge H(p)", r"\ge H(q)"), ("+ ", "- ")],
    ),
    (
        course.information,
        r"\ln x \le x - 1",
        [(r"\le", r"\ge"), ("- 1", "- 2"), ("x - 1", "1 - x")],
    ),
    (
        course.information,
        r"0 \le H(p) \le \ln C, \qquad H(u) = \ln C",
        [(r"\le \ln C", r"\le -\ln C"), (r"0 \le", r"0 \ge"), ("H(u)", "H(p)")],
    ),
    (
        course.information,
        r"H_2(p) = -\sum_{k} p_k \log_2 p_k = \frac{H(p)}{\ln 2}",
        [(r"\log_2", r"\ln"), (r"{\ln 2}", r"{\ln C}"), (r"-\sum", r"\sum")],
    ),
    (
        course.information,
        r"\mathrm{KL}_2(p \,\|\, q) = \frac{\mathrm{KL}(p \,\|\, q)}{\ln 2},"
        r" \qquad \mathrm{KL}(p \,\|\, p) = 0",
        [(r"{\ln 2}", "{2}"), (r"(p \,\|\, p)", r"(p \,\|\, q)"), ("= 0", r"= H(p)")],
    ),
    (
        course.information,
        r"-\sum_{k=1}^{C} p_k \ln q_k \ge -\sum_{k=1}^{C} p_k \ln p_k",
        [(r"\ge", r"\le"), (r"p_k \ln q_k", r"q_k \ln q_k"), (r"p_k \ln p_k", r"q_k \ln q_k")],
    ),
    (
        course.codes,
        r"\bar\ell = \sum_{k=1}^{C} p_k \ell_k, \qquad H_2(p) \le \bar\ell < H_2(p) + 1",
        [("+ 1", ""), (r"p_k \ell_k", r"\ell_k"), (r"\le \bar", r"\ge \bar")],
    ),
    (
        course.codes,
        r"\sum_{k=1}^{C} 2^{-\ell_k} = 1, \qquad \sum_{k=1}^{C} 2^{-s_k} \le 1",
        [(r"2^{-\ell_k}", r"2^{\ell_k}"), (r"\le 1", "< 1"), ("-s_k", r"s_k")],
    ),
    (
        course.codes,
        r"s_k = \lceil -\log_2 p_k \rceil, \qquad -\log_2 p_k \le s_k < -\log_2 p_k + 1",
        [("+ 1", "- 1"), (r"\lceil -", r"\lceil "), (r"-\log_2 p_k \le", r"-\log_2 p_k \ge")],
    ),
    (
        course.codes,
        r"\mathrm{CE}_2(p, q) = \mathbb E_{k\sim p}[-\log_2 q_k]",
        [(r"k\sim p", r"k\sim q"), ("(p, q)", "(q, p)"), (r"\log_2", r"\ln")],
    ),
]

SIGMOID = [
    (
        course.binary,
        r"\sigma(z) = \frac{1}{1+e^{-z}}, \qquad 1-\sigma(z) = \sigma(-z)",
        [("e^{-z}", "e^{z}"), ("1+e", "1-e"), ("(-z)", "(z)")],
    ),
    (
        course.binary,
        r"\sigma'(z) = \sigma(z)\bigl(1-\sigma(z)\bigr)"
        r" = \frac{e^{-z}}{\left(1+e^{-z}\right)^{2}} \le \frac14",
        [("1-", "1+"), ("^{2}", ""), (r"\frac14", r"\frac15")],
    ),
    (
        course.binary,
        r"\sigma''(z) = \sigma'(z)\,(1 - 2\sigma(z)), \qquad \sigma^{-1}(\hat y) = z",
        [("1 - 2", "1 + 2"), (r"2\sigma(z)", r"\sigma(z)"), ("= z", "= -z")],
    ),
    (
        course.binary,
        r"\mathcal L = -y\ln\hat y - (1-y)\ln(1-\hat y) = \ln\left(1+e^{z}\right) - yz",
        [("- yz", "+ yz"), ("(1-y)", "(1+y)"), (r"- (1-y)", r"+ (1-y)"), ("1+e^{z}", "1+e^{-z}")],
    ),
    (
        course.binary,
        r"\mathcal L = \max(z, 0) - yz + \ln\bigl(1+e^{-\lvert z\rvert}\bigr)",
        [(r"-\lvert z\rvert", r"\lvert z\rvert"), (r"\max", r"\min"), (r"-\lvert z\rvert", r"-z")],
    ),
    (
        course.binary,
        r"\frac{\partial \mathcal L}{\partial z} = \sigma(z) - y = \hat y - y",
        [
            (r"\sigma(z) - y", r"y - \sigma(z)"),
            (r"\hat y - y", r"\hat y + y"),
            ("= \\hat", "= -\\hat"),
        ],
    ),
    (
        course.binary,
        r"\frac{\partial \mathcal L}{\partial \hat y} = \frac{\hat y - y}{\hat y\,(1-\hat y)}, \qquad"
        r" \frac{\partial \mathcal L_{\text{SE}}}{\partial z} = (\hat y - y)\,\hat y\,(1-\hat y)",
        [
            (r"{\hat y\,(1", r"{(1"),
            (r"(\hat y - y)", r"(y - \hat y)"),
            (r"{\text{SE}}}{\partial z}", r"{\text{SE}}}{\partial \hat y}"),
        ],
    ),
    (
        course.binary,
        r"\frac{d}{dz}\tanh z = 1 - (\tanh z)^2, \qquad \tanh z = 2\sigma(2z) - 1",
        [("1 - (", "1 + ("), ("(2z)", "(z)"), (")^2", ")")],
    ),
    (
        course.binary,
        r"\operatorname{softmax}(z, 0)_1 = \sigma(z), \qquad \varphi(z) = \max(0, z) = z\,[z > 0]",
        [("(z, 0)_1", "(z, 0)_2"), ("[z > 0]", "[z < 0]"), (r"\max(0, z)", r"\min(0, z)")],
    ),
    (
        course.multilabel,
        r"\mathcal L = -\sum_{k=1}^{C} \bigl(y_k \ln \hat y_k + (1-y_k)\ln(1-\hat y_k)\bigr)",
        [(r"-\sum", r"\sum"), (r"+ (1-y_k)", r"- (1-y_k)"), ("{k=1}", "{k=2}")],
    ),
    (
        course.multilabel,
        r"\frac{\partial \mathcal L}{\partial z_k} = \hat y_k - y_k, \qquad"
        r" \frac{\partial \hat y_k}{\partial z_j} = [k=j]\,\hat y_k(1-\hat y_k)",
        [(r"\hat y_k - y_k", r"\hat y_k + y_k"), (r"[k=j]\,", ""), ("(1-", "(1+")],
    ),
    (
        course.multilabel,
        r"e^{-\mathcal L} = \prod_{k=1}^{C} \hat y_k^{y_k} (1-\hat y_k)^{1-y_k}",
        [(r"e^{-\mathcal L}", r"e^{\mathcal L}"), ("^{1-y_k}", "^{y_k}"), (r"\prod", r"\sum")],
    ),
]

NEURON = [
    (
        course.neuron,
        r"J = \frac{1}{n}\sum_{i=1}^{n}\bigl(\max(0, x_i m + b) - y_i\bigr)^2",
        [("- y_i", "+ y_i"), (r"\frac{1}{n}", r"\frac{1}{2}"), ("0, x", "1, x"), ("+ b", "- b")],
    ),
    (
        course.neuron,
        r"\frac{\partial J}{\partial m} = \frac{2}{n}\sum_{i=1}^{n}"
        r"\bigl(\hat y_i - y_i\bigr)\,\mathbf 1[x_i m + b > 0]\,x_i",
        [(r"\,x_i", ""), ("> 0", "< 0"), (r"\frac{2}", r"\frac{1}"), ("- y_i", "+ y_i")],
    ),
    (
        course.neuron,
        r"\frac{\partial J}{\partial b} = \frac{2}{n}\sum_{i\,:\,x_i m + b > 0}(x_i m + b - y_i)",
        [("- y_i", "+ y_i"), ("> 0", "< 0"), (r"\frac{2}{n}", r"\frac{1}{n}")],
    ),
    (
        course.neuron,
        r"\frac{\partial J}{\partial \hat y_i} = \frac{2}{n}(\hat y_i - y_i), \qquad"
        r" \hat y_i = \operatorname{ReLU}(m x_i + b)",
        [(r"\hat y_i - y_i", r"y_i - \hat y_i"), ("m x_i + b", "m x_i - b"), ("{2}{n}", "{1}{n}")],
    ),
]

NETWORK = [
    (
        course.network,
        r"\mathbf z^{(\ell)} = W^{(\ell)}\mathbf a^{(\ell-1)} + \mathbf b^{(\ell)}",
        [
            (r"\ell-1", r"\ell"),
            ("+ ", "- "),
            (r"W^{(\ell)}", r"W^{(\ell)\top}"),
            ("b^{(\\ell)}", "b^{(1)}"),
        ],
    ),
    (
        course.network,
        r"\mathbf a^{(\ell)} = \varphi\bigl(\mathbf z^{(\ell)}\bigr) \quad \text{for } \ell < L,"
        r" \qquad \mathbf a^{(0)} = \mathbf x, \qquad \hat{\mathbf y} = \mathbf a^{(L)}",
        [(r"\varphi", r"\varphi'"), ("a^{(0)}", "a^{(1)}"), ("a^{(L)}", "z^{(L)}")],
    ),
    (
        course.network,
        r"z^{(\ell)}_i = \sum_{j=1}^{n_{\ell-1}} W^{(\ell)}_{ij}\,a^{(\ell-1)}_j + b^{(\ell)}_i",
        [
            ("_{ij}", "_{ji}"),
            ("b^{(\\ell)}_i", "b^{(\\ell-1)}_i"),
            ("+ ", "- "),
            ("n_{\\ell-1}", "n_{\\ell}"),
        ],
    ),
    (
        course.network,
        r"\boldsymbol\delta^{(L)} = \hat{\mathbf y} - \mathbf y",
        [
            (" - ", " + "),
            (r"\hat{\mathbf y} - \mathbf y", r"\mathbf y - \hat{\mathbf y}"),
            ("(L)", "(2)"),
        ],
    ),
    (
        course.network,
        r"\boldsymbol\delta^{(\ell)} = \frac{\partial \mathcal L}{\partial \mathbf z^{(\ell)}}",
        [(r"z^{(\ell)}", r"a^{(\ell)}"), ("= ", "= -"), (r"z^{(\ell)}", r"z^{(1)}")],
    ),
    (
        course.network,
        r"\boldsymbol\delta^{(\ell)} = \left(W^{(\ell+1)}\right)^{\top} \boldsymbol\delta^{(\ell+1)}"
        r" \odot \varphi'(\mathbf z^{(\ell)}), \qquad \ell = 1, \dots, L - 1",
        [
            (r"^{\top}", ""),
            (r"\varphi'", r"\varphi"),
            (r"W^{(\ell+1)}", r"W^{(\ell)}"),
            (r" \odot \varphi'(\mathbf z^{(\ell)})", ""),
            (r"\delta^{(\ell+1)}", r"\delta^{(\ell)}"),
        ],
    ),
    (
        course.network,
        r"\boldsymbol\delta^{(\ell)} = \operatorname{diag}\bigl(\varphi'(\mathbf z^{(\ell)})\bigr)\,"
        r"W^{(\ell+1)\top}\,\boldsymbol\delta^{(\ell+1)} \qquad \text{when } \ell < L",
        [(r"(\ell+1)\top", r"(\ell+1)"), (r"\varphi'", r"\varphi"), ("= ", "= -")],
    ),
    (
        course.network,
        r"\frac{\partial \mathcal L}{\partial W^{(\ell)}}"
        r" = \boldsymbol\delta^{(\ell)} \left(\mathbf a^{(\ell-1)}\right)^{\top}, \qquad"
        r" \frac{\partial \mathcal L}{\partial \mathbf b^{(\ell)}} = \boldsymbol\delta^{(\ell)}",
        [
            ("a^{(\\ell-1)}", "a^{(\\ell)}"),
            (r"^{\top}", ""),
            (r"\partial \mathbf b", r"\partial \mathbf a"),
        ],
    ),
    (
        course.network,
        r"\frac{\partial \mathcal L}{\partial W^{(\ell)}_{ij}} = \delta^{(\ell)}_i\,a^{(\ell-1)}_j,"
        r" \qquad \frac{\partial \mathcal L}{\partial b^{(\ell)}_i} = \delta^{(\ell)}_i",
        [
            (r"_i\,a^{(\ell-1)}_j", r"_j\,a^{(\ell-1)}_i"),
            ("a^{(\\ell-1)}_j", "z^{(\\ell-1)}_j"),
            ("{ij}", "{ji}"),
        ],
    ),
    (
        course.network,
        r"\frac{\partial \mathbf z^{(\ell+1)}}{\partial \mathbf z^{(\ell)}}"
        r" = W^{(\ell+1)} \operatorname{diag}\bigl(\varphi'(\mathbf z^{(\ell)})\bigr) \qquad (\ell < L)",
        [("= W^{(\\ell+1)}", "= W^{(\\ell)}"), (r"\varphi'", r"\varphi"), ("= W", "= -W")],
    ),
    (
        course.network,
        r"\frac{\partial \mathcal L}{\partial \mathbf a^{(\ell-1)}}"
        r" = \bigl(W^{(\ell)}\bigr)^{\mathsf T} \boldsymbol\delta^{(\ell)}",
        [
            (r"^{\mathsf T}", ""),
            (r"\delta^{(\ell)}", r"\delta^{(1)}"),
            (r"a^{(\ell-1)}", r"a^{(\ell)}"),
        ],
    ),
    (
        course.network,
        r"\lVert \boldsymbol\delta^{(\ell)} \rVert \le \lVert W^{(\ell+1)} \rVert_2 \,"
        r" \lVert \boldsymbol\delta^{(\ell+1)} \rVert \qquad \text{for } \ell < L",
        [
            (r"\le", r"\ge"),
            (r"\lVert W^{(\ell+1)} \rVert_2 \,", ""),
            (r"\rVert_2 \,", r"\rVert_2^{-1}"),
        ],
    ),
    (
        linear,
        r"\nabla_{\mathbf x}\mathcal L = V^{(1)\top} V^{(2)\top} V^{(3)\top} V^{(4)\top}"
        r"(\mathbf h^{(4)} - \mathbf y)"
        r" = \Bigl(\prod_{\ell=1}^{L} V^{(\ell)\top}\Bigr)(\mathbf h^{(L)}-\mathbf y)",
        [("(4)} - ", "(4)} + "), (r"V^{(\ell)\top}", r"V^{(\ell)}"), ("{\\ell=1}", "{\\ell=2}")],
    ),
    (
        linear,
        r"\frac{\partial \mathbf h^{(L)}}{\partial \mathbf x} = \prod_{\ell=L}^{1} V^{(\ell)}"
        r" = V^{(L)} V^{(L-1)} \cdots V^{(1)}",
        [
            (r"_{\ell=L}^{1}", r"_{\ell=1}^{L}"),
            (r"\cdots V^{(1)}", r"\cdots V^{(2)}"),
            ("^{1}", "^{2}"),
        ],
    ),
    (
        linear,
        r"\frac{\partial \mathcal L}{\partial V^{(\ell)}} = \Bigl(\prod_{k=\ell+1}^{L} V^{(k)\top}\Bigr)"
        r" (\mathbf h^{(L)} - \mathbf y)\, \mathbf h^{(\ell-1)\top}",
        [(r"k=\ell+1", r"k=\ell"), (r"(\ell-1)\top", r"(\ell)\top"), (r"V^{(k)\top}", r"V^{(k)}")],
    ),
]

BATCH = [
    (
        course.batch,
        r"J = \frac{1}{N} \sum_{n=1}^{N} \mathcal L_n"
        r" = -\frac{1}{N} \sum_{n=1}^{N} \sum_{k=1}^{C} y_{nk} \ln \hat y_{nk}",
        [(r"-\frac{1}{N}", r"\frac{1}{N}"), (r"y_{nk} \ln", r"\ln"), (r"J = \frac{1}{N}", "J =")],
    ),
    (
        course.batch,
        r"J_\lambda = J + \frac{\lambda}{2N} \sum_{\ell=1}^{L} \lVert W^{(\ell)} \rVert_F^2",
        [("{2N}", "{N}"), ("J + ", "J - "), ("_F^2", "_F"), (r"{\ell=1}^{L}", r"{\ell=2}^{L}")],
    ),
    (
        course.batch,
        r"\frac{\partial J_\lambda}{\partial W^{(\ell)}} = \frac{1}{N} \left( \sum_{n=1}^{N}"
        r" \boldsymbol\delta_n^{(\ell)} \left(\mathbf a_n^{(\ell-1)}\right)^{\top}"
        r" + \lambda W^{(\ell)} \right)",
        [
            (r"+ \lambda", r"- \lambda"),
            (r"\lambda W", r"2 \lambda W"),
            (r"a_n^{(\ell-1)}", r"a_n^{(\ell)}"),
        ],
    ),
    (
        course.batch,
        r"\frac{\partial J_\lambda}{\partial \mathbf b^{(\ell)}}"
        r" = \frac{1}{N} \sum_{n=1}^{N} \boldsymbol\delta_n^{(\ell)}",
        [(r"\frac{1}{N}", ""), ("{n=1}", "{n=2}"), ("= ", "= -")],
    ),
    (
        course.batch,
        r"\frac{\partial J}{\partial W^{(L)}} = \frac{1}{N}(\hat Y - Y)^{\mathsf T} A^{(L-1)}",
        [(r"^{\mathsf T}", ""), (r"\hat Y - Y", r"Y - \hat Y"), ("A^{(L-1)}", "A^{(L)}")],
    ),
    (
        course.batch,
        r"\Delta^{(\ell)} = \Delta^{(\ell+1)} W^{(\ell+1)} \odot \varphi'\bigl(Z^{(\ell)}\bigr)"
        r" \qquad (\ell < L)",
        [(r"W^{(\ell+1)}", r"W^{(\ell+1)\top}"), (r"\varphi'", r"\varphi"), ("= ", "= -")],
    ),
    (
        course.batch,
        r"Z^{(\ell)} = A^{(\ell-1)} W^{(\ell)\top} + \mathbf 1\, \mathbf b^{(\ell)\top}",
        [
            (r"W^{(\ell)\top}", r"W^{(\ell)}"),
            ("+ ", "- "),
            (r"\mathbf b^{(\ell)\top}", r"\mathbf b^{(\ell)}"),
        ],
    ),
    (
        course.batch,
        r"W^{(\ell)} \leftarrow W^{(\ell)} - \eta\,\frac{\partial J_\lambda}{\partial W^{(\ell)}},"
        r" \qquad \mathbf b^{(\ell)} \leftarrow \mathbf b^{(\ell)}"
        r" - \eta\,\frac{\partial J_\lambda}{\partial \mathbf b^{(\ell)}}",
        [
            (r"W^{(\ell)} - \eta\,", r"W^{(\ell)} + \eta\,"),
            (r"W^{(\ell)} - \eta\,", r"W^{(\ell)} - "),
        ],
    ),
    (
        course.batch,
        r"W^{(\ell)} \leftarrow \Bigl(1 - \frac{\eta\lambda}{N}\Bigr) W^{(\ell)}"
        r" - \eta\,\frac{\partial J}{\partial W^{(\ell)}}",
        [("1 - ", "1 + "), (r"\frac{\eta\lambda}{N}", r"\eta\lambda"), (r"- \eta\,", r"+ \eta\,")],
    ),
]

STEPS = [
    (
        course.descent,
        r"\theta_{s+1} = \theta_s - \eta\, \nabla J_\lambda(\theta_s), \qquad s = 0, 1, \dots, S - 1",
        [(r"\theta_s - ", r"\theta_s + "), (r"\eta\,", ""), (r"(\theta_s)", r"(\theta_{s+1})")],
    ),
    (
        course.heavy_ball,
        r"v_{s+1} = \mu v_s - \eta\,\nabla J(\theta_s), \qquad \theta_{s+1} = \theta_s + v_{s+1}",
        [(r"\mu v_s", "v_s"), (r"- \eta", r"+ \eta"), (r"\theta_s + v_{s+1}", r"\theta_s + v_{s}")],
    ),
    (
        course.differences,
        r"f'(x) \approx \frac{f(x+h)-f(x-h)}{2h}",
        [("2h", "h"), (")-f", ")+f"), ("f'(x)", "f(x)")],
    ),
]

MATRICES = [
    (
        course.matrices,
        r"(AB)^{\mathsf T} = B^{\mathsf T}A^{\mathsf T}",
        [
            (r"B^{\mathsf T}A^{\mathsf T}", r"A^{\mathsf T}B^{\mathsf T}"),
            ("= B", "= -B"),
            (r"A^{\mathsf T}", "A"),
        ],
    ),
    (
        course.matrices,
        r"\operatorname{diag}(\mathbf u)\,\mathbf v = \mathbf u\odot\mathbf v, \qquad"
        r" \mathbf u^\top\mathbf v = \sum_{i=1}^{3} u_i v_i, \qquad"
        r" \lVert\mathbf u\rVert^2 = \mathbf u\cdot\mathbf u",
        [
            (r"\odot", " "),
            ("u_i v_i", "u_i u_i"),
            (r"u^\top\mathbf v", r"u\mathbf v^\top"),
            (r"\rVert^2", r"\rVert"),
        ],
    ),
    (
        course.matrices,
        r"\frac{\partial (A\mathbf u)}{\partial \mathbf u} = A, \qquad"
        r" \frac{\partial (\mathbf w^\top A\mathbf u)}{\partial \mathbf u} = A^\top\mathbf w",
        [("= A,", r"= A^\top,"), (r"= A^\top", "= A"), (r"= A^\top", r"= -A^\top")],
    ),
    (
        course.matrices,
        r"\mathbf u = \begin{pmatrix} u_1 \\ u_2 \\ u_3 \end{pmatrix} = (u_1, u_2, u_3)^\top, \qquad"
        r" I = \begin{bmatrix} 1 & 0 & 0 \\ 0 & 1 & 0 \\ 0 & 0 & 1 \end{bmatrix}",
        [(r"u_1 \\ u_2", r"u_2 \\ u_1"), (r"u_3)^\top", "u_3)"), ("0 & 1 & 0", "0 & 0 & 1")],
    ),
    (
        course.matrices,
        r"\begin{pmatrix} A & \mathbf w \end{pmatrix} \begin{pmatrix} \mathbf u \\ 1 \end{pmatrix}"
        r" = A\mathbf u + \mathbf w, \qquad (A\mathbf u)_i = \sum_{j=1}^{3} A_{ij} u_j",
        [
            (r"\mathbf u + \mathbf w", r"\mathbf u - \mathbf w"),
            ("A_{ij}", "A_{ji}"),
            (r"\\ 1", r"\\ 0"),
        ],
    ),
    (
        course.matrices,
        r"\mathbf u\mathbf v^\top = \begin{pmatrix} u_1 v_1 & \cdots & u_1 v_3 \\ \vdots & \ddots & \vdots"
        r" \\ u_3 v_1 & \cdots & u_3 v_3 \end{pmatrix}, \qquad \operatorname{tr}(\mathbf u\mathbf v^\top)"
        r" = u_1 v_1 + \dots + u_3 v_3",
        [
            ("u_3 v_1 &", "u_1 v_3 &"),
            ("+ u_3 v_3", "+ u_2 v_2"),
            (r"\operatorname{tr}(\mathbf u\mathbf v", r"\operatorname{tr}(\mathbf u\mathbf u"),
        ],
    ),
    (
        course.matrices,
        r"\lVert A \rVert_F^2 = \sum_{i=1}^{4}\sum_{j=1}^{3} A_{ij}^2 = \operatorname{tr}(A^\top A),"
        r" \qquad \lVert A\mathbf u\rVert \le \lVert A\rVert_2\, \lVert\mathbf u\rVert",
        [
            ("{i=1}^{4}", "{i=1}^{3}"),
            (r"\rVert_F^2", r"\rVert_F"),
            (r"\le", r"\ge"),
            ("A_{ij}^2", "A_{ij}"),
        ],
    ),
]

EQUATIONS = [
    *SOFTMAX,
    *JACOBIAN,
    *LOSS,
    *INFORMATION,
    *SIGMOID,
    *NEURON,
    *NETWORK,
    *BATCH,
    *STEPS,
    *MATRICES,
]
