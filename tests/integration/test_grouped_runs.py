"""Contacts recognised together: as one by one, only faster, and one that fails takes nobody with it."""

import dataclasses
import hashlib
import json
from contextlib import contextmanager

import pytest

from models.audio_engine import PyAvAudioReader
from models.catalogue import CATALOGUE, faults_of, folder_of
from models.fakes import ScriptedTranscriber
from models.faster_whisper_engine import FasterWhisperTranscriber
from pipelines.runner import ContactRunner, Outcome
from pipelines.stages.transcribe import Bytes, TranscribeStage
from qm.config import REPOSITORY, read_settings
from qm.domain.contact import Medium
from qm.domain.retention import GONE
from qm.domain.run import ItemState
from qm.domain.transcript import Word
from qm.domain.vocabulary import Term, Vocabulary
from qm.errors import ContactError, EngineError, RecognitionError
from qm.ports import Speech
from tests.unit import builders

READER = PyAvAudioReader()
PLACES = {}


class NamedFiles:
    """An object store whose names are told in `PLACES`."""

    @contextmanager
    def local(self, sha256):
        yield PLACES[sha256]


class Saying(ScriptedTranscriber):
    """Says a word that depends on the recording alone; `bad` recordings spoil every call that they are in."""

    def __init__(self, bad=(), error=None):
        super().__init__({})
        self._bad, self._error = set(bad), error or RecognitionError("engine.failed", "the scripted failure", "retry")
        self.groups, self.terms = [], []

    def transcribe(self, audios, languages, terms=()):
        self.groups.append([audio.recording.sha256 for audio in audios])
        self.terms.append(list(terms))
        if self._bad & set(self.groups[-1]):
            raise self._error
        return tuple(
            Speech(language or "it", 0.9, ((Word(f"w{audio.recording.sha256[:6]}", 0.2, 0.5, 0.9),), ()))
            for audio, language in zip(audios, languages, strict=True)
        )


@pytest.fixture
def made(tmp_path, day_of):
    """The needs of a contact: a recording, a chat, or a file that is none."""

    def make(name, kind="recording"):
        path = tmp_path / name
        if kind == "recording":
            day_of.make_tone(path, seed=sum(map(ord, name)))
        elif kind == "chat":
            turn = {"role": "agent", "at": "2026-11-20T09:00:00+01:00", "text": "Buongiorno"}
            path.write_text(json.dumps({"contact_id": name, "turns": [turn]}))
        else:
            path.write_bytes(b"no sound at all" * 9)
        medium = Medium.CHAT if kind == "chat" else Medium.VOICE
        PLACES[name] = path
        return Bytes(builders.contact(name, medium=medium, language="it"), name)

    day_of.make_tone = day_of.tone
    return make


def stage_of(transcriber, vocabulary=None):
    return TranscribeStage(NamedFiles(), READER, transcriber, {"beam": 5}, vocabulary or Vocabulary())


def alone(stage, need):
    try:
        return stage.run(need)
    except ContactError as error:
        return error


def shown(output):
    return (output.code, output.message) if isinstance(output, ContactError) else output


def test_order_is_kept_and_each_is_as_alone(made):
    needs = [made("a"), made("b", "none"), made("c", "chat"), made("d"), made("e"), made("f", "none")]
    together = stage_of(Saying()).run_together(needs)
    assert [shown(o) for o in together] == [shown(alone(stage_of(Saying()), need)) for need in needs]
    assert [type(o).__name__ for o in together] == ["Words", "RecordingError", "Words", "Words", "Words",
                                                    "RecordingError"]  # fmt: skip
    assert [o.recognition.recording.sha256 for o in together if getattr(o, "recognition", None)] == ["a", "d", "e"]


def test_all_recordings_are_recognised_in_one_call(made):
    engine = Saying()
    stage_of(engine).run_together([made("a"), made("b", "chat"), made("c")])
    assert engine.groups == [["a", "c"]]


