"""Errors: one tree, stable codes, readable text."""

import re

import pytest

from qm import errors
from qm.errors import (
    ContactError,
    EngineError,
    Fault,
    InputError,
    LeaseLostError,
    QmError,
    RulePackError,
    StorageError,
)

CLASSES = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, QmError)]


def test_error_reads_code_message_hint():
    error = QmError("disk.full", "no space left", "free some", path="x")
    assert str(error) == "disk.full: no space left (free some)"
    assert error.context == {"path": "x"}
    assert str(QmError("a.b", "c")) == "a.b: c"


def test_tree_has_the_branches_that_edges_tell_apart():
    assert 10 <= len(CLASSES) <= 30
    branches = (InputError, ContactError, EngineError, StorageError, LeaseLostError)
    leaves = [c for c in CLASSES if c not in (QmError, *branches)]
    assert all(issubclass(c, branches) for c in leaves)
    assert all(c.__doc__ for c in CLASSES)


@pytest.mark.parametrize(
    ("line", "text"), [(3, "pack.yaml:3: a.b: wrong (do so)"), (0, "pack.yaml: a.b: wrong (do so)")]
)
def test_fault_reads_like_a_compiler_message(line, text):
    assert str(Fault("pack.yaml", line, "a.b", "wrong", "do so")) == text


def test_rule_pack_error_keeps_every_fault():
    faults = tuple(Fault("p.yaml", line, "rules.x", "wrong") for line in (1, 2, 3))
    error = RulePackError(faults)
    assert error.faults == faults
    assert re.search(r"p\.yaml:1: .* and 2 more", str(error))
    assert "more" not in str(RulePackError(faults[:1])).partition(" (")[0]
