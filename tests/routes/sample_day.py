"""A small finished day, put into a database through the stores: what routes and browser tests look at."""

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from secrets import token_hex

import numpy as np
import soundfile

from api.people.principal import PLAIN_COOKIE
from qm.config import Settings, read_settings
from qm.domain.contact import Agent, Contact, Direction, History, Kind, Medium
from qm.domain.evaluation import (
    Answer,
    CriterionAnswer,
    Evaluation,
    Evidence,
    EvidenceKind,
    Manifest,
    Score,
    SectionScore,
    Window,
)
from qm.domain.form import Form
from qm.domain.people import RIGHTS, Person, PersonState, Scope
from qm.domain.people import Role as PeopleRole
from qm.domain.recording import Finding, Recording, Severity
from qm.domain.run import Quarantine
from qm.domain.sign_in import Session, hash_of
from qm.domain.signals import Signal, SignalKind, Signals
from qm.domain.survey import LinkMethod, SurveyLink, SurveyResponse
from qm.domain.transcript import EngineDescription, Grade, Role, Transcript, Turn, Word
from qm.rules.loader import load_packs
from qm.services.coaching_picker import CoachingPicker
from qm.services.search import IndexService
from qm.storage.database import Database
from qm.storage.objects import make_objects

ROME = timezone(timedelta(hours=1))
NASTY = "<script>alert('x')</script>"
HOLD_S = (7.0, 9.5)
SPANS = (
    Signal(SignalKind.INTERRUPTION, 2.0, 2.6, Role.CUSTOMER),
    Signal(SignalKind.SILENCE, 3.0, 6.5),
    Signal(SignalKind.HOLD, *HOLD_S, Role.AGENT),
    Signal(SignalKind.SILENCE, 7.2, 10.0),
    Signal(SignalKind.BACKCHANNEL, 5.0, 5.4, Role.CUSTOMER),
)
"""The second silence lies mostly in the hold."""
MEASURES = {
    "silence_longest_s": 4.0, "agent_talk_share": 0.75, "customer_talk_share": 0.25, "agent_loudness_dbfs": -24.3,
    "customer_loudness_dbfs": None, "hold_count": 1.0, "agent_response_delay_p90_s": None,
}  # fmt: skip
ENGINE = EngineDescription("scripted", "1", "0" * 64, "int8", "cpu")
GIULIA = Agent("A01", "Giulia Ferretti", "Casa", supervisor="Marta Riva")
TOMMASO = Agent("A04", f"Tommaso {NASTY}", "Partner", supervisor="Paolo Conti")
LENGTH_S = 12.0
EVIDENCE_S = (4.0, 6.0)
SUSPECT_S = (11.2, 11.8)
PHANTOM_REASON = "a subtitle credit or a sound's name"


def settings_of(folder: Path, **more: str) -> Settings:
    # Tests ask faster than people do; what QM_RATE does is for test_rate_limit.py to say.
    given = {"QM_DATA": str(folder), "QM_LANGUAGE": "en", "QM_RATE": "1000000", **more}
    return read_settings(given, folder)


def wav_bytes(length_s: float = LENGTH_S, rate_hz: int = 8000) -> bytes:
    times = np.arange(int(length_s * rate_hz)) / rate_hz
    agent = 0.3 * np.sin(2 * np.pi * 220 * times) * (times % 4 < 2)
    customer = 0.2 * np.sin(2 * np.pi * 330 * times) * (times % 4 >= 2)
    target = io.BytesIO()
    soundfile.write(target, np.stack([agent, customer], axis=1), rate_hz, format="WAV", subtype="PCM_16")
    return target.getvalue()


def make_contact(contact_id: str, **more: object) -> Contact:
    values: dict[str, object] = {
        "id": contact_id, "medium": Medium.VOICE, "started_at": datetime(2026, 11, 20, 9, 12, tzinfo=ROME),
        "agent": GIULIA, "process": "fatturazione", "queue": "fatturazione", "customer_id": "K-1", "language": "it",
        "source": f"{contact_id}.wav", "agent_channel": 0, "history": History(wait_s=30.0, talk_s=LENGTH_S),
    }  # fmt: skip
    return Contact(**{**values, **more})  # type: ignore[arg-type]


def make_turn(number: int, role: Role, start_s: float, text: str, confidence: float = 0.9) -> Turn:
    parts = text.split()
    step = 2.0 / len(parts)
    words = tuple(Word(w, start_s + i * step, start_s + (i + 1) * step, confidence) for i, w in enumerate(parts))
    channel = "ch0" if role is Role.AGENT else "ch1"
    return Turn(f"t{number}", role, channel, start_s, start_s + 2.0, text, confidence, words)


