"""Whatever a model replies, an answer that passes is proved by words that the judged party said."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from qm.domain.evaluation import Answer, EvidenceKind, Origin
from qm.domain.generative import Part, Reply
from qm.domain.transcript import Role
from qm.rules.generative_answer import answer_generatively
from qm.rules.generative_prompt import VERDICTS
from tests.unit import builders
from tests.unit.test_generative_answers import rule

WORDS = ["mi", "dispiace", "signora", "capisco", "l'importo", "è", "errato", "Buongiorno,", "perché?", "non"]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
speakers = st.sampled_from([Role.AGENT, Role.CUSTOMER])
said = st.lists(st.tuples(speakers, texts, st.sampled_from([0.95, 0.3])), min_size=1, max_size=6)
quotes = st.one_of(texts, st.text(max_size=30), st.sampled_from(["", "l", "Mi Dispiace!", "importo è"]))
verdicts = st.sampled_from([*VERDICTS[Part.ANSWER], *VERDICTS[Part.APPLIES], "yes"])
claims = st.fixed_dictionaries({"verdict": verdicts, "turn": st.integers(-1, 7), "quote": quotes}).map(json.dumps)
replies = st.one_of(claims, claims, claims, st.text(max_size=40)).map(Reply)


def made(lines):
    return builders.call(*((role, 10.0 * at, text, sure) for at, (role, text, sure) in enumerate(lines)))


def folded(text):
    return " ".join(text.casefold().split())


@settings(max_examples=400, deadline=None)
@given(said, replies, st.booleans(), st.sampled_from(["yes", "yes", "no"]))
def test_nothing_passes_that_the_agent_did_not_say(lines, reply, has_rule, confirm):
    confirm_reply = Reply(json.dumps({"verdict": confirm}))
    transcript = made(lines)
    answer = answer_generatively(
        builders.criterion(), rule() if has_rule else None, builders.scene(transcript),
        lambda prompt: confirm_reply if prompt.part is Part.CONFIRM else reply,
    )  # fmt: skip
    assert answer.origin is Origin.GENERATIVE
    if answer.answer is Answer.CANNOT_TELL:
        assert answer.evidence == ()
        return
    words = [item for item in answer.evidence if item.kind is EvidenceKind.WORDS]
    assert words or (answer.answer, answer.reason) == (Answer.NOT_MET, "absent")
    for item in words:
        (turn,) = [turn for turn in transcript.turns if turn.id in item.turn_ids]
        assert turn.role is Role.AGENT
        assert folded(item.quote) in folded(turn.text)
        assert turn.confidence > 0.5
        assert confirm == "yes"


@settings(max_examples=100, deadline=None)
@given(said, st.data())
def test_what_the_customer_says_never_reaches_the_model(lines, data):
    """The same requests whatever the customer says in the same places."""
    other = [(role, data.draw(texts) if role is Role.CUSTOMER else text, sure) for role, text, sure in lines]
    asked = []
    for version in (lines, other):
        prompts = []

        def ask(prompt, prompts=prompts):
            prompts.append(prompt)
            return Reply(json.dumps({"verdict": "unsure", "turn": 0, "quote": ""}))

        answer_generatively(builders.criterion(), rule(), builders.scene(made(version)), ask)
        asked.append(prompts)
    assert asked[0] == asked[1]
