"""What the rules rest on always verifies, and whoever tampers with it is found out."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from models.fakes_encoder import HashingEncoder
from qm.analysis.measure_talk import measure_talk
from qm.domain.evaluation import EvidenceKind, Window
from qm.domain.signals import SignalKind
from qm.domain.text import Language
from qm.domain.transcript import Role, Transcript, Turn, Word
from qm.rules.conditions import Beside, ContactField, Means, Measure, Near, Negated, Repeats, Reply, Span
from qm.rules.predicates import decide
from qm.rules.scene import Scene, Thresholds
from qm.rules.verify import Verifier
from tests.unit import builders

AGENT, CUSTOMER = Role.AGENT, Role.CUSTOMER
SAID = [
    "Buongiorno, sono Anna.", "la chiamata è registrata", "La chiamata e registrata, va bene?", "mhm", "un attimo", "…",
    "grazie per l'attesa", "non la metto in attesa", "vorrei la fattura", "Arrivederci!", "l'importo è € 12,00",
    "a b c d e",
]  # fmt: skip
PHRASES = ["la chiamata è registrata", "grazie per l'attesa", "arrivederci", "importo è #", "la metto in attesa"]
WINDOWS = [
    "", "first_s", "last_s", "first_turns", "last_turns", "chat_first_turns", "first_words", "last_words",
]  # fmt: skip
SPANS = st.builds(lambda name, n: Span(**{name: n}) if name else Span(), st.sampled_from(WINDOWS), st.integers(1, 20))


def timed(draw, text, start_s):
    words = []
    for part in text.split():
        length_s = draw(st.sampled_from([0.1, 0.4, 0.9]))
        confidence = draw(st.sampled_from([0.3, 0.6, 0.9, 1.0]))
        suspect = draw(st.sampled_from([False, False, False, True]))
        words.append(Word(part, round(start_s, 3), round(start_s + length_s, 3), confidence, suspect))
        start_s += length_s + draw(st.sampled_from([0.0, 0.2]))
    return tuple(words)


@st.composite
def scenes(draw):
    """Calls whose turns overlap and pause, with doubtful and suspected words; and chats."""
    is_call = draw(st.booleans())
    at, turns = 0.0, []
    for place, text in enumerate(draw(st.lists(st.sampled_from(SAID), max_size=10))):
        at += draw(st.sampled_from([0.0, 0.5, 2.0, 12.0]))
        role = draw(st.sampled_from([AGENT, AGENT, CUSTOMER, Role.IVR]))
        words = timed(draw, text, at) if is_call else ()
        end_s = words[-1].end_s if words else at
        turns.append(Turn(f"t{place}", role, role.value, at, end_s, text, 1.0, words))
    call = builders.call()
    transcript = Transcript("it", 1.0, tuple(turns), builders.ENGINE, call.recording if is_call else None)
    medium = "voice" if is_call else draw(st.sampled_from(["chat", "email"]))
    contact = builders.contact(
        medium=type(builders.contact().medium)(medium), queue=draw(st.sampled_from(["", "a = b"]))
    )
    return Scene(contact, transcript, measure_talk(transcript), Thresholds(), HashingEncoder())


says = st.builds(
    lambda phrases, by, span, least, negated: builders.say(*phrases, by=by, span=span, least=least, negated=negated),
    st.lists(st.sampled_from(PHRASES), min_size=1, max_size=3),
    st.sampled_from([(AGENT,), (CUSTOMER,), (AGENT, Role.IVR), tuple(Role)]), SPANS, st.integers(1, 2),
    st.sampled_from(list(Negated)),
)  # fmt: skip
everywhere = st.builds(lambda say: replace(say, span=Span()), says)
parts = st.lists(says, min_size=2, max_size=3).map(tuple)
likes = tuple((language, tuple(PHRASES)) for language in Language)
roles = st.sampled_from([frozenset([AGENT]), frozenset([AGENT, CUSTOMER]), frozenset(Role)])
conditions = (
    says
    | st.builds(
        lambda parts, n, ordered: Near(parts, within_words=n, ordered=ordered), parts, st.integers(0, 9), st.booleans()
    )
    | st.builds(lambda parts, n: Near(parts, within_turns=n), parts, st.integers(1, 3))
    | st.builds(Reply, says, says, st.integers(1, 3), st.booleans())
    | st.builds(Repeats, roles, st.integers(1, 4), st.integers(2, 3), SPANS)
    | st.builds(Means, roles, st.just(likes), st.sampled_from([0.1, 0.9]), st.integers(1, 2), SPANS)
    | st.builds(lambda say: Beside(SignalKind.SILENCE, 3.0, say, before_s=15.0), everywhere)
    | st.builds(lambda say: Beside(SignalKind.SILENCE, 3.0, say, after_s=5.0), everywhere)
    | st.sampled_from(["silence_longest_s", "silence_count", "response_longest_s", "overlap_count"]).map(
        lambda n: Measure(n, 1.0)
    )
    | st.sampled_from(["medium", "queue", "process"]).map(lambda name: ContactField(name, ("a = b",)))
)


def verifier_of(scene):
    return Verifier(scene.transcript, scene.signals, scene.contact)


def flaws_of(scene, *evidence):
    return verifier_of(scene).flaws(builders.answer(evidence=evidence))


@given(scenes(), conditions)
def test_what_the_rules_rest_on_verifies(scene, condition):
    assert flaws_of(scene, *decide(condition, scene).evidence) == ()


EVERY_SAY = tuple(
    builders.say(phrase, by=by, span=span, negated=Negated.COUNT)
    for phrase in PHRASES for by in [(AGENT,), (CUSTOMER,), tuple(Role)] for span in [Span(), Span(first_s=15)]
)  # fmt: skip


def every(kind, scene):
    """All evidence of a kind that a set of conditions gives on a scene."""
    return [item for say in EVERY_SAY for item in decide(say, scene).evidence if item.kind is kind]


QUOTE_TAMPERS = {
    "no such turn": lambda item: replace(item, turn_ids=(*item.turn_ids, "t99")),
    "no turn": lambda item: replace(item, turn_ids=()),
    "another role": lambda item: replace(item, roles=(Role.UNKNOWN,)),
    "another word": lambda item: replace(item, quote=f"{item.quote} davvero"),
    "nothing said": lambda item: replace(item, quote=""),
    "words turned round": lambda item: replace(item, quote=" ".join(reversed(f"zz {item.quote}".split()))),
    "another time": lambda item: replace(item, start_s=item.start_s + 100.0, end_s=item.end_s + 100.0),
    "end before start": lambda item: replace(item, start_s=item.end_s + 1.0),
    "surer than heard": lambda item: replace(item, confidence=item.confidence + 0.01),
    "outside the window": lambda item: replace(item, window=Window(item.end_s + 5.0, item.end_s + 9.0)),
}


@given(scenes())
def test_a_tampered_quote_is_found_out(scene):
    for item in every(EvidenceKind.WORDS, scene):
        missed = [name for name, tamper in QUOTE_TAMPERS.items() if not flaws_of(scene, tamper(item))]
        assert not missed


@given(scenes())
def test_words_that_turn_out_to_be_suspected_carry_no_evidence(scene):
    turns = tuple(
        replace(turn, words=tuple(replace(word, suspect=True) for word in turn.words))
        for turn in scene.transcript.turns
    )
    doubted = Scene(scene.contact, replace(scene.transcript, turns=turns), scene.signals, scene.thresholds)
    for item in every(EvidenceKind.WORDS, scene) if scene.transcript.recording else ():
        # Not said where words that were suspected before, and so left out of the quote, stand between the others.
        assert set(flaws_of(doubted, item)) & {"evidence.suspected", "evidence.not_said"}


SEARCH_TAMPERS = {
    "no such turn": lambda item: replace(item, turn_ids=(*item.turn_ids, "t99")),
    "another role": lambda item: replace(item, roles=(Role.UNKNOWN,)),
    "a turn left out": lambda item: replace(item, turn_ids=(*item.turn_ids[:1], *item.turn_ids[2:])),
    "an invented miss": lambda item: replace(item, quote="parole mai dette"),
    "another window": lambda item: replace(item, window=Window(900.0, 990.0)),
}


@given(scenes())
def test_a_tampered_search_is_found_out(scene):
    turns = {turn.id: turn for turn in scene.transcript.turns}
    for item in (item for item in every(EvidenceKind.ABSENCE, scene) if item.turn_ids):
        missed = {name for name, tamper in SEARCH_TAMPERS.items() if not flaws_of(scene, tamper(item))}
        assert missed <= {"a turn left out"}
        if len(item.turn_ids) >= 3 and all(_has_words(turns[name], item.window) for name in item.turn_ids):
            assert not missed


def _has_words(turn, window):
    heard = [(word.text, word.start_s) for word in turn.words if not word.suspect]
    heard = heard if turn.words else [(turn.text, turn.start_s)]
    return any(window.start_s <= at <= window.end_s and any(c.isalnum() for c in text) for text, at in heard)


@given(scenes())
def test_tampered_facts_are_found_out(scene):
    for name, value in scene.signals.measures.items():
        verdict = decide(Measure(name, 0.0), scene)
        for item in verdict.evidence:
            assert flaws_of(scene, replace(item, fact=f"{name} = {(value or 0) + 1:g}"))
            assert flaws_of(scene, replace(item, fact=item.fact.replace(name, "another_measure")))
            assert flaws_of(scene, replace(item, start_s=500.0, end_s=501.0))
    item = decide(ContactField("medium", ("x",)), scene).evidence[0]
    assert flaws_of(scene, item) == ()
    assert flaws_of(scene, replace(item, fact="medium = letter"))
