"""The examples in docstrings of the core are true."""

import doctest
import importlib
import pkgutil

import pytest

import qm

MODULES = [m.name for m in pkgutil.walk_packages(qm.__path__, "qm.") if ".migrations" not in m.name]
EXAMPLES = {
    name: [t for t in doctest.DocTestFinder().find(importlib.import_module(name)) if t.examples] for name in MODULES
}


def test_the_core_has_examples():
    assert sum(len(tests) for tests in EXAMPLES.values()) >= 4


@pytest.mark.parametrize("name", [name for name, tests in EXAMPLES.items() if tests])
def test_examples_hold(name):
    results = doctest.testmod(importlib.import_module(name))
    assert results.failed == 0