def make_call() -> Transcript:
    turns = (
        replace(make_turn(0, Role.IVR, 0.0, "Benvenuti"), speaker="ch0-ivr"),
        make_turn(1, Role.AGENT, 0.0, "Buongiorno, sono Giulia."),
        make_turn(2, Role.CUSTOMER, 2.0, f"Ho pagato {NASTY} due volte", confidence=0.3),
        make_turn(3, Role.AGENT, 4.0, "La chiamata è registrata"),
        make_turn(4, Role.CUSTOMER, 10.0, "Va bene grazie"),
    )
    said = Word("grazie", 10.6, 11.2, 0.9), Word("Sottotitoli", *SUSPECT_S, 0.2, suspect=True)
    suspected = Turn("t5", Role.CUSTOMER, "ch1", 10.6, SUSPECT_S[1], "grazie Sottotitoli", 0.6, said)
    phantom = f"channel 1: 1 words probably never said: {PHANTOM_REASON}"
    findings = (
        Finding("recording.clipped", Severity.NOTE, "channel 1: clipped", 0.0, LENGTH_S, 1),
        Finding("recording.music", Severity.NOTE, "channel 1: music for 2 s", *HOLD_S, 1),
        Finding("transcript.phantom", Severity.DOUBT, phantom, *SUSPECT_S),
        Finding("recording.brand_new", Severity.NOTE, f"a code without wording {NASTY}"),
    )
    return Transcript(
        "it", 0.99, (*turns, suspected), ENGINE, Recording("a" * 64, LENGTH_S, 8000, 2, "pcm_s16le"), findings,
        0.97, Grade("C", ("recording.bleed", "suspected_words")),
    )  # fmt: skip


def make_long_call(turns: int = 2400, length_s: float = 7200.0) -> Transcript:
    """Two hours on the phone, agent and customer by turns."""
    step_s = length_s / turns
    said = [
        make_turn(k, Role.CUSTOMER if k % 2 else Role.AGENT, k * step_s, f"riga {k} di una telefonata molto lunga")
        for k in range(turns)
    ]
    return replace(
        make_call(), turns=tuple(said), recording=Recording("a" * 64, length_s, 8000, 2, "pcm_s16le"),
        quality=(),
    )  # fmt: skip


def said_in(evaluation: Evaluation, turn: Turn) -> Evaluation:
    """The same with all words that are evidence in one turn."""

    def moved(item: Evidence) -> Evidence:
        if item.kind is not EvidenceKind.WORDS:
            return item
        return replace(item, start_s=turn.start_s, end_s=turn.end_s, turn_ids=(turn.id,), quote=turn.text)

    answers = (replace(a, evidence=tuple(map(moved, a.evidence))) for a in evaluation.answers)
    return replace(evaluation, answers=tuple(answers))


def make_chat() -> Transcript:
    lines = ((Role.AGENT, "Good morning, this is Sarah"), (Role.CUSTOMER, "I was billed twice & I am <b>angry</b>"))
    turns = tuple(
        Turn(f"t{i}", role, role.value, 60.0 * i, 60.0 * i, said, 1.0) for i, (role, said) in enumerate(lines)
    )
    return Transcript("en", 1.0, turns, ENGINE)


def make_answers(form: Form) -> dict[str, CriterionAnswer]:
    """Said, not said, cannot tell, measured; the rest doesn't apply."""
    said = Evidence(
        EvidenceKind.WORDS,
        *EVIDENCE_S,
        turn_ids=("t3",),
        quote="La chiamata è registrata",
        roles=(Role.AGENT,),
        confidence=0.9,
    )
    absent = Evidence(
        EvidenceKind.ABSENCE, 0.0, 6.0, turn_ids=("t1", "t3"), quote=f"nearest {NASTY}", roles=(Role.AGENT,),
        window=Window(0.0, 60.0), similarity=0.6,
    )  # fmt: skip
    measured = Evidence(EvidenceKind.SIGNAL, 6.0, 10.0, fact="silence_longest_s = 4.0")
    fail = next(criterion.id for criterion in form.criteria if criterion.automatic_fail)
    first = [criterion.id for criterion in form.criteria if criterion.id != fail][:3]
    answers = {c.id: CriterionAnswer(c.id, Answer.NOT_APPLICABLE, "known") for c in form.criteria}
    answers[first[0]] = CriterionAnswer(first[0], Answer.MET, "found", (said,), 0.9)
    answers[first[1]] = CriterionAnswer(first[1], Answer.CANNOT_TELL, "low_confidence", (absent,), 0.4)
    answers[first[2]] = CriterionAnswer(first[2], Answer.MET, "measured", (measured,))
    answers[fail] = CriterionAnswer(fail, Answer.NOT_MET, "absent", (absent,), 0.8)
    return answers


def make_evaluation(contact_id: str, form: Form, answers: Mapping[str, CriterionAnswer]) -> Evaluation:
    counts = {kind.value: sum(a.answer is kind for a in answers.values()) for kind in Answer}
    failed = tuple(c.id for c in form.criteria if c.automatic_fail and answers[c.id].answer is Answer.NOT_MET)
    sections = tuple(SectionScore(section.id, 1.0, 2.0) for section in form.sections)
    score = Score(0.0 if failed else 62.5, 0.0 if failed else 50.0, 0.0 if failed else 75.0, counts, sections, failed)
    manifest = Manifest(
        "b" * 64, "a" * 64, "c" * 64, "d" * 64, {"name": "scripted"}, form.id, "1", "e" * 64, {"beam": 5.0}, "0.1.0"
    )
    return Evaluation(
        f"e-{contact_id}-{form.id}", contact_id, form.id, "1", "machine", tuple(answers.values()), score, manifest
    )


