"""Whatever is done to a chain is found by checking it, where its head was noted down; what isn't touched is whole."""

import string
from dataclasses import fields, replace

from hypothesis import assume, given
from hypothesis import strategies as st

from qm.domain.audit import AuditEvent, hash_of
from tests.unit.audit_builders import chain, check, note

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.none() | TEXTS | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.dictionaries(
    TEXTS, TEXTS, max_size=3
)  # fmt: skip
NOTES = st.builds(note, subject=TEXTS, actor=TEXTS, before=VALUES, after=VALUES, why=TEXTS)
CHAINS = st.lists(NOTES, min_size=1, max_size=8).map(lambda notes: chain(*notes))
HEX = st.text(string.hexdigits.lower()[:16], min_size=64, max_size=64)
NAMES = [field.name for field in fields(AuditEvent)]


def is_found(pairs, original):
    """Whether checking finds a fault, knowing the head of the original."""
    last = original[-1][0]
    return not check(pairs, expected={last.seq: last.hash}).is_whole


@given(CHAINS)
def test_what_is_untouched_is_whole_with_details_or_without(pairs):
    assert not is_found(pairs, pairs)
    assert not is_found([(event, None) for event, _details in pairs], pairs)


@given(CHAINS, st.data())
def test_every_edit_is_found(pairs, data):
    place = data.draw(st.integers(0, len(pairs) - 1))
    name = data.draw(st.sampled_from(NAMES))
    event = pairs[place][0]
    value = data.draw(st.integers(0, 99) if name == "seq" else HEX if "hash" in name else TEXTS)
    assume(value != getattr(event, name))
    edited = replace(event, **{name: value})
    if data.draw(st.booleans()) and name != "hash":  # by somebody who knows how the chain is made
        edited = replace(edited, hash=hash_of(edited))
    assert is_found([*pairs[:place], (edited, pairs[place][1]), *pairs[place + 1 :]], pairs)


@given(CHAINS, st.data())
def test_every_deletion_is_found(pairs, data):
    place = data.draw(st.integers(0, len(pairs) - 1))
    count = data.draw(st.integers(1, len(pairs) - place))
    assert is_found(pairs[:place] + pairs[place + count :], pairs)


@given(CHAINS, NOTES, st.data())
def test_every_insertion_is_found(pairs, other, data):
    place = data.draw(st.integers(0, len(pairs)))
    forged = chain(*[other] * (place + 1))[-1]
    assume(forged[0] != (pairs[place][0] if place < len(pairs) else None))
    grown = [*pairs[:place], forged, *pairs[place:]]
    # Behind the head anybody may write: that is what the chain is for.
    assert is_found(grown, pairs) or (place == len(pairs) and forged[0].previous == pairs[-1][0].hash)


@given(CHAINS, st.data())
def test_every_swap_is_found(pairs, data):
    first = data.draw(st.integers(0, len(pairs) - 1))
    second = data.draw(st.integers(0, len(pairs) - 1))
    assume(first != second)
    swapped = list(pairs)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    assert is_found(swapped, pairs)


@given(CHAINS, VALUES, st.data())
def test_every_edit_of_details_is_found(pairs, value, data):
    places = [place for place, (_event, details) in enumerate(pairs) if details]
    assume(places)
    place = data.draw(st.sampled_from(places))
    event, details = pairs[place]
    name = data.draw(st.sampled_from(["salt", "before", "after", "why"]))
    assume(repr(value) != repr(getattr(details, name)))
    changed = (event, replace(details, **{name: value}))
    assert is_found([*pairs[:place], changed, *pairs[place + 1 :]], pairs)
