"""The examples in the docstrings run and show what they say."""

import doctest
import importlib
import pkgutil

import pytest

import mlpkit

MODULES = [module.name for module in pkgutil.iter_modules(mlpkit.__path__, "mlpkit.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
