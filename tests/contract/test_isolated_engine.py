"""What the walls round a recogniser keep: deadlines, deaths, errors, and no process left behind."""

import os
import select
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from threading import Thread
from time import perf_counter

import numpy as np
import pytest

from models.fakes import (
    CrashingTranscriber,
    DyingTranscriber,
    HangingTranscriber,
    ScriptedTranscriber,
    SlowTranscriber,
)  # fmt: skip
from models.isolated_engine import IsolatedTranscriber, generous_deadline
from qm.config import REPOSITORY
from qm.domain.recording import Finding, Recording, Severity
from qm.domain.transcript import EngineDescription, Word
from qm.errors import EngineError, NotFoundError, RecognitionError
from qm.ports import Audio, Speech

RATE = 16000
KNOWN, UNKNOWN = "1" * 64, "2" * 64
SPEECH = Speech("it", 0.9, ((Word("pronto", 0.5, 1.0, 0.9),),))
SCRIPT = {KNOWN: SPEECH}


def audio(sha256, seconds=1.0):
    return Audio(Recording(sha256, seconds, RATE, 1), np.zeros((int(seconds * RATE), 1), np.int16), RATE)


class Echo(ScriptedTranscriber):
    """Tells what came through the walls."""

    def __init__(self):
        super().__init__({})

    def transcribe(self, audios, languages, terms=()):
        told = []
        for heard, language in zip(audios, languages, strict=True):
            facts = (*heard.pcm.shape, int(heard.pcm.astype(np.int64).sum()), int(heard.pcm[-1, -1]), heard.rate_hz)
            words = tuple(Word(str(fact), 0.0, 0.1, 1.0) for fact in (*facts, *heard.findings, os.getpid()))
            told.append(Speech(" ".join((language, *terms)), 1.0, (words,)))
        return tuple(told)


class Refusing(ScriptedTranscriber):
    """Fails in ways of its own."""

    def __init__(self, error, *, at_start=False):
        super().__init__({})
        self._error, self._at_start = error, at_start

    def warm_up(self):
        if self._at_start:
            self._error()

    def transcribe(self, audios, languages, terms=()):
        return self._error()


def unknown_thing():
    raise NotFoundError("contact.unknown", "no such thing", "look again", id="C-1")


def division():
    return 1 // 0


def no_engine():
    raise EngineError("engine.missing", "not here", "pip install it")


