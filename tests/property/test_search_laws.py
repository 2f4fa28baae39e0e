"""Laws of the search: no text breaks the reader, and the index never hides what the turns hold."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from qm.analysis.search.find_words import find_words, narrowed
from qm.analysis.search.index_talk import chunks_of, forms_of, talk_of, tokens_of
from qm.analysis.search.parse_query import parse_query
from qm.analysis.search.rule_out import is_ruled_out
from qm.analysis.search.want_tokens import want_tokens
from qm.domain.search import Every, Some, Talk, TalkTurn, Token
from qm.domain.transcript import Role
from qm.errors import InputError

WORDS = st.sampled_from(["rimborso", "rimborsi", "pago", "pagare", "refund", "refunds", "x", "перевод", "30"])
ATOMS = st.one_of(
    WORDS, WORDS.map(lambda w: f"cliente:{w}"), WORDS.map(lambda w: f"agente:{w}"),
    st.lists(WORDS, min_size=1, max_size=2).map(lambda ws: '"' + " ".join(ws) + '"'),
    st.sampled_from(["rimb*", "pag*", "ref*"]),
)  # fmt: skip
TERMS = st.one_of(
    ATOMS, ATOMS.map(lambda a: f"-{a}"), st.tuples(ATOMS, ATOMS).map(lambda p: f"{p[0]} NEAR/2 {p[1]}"),
    st.tuples(ATOMS, ATOMS).map(lambda p: f"{p[0]} THEN/20 {p[1]}"),
)  # fmt: skip
QUERIES = st.lists(st.lists(TERMS, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=3).map(" OR ".join)
TURNS = st.tuples(st.sampled_from([Role.AGENT, Role.CUSTOMER, Role.IVR]), st.lists(WORDS, min_size=1, max_size=5))


def talk(turns, language):
    return Talk(language, tuple(
        TalkTurn(f"t{n}", role, 10.0 * n, 10.0 * n + 5, tuple(words)) for n, (role, words) in enumerate(turns)
    ))  # fmt: skip


def holds(wanted, tokens):
    if isinstance(wanted, Token):
        return any(t.startswith(wanted.text) if wanted.is_prefix else t == wanted.text for t in tokens)
    parts = [holds(part, tokens) for part in wanted.parts]
    assert isinstance(wanted, Every | Some)
    return all(parts) if isinstance(wanted, Every) else any(parts)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text):
    with suppress(InputError):
        parse_query(text)


@given(st.text(alphabet='abc "()-*:/NEAROTHEN5', max_size=60))
def test_any_order_of_its_own_signs_is_read_or_refused(text):
    with suppress(InputError):
        parse_query(text)


@settings(max_examples=300)
@given(QUERIES, st.lists(TURNS, max_size=5), st.sampled_from(["it", "en", "fr"]))
def test_what_the_turns_hold_the_index_never_hides(text, turns, language):
    try:
        query = parse_query(text)
    except InputError:
        return
    said, wanted = talk(turns, language), want_tokens(query)
    if wanted is not None and find_words(query, said) is not None:
        assert holds(wanted, tokens_of(said).split())


@settings(max_examples=500)
@given(QUERIES, st.lists(TURNS, max_size=5), st.sampled_from(["it", "en", "fr"]), st.sampled_from([None, Role.AGENT]))
def test_what_is_ruled_out_isnt_there(text, turns, language, role):
    try:
        query = parse_query(text)
    except InputError:
        return
    said = talk(turns, language)
    written = "\n".join(f"t\tagent\t0\t1\t{' '.join(turn.forms)}" for turn in said.turns)
    if is_ruled_out(query, language, written, tokens_of(said), is_narrowed=role is not None):
        assert find_words(query, narrowed(said, role, None, None)) is None


@given(st.lists(TURNS, max_size=5))
def test_places_lie_in_their_turns(turns):
    said = talk(turns, "it")
    for spot in find_words(parse_query("rimborso OR pago OR perevod*"), said) or ():
        assert 0 <= spot.start < spot.stop <= len(said.turns[spot.turn].forms)


@given(st.text(max_size=60))
def test_the_pieces_of_a_text_give_its_words(text):
    assert tuple(word for _chunk, words in chunks_of(text) for word in words) == forms_of(text)
    assert " ".join(chunk for chunk, _words in chunks_of(text)) == " ".join(text.split())


@given(st.lists(st.text(alphabet="abcdefg tà\n\tñ'", max_size=20), max_size=6))
def test_turns_are_written_so_that_they_can_be_read_again(texts):
    from qm.analysis.search.index_talk import turns_of
    from tests.unit import builders

    said = builders.call(*((Role.AGENT, float(n), text) for n, text in enumerate(texts) if text.split()))
    read = talk_of("it", turns_of(said))
    assert [turn.forms for turn in read.turns] == [f for turn in said.turns if (f := forms_of(turn.text))]