def test_one_that_fails_takes_nobody_with_it(made):
    engine = Saying(bad="b")
    outputs = stage_of(engine).run_together([made(name) for name in "abcd"])
    assert [getattr(output, "code", "") for output in outputs] == ["", "engine.failed", "", ""]
    assert engine.groups == [list("abcd"), ["a"], ["b"], ["c"], ["d"]]
    whole = stage_of(Saying()).run_together([made(name) for name in "acd"])
    assert [output for output in outputs if not isinstance(output, ContactError)] == list(whole)


def test_one_alone_that_fails_isnt_asked_twice(made):
    engine = Saying(bad="a")
    (output,) = stage_of(engine).run_together([made("a")])
    assert output.code == "engine.failed"
    assert engine.groups == [["a"]]


def test_nothing_to_recognise(made):
    engine = Saying()
    assert stage_of(engine).run_together([]) == []
    (chat,) = stage_of(engine).run_together([made("a", "chat")])
    assert chat.chat is not None
    assert engine.groups == []


def test_an_engine_that_cant_start_stops_everything(made):
    with pytest.raises(EngineError):
        stage_of(Saying("a", EngineError("engine.missing", "not installed"))).run_together([made("a"), made("b")])


def test_each_contact_has_its_own_terms(made):
    engine = Saying()
    needs = [made("a"), made("b")]
    needs[1] = dataclasses.replace(needs[1], contact=dataclasses.replace(needs[1].contact, process="vendita"))
    vocabulary = Vocabulary((Term("Ghiringhelli"), Term("Enercopro", process="vendita")))
    stage_of(engine, vocabulary).run_together(needs)
    assert engine.terms == [["Ghiringhelli", "Ghiringhelli, Enercopro"]]


def states(wiring):
    with wiring.database.unit_of_work() as unit:
        return {name: state.value for name, state in unit.work.states().items()}


def quarantined(wiring):
    with wiring.database.unit_of_work() as unit:
        return {entry.subject: entry.code for entry in unit.work.quarantined()}


def sha_of(wiring, contact_id):
    with wiring.database.unit_of_work() as unit:
        return unit.outputs.recording(contact_id)


def days(day_of, *names):
    return day_of([day_of.row(name, f"{name}.wav") for name in names])


def test_a_bad_one_in_a_group_is_quarantined_and_the_others_are_done(open_wiring, day_of, run):
    folder = days(day_of, "C1", "C2", "C3", "C4")
    (folder / "recordings" / "C2.wav").write_bytes(b"no sound at all" * 9)
    (folder / "recordings" / "C4.wav").unlink()
    wiring = open_wiring()
    assert run(wiring, folder).outcomes == {"done": 2, "unchanged": 0, "quarantined": 2}
    assert quarantined(wiring) == {"C2": "recording.not_audio", "C4": "recording.missing"}


def test_grouping_changes_no_byte(open_wiring, day_of, run, tmp_path):
    folder = days(day_of, "C1", "C2", "C3", "C4", "C5")
    contents = []
    for group in (1, 2, 8):
        wiring = open_wiring(tmp_path / f"by{group}", transcriber=Saying())
        wiring.settings = dataclasses.replace(wiring.settings, group=group)
        assert run(wiring, folder).outcomes["done"] == 5
        assert max(map(len, wiring.engine.groups)) == min(group, 5)
        contents.append(wiring.database.content_fingerprint())
    assert len(set(contents)) == 1


def test_what_stands_already_isnt_recognised_again(open_wiring, day_of, run):
    wiring = open_wiring(transcriber=Saying())
    run(wiring, days(day_of, "C1", "C2"))
    wiring.engine.groups.clear()
    outcomes = run(wiring, days(day_of, "C1", "C2", "C3")).outcomes
    assert outcomes == {"done": 1, "unchanged": 2, "quarantined": 0}
    assert wiring.engine.groups == [[sha_of(wiring, "C3")]]


def test_the_same_recording_twice_in_a_group_is_quarantined_once(open_wiring, day_of, run):
    folder = days(day_of, "C1", "C2", "C3")
    (folder / "recordings" / "C3.wav").write_bytes((folder / "recordings" / "C1.wav").read_bytes())
    wiring = open_wiring(transcriber=Saying())
    assert run(wiring, folder).outcomes == {"done": 2, "unchanged": 0, "quarantined": 1}
    assert quarantined(wiring) == {"C3": "recording.duplicate"}
    assert wiring.engine.groups == [[sha_of(wiring, "C1"), sha_of(wiring, "C2")]]