@pytest.fixture
def walls():
    """Makes isolated engines and ends them."""
    made = []

    def make(factory, **options):
        made.append(IsolatedTranscriber(factory, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


def pid_of(walls_made):
    return walls_made._child._process.pid


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def has_ended(handle):
    """Within half a minute; true of a process, too, that nobody has reaped yet."""
    return bool(select.select([handle], [], [], 30)[0])


def test_describing_starts_no_process(walls):
    assert walls(partial(ScriptedTranscriber, {})).describe().name == "scripted"
    given = EngineDescription("x", "1", "0" * 64, "int8", "cpu")
    untouched = walls(unknown_thing, description=given)
    assert untouched.describe() == given
    assert untouched._child is None


def test_samples_and_facts_come_through_and_the_process_is_kept(walls):
    echo = walls(Echo)
    samples = np.random.default_rng(1).integers(-32768, 32767, (3 * RATE, 2), dtype=np.int16)
    finding = Finding("recording.level", Severity.NOTE, "quiet")
    stereo = Audio(Recording(KNOWN, 3.0, 8000, 2), samples, RATE, (finding,))
    sliced = Audio(Recording(UNKNOWN, 1.0, 8000, 1), samples[RATE : 2 * RATE, 1:], RATE)  # not contiguous
    empty = Audio(Recording(UNKNOWN, 0.0, 8000, 1), samples[:0, :1], RATE)
    first, second = echo.transcribe((stereo, sliced), ("it", "en"))
    told = [word.text for word in first.channels[0]]
    total = int(samples.astype(np.int64).sum())
    assert told[:-1] == [str(x) for x in (3 * RATE, 2, total, samples[-1, -1], RATE, finding)]
    assert [word.text for word in second.channels[0]][:2] == [str(RATE), "1"]
    assert second.channels[0][2].text == str(int(samples[RATE : 2 * RATE, 1].astype(np.int64).sum()))
    assert (first.language, second.language) == ("it", "en")
    (again,) = echo.transcribe((stereo,), ("it",))
    assert again == first  # its pid is among the facts
    assert echo.transcribe((sliced,), ("it",), ("Rossini",))[0].language == "it Rossini"
    assert told[-1] != str(os.getpid())
    assert echo.transcribe((), ()) == ()
    with pytest.raises(RecognitionError, match="IndexError"):  # an empty file can't be mapped, but it arrives
        echo.transcribe((empty,), ("it",))


def test_a_hang_costs_its_recording_only(walls):
    hanging = walls(partial(HangingTranscriber, SCRIPT), deadline=lambda audio_s: 0.2 * audio_s)
    hanging.warm_up()
    pid = pid_of(hanging)
    began = perf_counter()
    with pytest.raises(RecognitionError, match=r"engine\.timeout: recognition took more than 1 s") as caught:
        hanging.transcribe((audio(KNOWN, 2.0), audio(UNKNOWN, 3.0)), ("it", "it"))
    assert 1.0 <= perf_counter() - began < 10.0
    assert caught.value.hint
    assert not is_alive(pid)
    hanging._deadline = generous_deadline
    assert hanging.transcribe((audio(KNOWN),), ("it",)) == (SPEECH,)


@pytest.mark.parametrize(
    ("by", "said"), [(signal.SIGKILL, "by signal SIGKILL"), (signal.SIGSEGV, "by signal SIGSEGV"), (0, "exit code 3")]
)
def test_a_death_costs_its_recording_only(walls, by, said):
    dying = walls(partial(DyingTranscriber, SCRIPT, by))
    with pytest.raises(RecognitionError, match=rf"engine\.died.*{said}") as caught:
        dying.transcribe((audio(UNKNOWN),), ("it",))
    assert caught.value.hint
    assert dying.transcribe((audio(KNOWN),), ("it",)) == (SPEECH,)


def test_a_death_between_recordings_is_found(walls):
    idle = walls(partial(ScriptedTranscriber, SCRIPT))
    idle.warm_up()
    os.kill(pid_of(idle), signal.SIGKILL)
    os.waitid(os.P_PID, pid_of(idle), os.WEXITED | os.WNOWAIT)
    with pytest.raises(RecognitionError, match=r"engine\.died"):
        idle.transcribe((audio(KNOWN),), ("it",))
    assert idle.transcribe((audio(KNOWN),), ("it",)) == (SPEECH,)


def test_errors_of_ours_come_over_whole_and_the_process_goes_on(walls):
    crashing = walls(partial(CrashingTranscriber, {}))
    with pytest.raises(RecognitionError) as caught:
        crashing.transcribe((audio(KNOWN),), ("it",))
    assert (caught.value.code, caught.value.message) == ("engine.failed", "the scripted crash")
    pid = pid_of(crashing)
    with pytest.raises(RecognitionError):
        crashing.transcribe((audio(KNOWN),), ("it",))
    assert pid_of(crashing) == pid
    refusing = walls(partial(Refusing, unknown_thing))
    with pytest.raises(NotFoundError) as other:
        refusing.transcribe((audio(KNOWN),), ("it",))
    assert str(other.value) == "contact.unknown: no such thing (look again)"
    assert other.value.context == {"id": "C-1"}


def test_unforeseen_errors_are_named(walls):
    with pytest.raises(RecognitionError, match=r"engine\.failed: .*ZeroDivisionError"):
        walls(partial(Refusing, division)).transcribe((audio(KNOWN),), ("it",))


@pytest.mark.parametrize(
    ("trouble", "warm_up_s", "code"),
    [
        (no_engine, 60.0, r"engine\.missing: not here"),
        (division, 60.0, r"engine\.cannot_start.*ZeroDivisionError"),
        (partial(os._exit, 7), 60.0, r"engine\.cannot_start.*exit code 7"),
        (signal.pause, 2.0, r"engine\.cannot_start.*more than 2 s"),
    ],
)
def test_what_cant_start_is_an_engine_error_and_leaves_no_process(walls, trouble, warm_up_s, code):
    broken = walls(partial(Refusing, trouble, at_start=True), warm_up_s=warm_up_s)
    with pytest.raises(EngineError, match=code):
        broken.warm_up()
    assert broken._child is None


def test_prepare_runs_here_once_and_before(walls):
    seen = []
    prepared = walls(partial(ScriptedTranscriber, SCRIPT), prepare=lambda: seen.append(os.getpid()))
    assert seen == []
    prepared.warm_up()
    prepared.transcribe((audio(KNOWN),), ("it",))
    assert seen == [os.getpid()]


def test_closing_ends_the_process_and_may_be_repeated(walls):
    closed = walls(partial(ScriptedTranscriber, SCRIPT))
    closed.close()
    closed.warm_up()
    pid = pid_of(closed)
    closed.close()
    closed.close()
    assert not is_alive(pid)
    assert closed.transcribe((audio(KNOWN),), ("it",)) == (SPEECH,)


def test_a_slow_engine_is_waited_for_and_threads_take_turns(walls):
    slow = walls(partial(SlowTranscriber, SCRIPT, 0.2))
    found = []
    threads = [Thread(target=lambda: found.append(slow.transcribe((audio(KNOWN),), ("it",)))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [(SPEECH,)] * 4


def test_ctrl_c_never_reaches_the_process(walls):
    deaf = walls(partial(ScriptedTranscriber, SCRIPT))
    deaf.warm_up()
    status = Path(f"/proc/{pid_of(deaf)}/status").read_text()
    blocked = int(next(line for line in status.splitlines() if line.startswith("SigBlk")).split()[1], 16)
    assert blocked & (1 << (signal.SIGINT - 1))
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())  # and still reaches us


PARENT = """
import signal
import sys
from functools import partial
from models.fakes import HangingTranscriber
from models.isolated_engine import IsolatedTranscriber
from tests.contract.test_isolated_engine import UNKNOWN, audio

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests in the background ignores it
    walls = IsolatedTranscriber(partial(HangingTranscriber, {}))
    walls.warm_up()
    print(walls._child._process.pid, flush=True)
    if sys.argv[1] == "busy":
        walls.transcribe((audio(UNKNOWN),), ("it",))
    sys.stdin.read()
"""


@pytest.fixture(params=["busy", "idle"])
def parent(request, tmp_path):
    """A program with an isolated engine, in a process group of its own as in a terminal; and a handle of the engine."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, str(script), request.param], stdin=pipe, stdout=pipe, stderr=pipe,
        env=environment, process_group=0, cwd=REPOSITORY,
    ) as process:  # fmt: skip
        child = os.pidfd_open(int(process.stdout.readline()))
        yield process, child
        os.close(child)


def test_ctrl_c_leaves_no_orphan_and_no_word_of_the_child(parent):
    process, child = parent
    os.killpg(process.pid, signal.SIGINT)  # as the terminal does: parent and child
    _out, errors = process.communicate(timeout=30)  # comes back when nobody holds the pipes any longer
    assert process.returncode == -signal.SIGINT
    assert errors.count(b"Traceback") == 1  # the parent's own
    assert has_ended(child)


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_no_orphan_when_the_parent_is_killed(parent, by):
    process, child = parent
    process.send_signal(by)
    process.communicate(timeout=30)
    assert process.returncode == -by
    assert has_ended(child)
