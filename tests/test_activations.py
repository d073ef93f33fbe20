"""Activations: known values, derivatives against SymPy and the complex step, any axis."""

import numpy as np
import pytest
import scipy.special
import sympy as sp

import mlpkit
from mlpkit import ACTIVATIONS, complex_step_gradient, log_softmax, softmax, softmax_jacobian
from mlpkit.activations import softmax_

Z = sp.Symbol("z", real=True)
SYMBOLIC = {
    "identity": Z,
    "sigmoid": 1 / (1 + sp.exp(-Z)),
    "tanh": sp.tanh(Z),
    "relu": sp.Piecewise((Z, Z > 0), (0, True)),
}
POINTS = [-40.0, -7.5, -1.0, -1e-8, 1e-300, 0.3, 1.0, 2.5, 17.0, 40.0]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_values_and_derivatives_are_sympys(name):
    phi = ACTIVATIONS[name]
    for formula, function in (
        (SYMBOLIC[name], phi.function),
        (SYMBOLIC[name].diff(), phi.derivative),
    ):
        truth = [float(formula.evalf(30, subs={Z: sp.Float(z, 60)}, maxn=2000)) for z in POINTS]
        np.testing.assert_allclose(function(POINTS), truth, rtol=8e-16, atol=0)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative_is_the_complex_step(name):
    z = np.random.default_rng(0).normal(0, 3, (4, 5))
    slope = complex_step_gradient(lambda z: ACTIVATIONS[name].function(z).sum(), z)
    np.testing.assert_allclose(ACTIVATIONS[name].derivative(z), slope, rtol=1e-14, atol=1e-300)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_training_steps_form_is_the_same_function(name):
    """`apply` writes φ in place, `slope` turns φ(z) into φ'(z) in place."""
    phi = ACTIVATIONS[name]
    z = np.random.default_rng(0).normal(0, 2, (4, 5))
    a = z.copy()
    assert phi.apply(a, out=a) is a
    np.testing.assert_allclose(a, phi.function(z), rtol=1e-15)
    assert phi.slope(a, out=a) is a
    np.testing.assert_allclose(a, phi.derivative(z), rtol=1e-14, atol=4e-16)


def test_registry_and_exports_agree():
    for name, phi in ACTIVATIONS.items():
        assert phi.function is getattr(mlpkit, name)
        assert phi.derivative is getattr(mlpkit, f"{name}_derivative")
        assert phi.function.__name__ == name


def test_relu_at_its_kink():
    np.testing.assert_array_equal(mlpkit.relu([-1.0, -0.0, 0.0, 2.0]), [0, 0, 0, 2])
    np.testing.assert_array_equal(mlpkit.relu_derivative([-1.0, -0.0, 0.0, 2.0]), [0, 0, 0, 1])


@pytest.mark.parametrize("name", ["softmax", "log_softmax", *ACTIVATIONS])
def test_float32_is_rounded_once(name):
    """… at the end: the work between is done in float64."""
    z = np.random.default_rng(0).normal(0, 3, (50, 4)).astype(np.float32)
    functions = ACTIVATIONS[name][:2] if name in ACTIVATIONS else (getattr(mlpkit, name),)
    for function in functions:
        exact = function(z.astype(np.float64))
        np.testing.assert_array_equal(function(z), exact.astype(np.float32))


def test_identity_gives_a_copy():
    z = np.ones(3)
    mlpkit.identity(z)[:] = 7
    assert z.tolist() == [1, 1, 1]


@pytest.mark.parametrize("name", ["softmax", "log_softmax", *ACTIVATIONS])
def test_float32_stays_and_integers_become_float64(name):
    function = getattr(mlpkit, name)
    assert function(np.ones((2, 3), np.float32)).dtype == np.float32
    assert function([[1, 2], [3, 4]]).dtype == np.float64
    if name in ACTIVATIONS:
        assert ACTIVATIONS[name].derivative(np.ones(3, np.float32)).dtype == np.float32
    assert softmax_jacobian(np.ones((2, 3), np.float32)).dtype == np.float32


def test_softmax_of_the_sources():
    """S0-06 prints (0.02, 0.90, 0.05, 0.01, 0.02), S3-13 (0.91, 0.00, 0.09)."""
    z = [1.3, 5.1, 2.2, 0.7, 1.1]
    np.testing.assert_allclose(
        softmax(z), [0.020190, 0.902538, 0.049661, 0.011081, 0.016531], atol=5e-7
    )
    np.testing.assert_array_equal(softmax([-1.45, -7.82, -3.78]).round(2), [0.91, 0.0, 0.09])


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_any_axis(name, axis):
    z = np.random.default_rng(0).normal(0, 3, (3, 4, 5))
    before = z.copy()
    ours = getattr(mlpkit, name)(z, axis=axis)
    np.testing.assert_allclose(ours, getattr(scipy.special, name)(z, axis=axis), rtol=1e-13)
    np.testing.assert_array_equal(z, before)


def test_jacobian_batched():
    z = np.random.default_rng(0).normal(size=(2, 3, 4))
    J = softmax_jacobian(z)
    assert J.shape == (2, 3, 4, 4)
    for index in np.ndindex(2, 3):
        for k in range(4):
            row = complex_step_gradient(lambda v, k=k: softmax(v)[k], z[index])
            np.testing.assert_allclose(J[index][k], row, rtol=1e-12, atol=1e-16)
    np.testing.assert_allclose(J.sum(axis=-1), 0, atol=1e-16)
    np.testing.assert_array_equal(J, J.swapaxes(-1, -2))


def test_log_softmax_complex_step_is_one_hot_minus_softmax():
    z = np.array([1.3, 5.1, 2.2])
    for k in range(3):
        slope = complex_step_gradient(lambda v, k=k: log_softmax(v)[k], z)
        np.testing.assert_allclose(slope, np.eye(3)[k] - softmax(z), atol=1e-15)


def test_each_row_of_the_training_step_s_softmax_has_its_own_maximum():
    np.testing.assert_array_equal(softmax_(np.array([[0.0, 0.0], [1000.0, 1000.0]])), 0.5)