def fill(settings: Settings) -> None:
    """Four done contacts (a failed call, a chat, a mystery call, an Italian call) and one in quarantine."""
    database = Database(settings.database_url)
    database.upgrade()
    sha256 = make_objects(settings).put(io.BytesIO(wav_bytes()))
    forms = {pack.form.id: pack.form for pack in load_packs(settings.rules)}
    form = forms["servizio-clienti"]
    start = datetime(2026, 11, 20, 9, 12, tzinfo=ROME)
    chat = {"medium": Medium.CHAT, "agent": TOMMASO, "process": "reclami", "source": "C-2.json"}
    contacts = (
        make_contact("C-1"),
        make_contact("C-2", started_at=start + timedelta(hours=1), **chat),
        make_contact("C-3", started_at=start + timedelta(hours=2), kind=Kind.MYSTERY, direction=Direction.OUTBOUND),
        make_contact("C/4 è", started_at=start + timedelta(hours=3)),
        make_contact("C-5", started_at=start + timedelta(hours=4), agent=TOMMASO),
    )
    with database.unit_of_work() as unit:
        for position, contact in enumerate(contacts):
            unit.contacts.save(contact, "/day", position, "f")
        for contact in contacts[:4]:
            is_chat = contact.medium is Medium.CHAT
            unit.outputs.save_recording(contact.id, sha256)
            unit.outputs.save_transcript(contact.id, make_chat() if is_chat else make_call())
            measures = {} if is_chat else MEASURES
            unit.outputs.save_signals(contact.id, Signals(() if is_chat else SPANS, measures))
            unit.work.publish(contact.id, "signals", "f")
            answers = make_answers(form)
            if contact.id != "C-1":
                answers = {
                    k: replace(a, answer=Answer.MET) if a.answer is Answer.NOT_MET else a for k, a in answers.items()
                }
            unit.evaluations.replace(contact.id, [make_evaluation(contact.id, form, answers)])
            unit.work.finish(contact.id)
        retry = "qm retry C-5"
        stopped = Quarantine("C-5", "store", "recording.truncated", f"cut off {NASTY}", "ask for it again", retry)
        unit.work.quarantine(stopped, is_contact=True)
        unit.surveys.save(
            [
                SurveyResponse(
                    "R-1", "C-1", nps=2, satisfaction=3, csat=2, ces=1, resolved=False, comment=f"Mai più {NASTY}"
                ),
                SurveyResponse("R-2", customer_id="K-9", answered_at=datetime(2026, 11, 20, tzinfo=UTC), nps=9),
            ]
        )
        unit.surveys.replace_links(
            [
                SurveyLink("R-1", "C-1", LinkMethod.CONTACT_ID, 1.0),
                SurveyLink("R-2", "", LinkMethod.NONE, 0.0, "no_contact_in_window"),
            ]
        )
    CoachingPicker(database.unit_of_work, database.reading, forms, settings.coaching_items).refresh()
    IndexService(database.unit_of_work, database.reading, lambda: datetime.now(UTC)).catch_up()
    database.close()


def sign_in(
    client, role: PeopleRole, scope: Scope | None = None, agent_id: str = "", login: str = "", name: str = ""
) -> Person:  # fmt: skip
    """Let somebody of a role in: a session as signing in makes it, without the price of a password.

    What the client writes from now on carries the session's sign, as our pages' forms do. A login that is known
    already is whoever has it.
    """
    database = client.app.state.services.database
    person = Person(f"p-{role}-{token_hex(4)}", login or f"{role}.{token_hex(4)}", name or f"Ada {role}", role,
                    scope or Scope(), agent_id, state=PersonState.ACTIVE)  # fmt: skip
    key, csrf, now = token_hex(16), token_hex(16), datetime.now(UTC)
    with database.unit_of_work() as unit:
        known = unit.people.by_login(person.login)
        if known is None:
            unit.people.add(person)
        person = known or person
        unit.sessions.open(Session(hash_of(key), person.id, csrf, now, now))
    client.cookies.set(PLAIN_COOKIE, key, domain="127.0.0.1")
    client.headers["x-csrf-token"] = csrf
    return person


def bearer(client, role: PeopleRole, scope: Scope | None = None) -> dict[str, str]:
    """The header of a program with all the rights of a role."""
    services = client.app.state.services
    owner = Person(f"p-{role}-{token_hex(4)}", f"{role}.{token_hex(4)}", f"Ada {role}", role, scope or Scope(),
                   state=PersonState.ACTIVE)  # fmt: skip
    with services.database.unit_of_work() as unit:
        unit.people.add(owner)
    secret, _token = services.sign_in.make_token(owner, "test", RIGHTS[role], owner.sees, timedelta(days=1), "test")
    return {"authorization": f"Bearer {secret}"}
