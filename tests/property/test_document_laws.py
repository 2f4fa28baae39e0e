"""Equal values, equal bytes; and back."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qm.config import REPOSITORY
from qm.documents import dump, load
from qm.domain.contact import Contact
from qm.domain.evaluation import Evaluation
from qm.domain.transcript import Role, Transcript
from qm.errors import InputError
from qm.fingerprint import canonical, fingerprint
from tests.property import strategies
from tests.unit import builders

trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
PROGRAM = """
from qm.domain.evaluation import Answer
from qm.fingerprint import fingerprint
from tests.unit import builders
from qm.rules.scene import Thresholds
names = {"uno", "due", "tre", "quattro", "cinque"}
print(fingerprint({name: Answer.MET for name in names}, builders.evaluation(), builders.contact(), Thresholds()))
"""


@given(strategies.transcripts)
def test_transcripts_come_back_equal(value):
    assert load(Transcript, dump(value)) == value
    assert dump(load(Transcript, dump(value))) == dump(value)


@given(strategies.contacts)
def test_contacts_come_back_equal(value):
    found = load(Contact, dump(value))
    assert found == value
    assert found.started_at.utcoffset() == value.started_at.utcoffset()
    assert dump(found) == dump(value)


@given(strategies.evaluations)
def test_evaluations_come_back_equal(value):
    assert load(Evaluation, dump(value)) == value
    assert dump(load(Evaluation, dump(value))) == dump(value)


def reordered(value):
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@given(trees)
def test_order_of_keys_doesnt_matter(tree):
    assert canonical(reordered(tree)) == canonical(tree)
    assert fingerprint(reordered(tree)) == fingerprint(tree)


@given(st.lists(st.text(max_size=4), min_size=2, max_size=4, unique=True))
def test_order_of_parts_and_their_borders_do_matter(parts):
    assert fingerprint(*parts) != fingerprint(*reversed(parts))
    assert fingerprint(*parts) != fingerprint("".join(parts))


def test_hashes_dont_depend_on_the_seed_of_the_process():
    found = set()
    for seed in ("0", "1"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY), "PATH": os.environ.get("PATH", "")}
        command = [sys.executable, "-c", PROGRAM]
        done = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True)
        found.add(done.stdout.strip())
    assert len(found) == 1
    assert len(found.pop()) == 64


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_has_no_json_is_refused(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"x": value})


def test_what_has_no_canonical_form_is_refused():
    with pytest.raises(TypeError, match="no canonical form for set"):
        canonical({"x": {1, 2}})


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "the document"),
        ("[]", "the document"),
        ('{"language": "it"}', "language_confidence"),
        (
            dump(builders.call((Role.AGENT, 1.0, "ciao"))).replace('"end_s":1.4', '"end_s":0.4'),
            "turns.0.words.0: .*end_s",
        ),
    ],
)
def test_a_bad_document_names_the_first_wrong_place(text, place):
    with pytest.raises(InputError, match=rf"document\.invalid: t\.json: .*{place}") as caught:
        load(Transcript, text, "t.json")
    assert caught.value.hint == "expected a transcript document"