@pytest.mark.parametrize("error", [KeyError("a bug of ours"), ZeroDivisionError()])
def test_a_bug_over_one_recording_loses_neither_the_day_nor_the_others(open_wiring, day_of, run, error):
    folder = days(day_of, "C1", "C2", "C3")
    bad = hashlib.sha256((folder / "recordings" / "C2.wav").read_bytes()).hexdigest()
    wiring = open_wiring(transcriber=Saying({bad}, error))
    assert run(wiring, folder).outcomes == {"done": 2, "unchanged": 0, "quarantined": 1}
    assert quarantined(wiring) == {"C2": "internal.error"}
    assert [len(group) for group in wiring.engine.groups] == [3, 1, 1, 1]


class Faulty:
    """A first stage with a bug over some contacts."""

    name, version = "faulty", "1"

    def __init__(self, *contact_ids):
        self._bad = contact_ids

    def fingerprint(self, unit, contact_id):
        return "one"

    def needs(self, unit, contact_id):
        return contact_id

    def run(self, needs):
        if needs in self._bad:
            raise KeyError(needs)
        return needs

    def publish(self, unit, contact_id, output):
        pass


class Together(Faulty):
    """A stage for several contacts that keeps what it was given, and may have a bug of its own."""

    name = "together"

    def __init__(self, *contact_ids, short=False):
        super().__init__(*contact_ids)
        self.calls, self.kept, self._short = [], {}, short
        self.rows = {}

    def fingerprint(self, unit, contact_id):
        return self.rows.get(contact_id, "one")

    def needs(self, unit, contact_id):
        return contact_id, self.rows.get(contact_id, "one")

    def run_together(self, needs):
        self.calls.append([name for name, _row in needs])
        if any(name in self._bad for name, _row in needs):
            raise KeyError("a bug of ours")
        return list(needs)[: len(needs) - self._short]

    def run(self, needs):
        (output,) = self.run_together([needs])
        return output

    def publish(self, unit, contact_id, output):
        self.kept[contact_id] = output


@pytest.fixture
def runner_of(open_wiring, day_of):
    """A runner over two contacts with stages of one's own."""
    wiring = open_wiring()
    wiring.batch.ingest(days(day_of, "C1", "C2", "C3"))

    def make(*stages):
        return ContactRunner(wiring.database.unit_of_work, stages, {}), wiring

    return make


def outcomes_of(runner, names=("C1", "C2", "C3"), watch=lambda _step: None):
    return dict(runner.run_group(names, watch))


DONE, QUARANTINED = Outcome.DONE, Outcome.QUARANTINED


def test_a_bug_over_a_group_falls_back_to_one_by_one(runner_of):
    stage = Together("C2")
    runner, wiring = runner_of(stage)
    assert outcomes_of(runner) == {"C1": DONE, "C2": QUARANTINED, "C3": DONE}
    assert stage.calls == [["C1", "C2", "C3"], ["C1"], ["C2"], ["C3"]]
    assert quarantined(wiring) == {"C2": "internal.error"}


def test_a_bug_before_the_common_stage_falls_back_too(runner_of):
    stage = Together()
    runner, wiring = runner_of(Faulty("C2"), stage)
    assert outcomes_of(runner) == {"C1": DONE, "C2": QUARANTINED, "C3": DONE}
    assert quarantined(wiring) == {"C2": "internal.error"}
    assert set(stage.kept) == {"C1", "C3"}


def test_too_few_outputs_are_never_given_to_the_wrong_contact(runner_of):
    stage = Together(short=True)
    runner, wiring = runner_of(stage)
    assert set(outcomes_of(runner).values()) == {QUARANTINED}
    assert stage.kept == {}
    assert set(quarantined(wiring).values()) == {"internal.error"}


def test_a_row_that_changes_meanwhile_isnt_given_the_output_of_the_old_one(runner_of):
    """Another process may ingest the day anew while a group is recognised for minutes."""
    stage = Together()
    runner, wiring = runner_of(stage)

    def ingest_anew(step):
        if step.outcome is DONE:  # C1 is done: C2's row changes before its turn comes
            stage.rows["C2"] = "two"

    assert set(outcomes_of(runner, watch=ingest_anew).values()) == {DONE}
    assert stage.kept == {"C1": ("C1", "one"), "C2": ("C2", "two"), "C3": ("C3", "one")}
    with wiring.database.unit_of_work() as unit:
        assert unit.work.published("C2", "together") == "two"


def test_what_is_erased_meanwhile_isnt_made_again(runner_of):
    stage = Together()
    runner, wiring = runner_of(stage)

    def erase(step):
        if step.outcome is DONE and step.contact_id == "C1":
            with wiring.database.unit_of_work() as unit:
                unit.work.publish("C2", "together", GONE)

    assert set(outcomes_of(runner, watch=erase).values()) == {DONE}
    assert stage.kept == {"C1": ("C1", "one"), "C3": ("C3", "one")}
    with wiring.database.unit_of_work() as unit:
        assert unit.work.published("C2", "together") == GONE


def test_what_is_told_of_progress(runner_of):
    steps = []
    runner, _wiring = runner_of(Together())
    outcomes_of(runner, watch=steps.append)
    assert [step.contact_id for step in steps if step.outcome] == ["C1", "C2", "C3"]
    assert [step.contact_id for step in steps if step.stage == "together"][:3] == ["C1", "C2", "C3"]


def test_terms_that_change_are_recognised_again_and_only_where_they_are_expected(open_wiring, day_of, run, tmp_path):
    rows = [day_of.row("C1", "a.wav", process="vendita"), day_of.row("C2", "b.wav", process="guasti")]
    folder = day_of(rows)
    file = tmp_path / "names.csv"
    data = tmp_path / "data"

    def went(content):
        file.write_text(content, encoding="utf-8")
        wiring = open_wiring(data, transcriber=Saying())
        wiring.settings = dataclasses.replace(wiring.settings, vocabulary=str(file))
        run(wiring, folder)
        return sorted(term for terms in wiring.engine.terms for term in terms), states(wiring)

    assert went("term,process\nEnercopro,vendita\n")[0] == ["", "Enercopro"]
    assert went("term,process\nEnercopro,vendita\n")[0] == []
    assert went("term,process\nEnercopro,vendita\nFibra,guasti\n")[0] == ["Fibra"]
    assert went("term,process,language\nEnercopro,vendita,it\nFibra,guasti,\nDual Fuel,,en\n")[0] == []
    assert set(went("term\nEnercopro\n")[1].values()) == {ItemState.DONE.value}


def _timed(output):
    return [[(w.text, w.start_s, w.end_s, w.suspect) for w in channel] for channel in output.recognition.channels]


@pytest.mark.engine
def test_the_real_engine_says_the_same_together_and_alone():
    root = next(
        (r for r in (read_settings().weights, REPOSITORY / "var" / "weights")
         if not faults_of(CATALOGUE["whisper-base"], r)), None
    )  # fmt: skip
    if root is None:
        pytest.skip("no whisper-base weights in QM_DATA/weights or var/weights: run `qm models fetch`")
    engine = FasterWhisperTranscriber(
        "whisper-base", lambda: folder_of(CATALOGUE["whisper-base"], root), CATALOGUE["whisper-base"].sha256, beam=2
    )
    recordings = REPOSITORY / "examples" / "day" / "recordings"
    names = ["c1001_fattura.ogg", "c1002_autolettura.wav"]
    PLACES.update((name, recordings / name) for name in names)
    needs = [Bytes(builders.contact(name, language="it"), name) for name in names]
    stage = stage_of(engine)
    together = stage.run_together(needs)
    alone_ = [stage.run(need) for need in needs]
    assert [_timed(output) for output in together] == [_timed(output) for output in alone_]
    assert all(_timed(output)[0] for output in together)
    assert [o.recognition.passages for o in together] == [o.recognition.passages for o in alone_]
    sure = [[w.confidence for o in each for c in o.recognition.channels for w in c] for each in (together, alone_)]
    assert sure[0] == sure[1]
    engine.close()
