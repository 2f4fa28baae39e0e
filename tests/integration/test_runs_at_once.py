"""Commands that meet: the same day twice, a retry beside it, a worker elsewhere, one that was killed or stopped."""

import multiprocessing
import os
import shutil
import signal

import pytest

from models.fakes import ScriptedTranscriber
from pipelines.runner import Outcome
from pipelines.stopping import StopRequest
from qm.domain.run import RunState
from qm.errors import ConflictError
from qm.services.runs import RunService

QUIET = (lambda _step: None), (lambda _total: None)


def content(wiring):
    return wiring.database.content_fingerprint()


def runs(wiring):
    return RunService(wiring.database.unit_of_work, wiring.database.reading).every()


@pytest.fixture
def folder(day_of):
    folder = day_of([day_of.row(f"C{number}", f"{number}.wav") for number in range(6)])
    (folder / "recordings" / "3.wav").write_bytes(b"no audio at all")
    return folder


def test_the_same_day_twice_at_once_and_a_retry_beside_it(open_wiring, folder, run, tmp_path):
    run(quiet := open_wiring(tmp_path / "quiet"), folder)
    data = tmp_path / "data"
    open_wiring(data).database.close()
    fork = multiprocessing.get_context("fork")
    told, calls = fork.Queue(), fork.Queue()

    class Counting(ScriptedTranscriber):
        def transcribe(self, audios, languages, terms=()):
            calls.put([audio.recording.sha256 for audio in audios])
            return super().transcribe(audios, languages, terms)

    def child(retries):
        wiring = open_wiring(data, transcriber=Counting({}, quiet.transcriber._otherwise))
        summary = wiring.batch.retry([], *QUIET) if retries else run(wiring, folder)
        told.put((retries, summary.outcomes, summary.left))

    children = [fork.Process(target=child, args=(retries,)) for retries in (False, False, True)]
    for process in children:
        process.start()
    summaries = [told.get(timeout=120) for _ in children]
    for process in children:
        process.join()
    for retries, outcomes, left in summaries:
        assert left == 0
        assert retries or (outcomes["done"] + outcomes["unchanged"], outcomes["quarantined"]) == (5, 1)
    assert sum(outcomes["done"] for _retries, outcomes, _left in summaries) >= 5
    heard = []
    while not calls.empty():
        heard += calls.get()
    assert len(heard) == len(set(heard)) == 5
    after = open_wiring(data)
    assert content(after) == content(quiet)
    assert {view.state for view in runs(after)} == {RunState.DONE}


def test_taken_in_here_worked_on_where_nobody_sees_the_folder(open_wiring, folder, run, tmp_path):
    run(quiet := open_wiring(tmp_path / "quiet"), folder)
    here = open_wiring(tmp_path / "data")
    here.batch.take_in(folder, *QUIET)
    shutil.move(folder, tmp_path / "elsewhere")
    there = open_wiring(tmp_path / "data")
    steps = []
    from pipelines.work_wiring import make_executor

    make_executor(there).work((), steps.append, lambda: True)
    assert sum(step.outcome is Outcome.DONE for step in steps) == 5
    assert content(there) == content(quiet)
    again = there.batch.retry(["C1"], *QUIET)
    assert again.outcomes == {"done": 0, "unchanged": 1, "quarantined": 0}


def test_of_two_with_the_same_recording_the_first_of_the_folder_keeps_it(open_wiring, day_of, run):
    folder = day_of([day_of.row("Z", "1.wav"), day_of.row("A", "2.wav")])
    shutil.copy(folder / "recordings" / "1.wav", folder / "recordings" / "2.wav")
    wiring = open_wiring()
    run(wiring, folder)
    assert [entry.subject for entry in wiring.contacts.quarantine()] == ["A"]


def test_stopped_by_a_signal_in_the_middle_and_given_again(open_wiring, folder, run, tmp_path):
    run(quiet := open_wiring(tmp_path / "quiet"), folder)

    class Stopped(ScriptedTranscriber):
        def transcribe(self, audios, languages, terms=()):
            os.kill(os.getpid(), signal.SIGTERM)
            raise AssertionError("nobody heard the signal")

    wiring = open_wiring(tmp_path / "data", transcriber=Stopped({}))
    with pytest.raises(StopRequest) as stopped, wiring.stop.listening():
        run(wiring, folder)
    assert stopped.value.exit_code == 143
    assert [(view.state, view.counts["waiting"], view.counts["leased"]) for view in runs(wiring)] == [
        (RunState.RUNNING, 6, 0)
    ]
    again = open_wiring(tmp_path / "data")
    assert run(again, folder).outcomes == {"done": 5, "unchanged": 0, "quarantined": 1}
    assert content(again) == content(quiet)
    assert [view.state for view in runs(again)] == [RunState.DONE]


def test_a_row_that_changed_while_it_was_worked_on_is_done_anew(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav"), day_of.row("C2", "b.wav")])
    wiring = open_wiring()

    class Meanwhile(ScriptedTranscriber):
        changed = False

        def transcribe(self, audios, languages, terms=()):
            if not self.changed:
                self.changed = True
                rows = (folder / "contacts.csv").read_text(encoding="utf-8").replace("fatturazione", "sollecito")
                (folder / "contacts.csv").write_text(rows, encoding="utf-8")
                wiring.batch.take_in(folder, *QUIET)
            return super().transcribe(audios, languages, terms)

    other = open_wiring(transcriber=Meanwhile({}, wiring.transcriber._otherwise))
    assert run(other, folder).outcomes == {"done": 2, "unchanged": 0, "quarantined": 0}
    before = content(wiring)
    assert run(wiring, folder).outcomes == {"done": 0, "unchanged": 2, "quarantined": 0}
    assert content(wiring) == before


def test_a_cancelled_run_tells_how_many_are_left(open_wiring, folder, run):
    wiring = open_wiring()

    class Cancelling(ScriptedTranscriber):
        def transcribe(self, audios, languages, terms=()):
            (view,) = runs(wiring)
            RunService(wiring.database.unit_of_work, wiring.database.reading).cancel(view.id)
            return super().transcribe(audios, languages, terms)

    summary = run(open_wiring(transcriber=Cancelling({})), folder)
    assert (summary.outcomes, summary.left) == ({"done": 0, "unchanged": 0, "quarantined": 0}, 6)
    assert run(open_wiring(), folder).outcomes["done"] == 5


def test_a_paused_run_goes_on_when_its_day_is_given_again(open_wiring, folder, run):
    wiring = open_wiring()
    _day, taken = wiring.batch.take_in(folder, *QUIET)
    RunService(wiring.database.unit_of_work, wiring.database.reading).pause(taken.run.id)
    summary = run(wiring, folder)
    assert (summary.run_id, summary.outcomes["done"]) == (taken.run.id, 5)


def test_a_run_that_is_cancelled_while_it_is_taken_in_keeps_nothing_back(open_wiring, folder, run):
    wiring = open_wiring()

    def cancel(_step):
        (view,) = runs(wiring)
        if view.state is RunState.WANTED:
            RunService(wiring.database.unit_of_work, wiring.database.reading).cancel(view.id)

    with pytest.raises(ConflictError) as caught:
        wiring.batch.take_in(folder, cancel, lambda _total: None)
    assert caught.value.code == "run.cancelled"
    assert run(open_wiring(), folder).outcomes["done"] == 5


def test_what_waits_in_a_run_that_nobody_ends_is_wanted_again(open_wiring, folder, run):
    wiring = open_wiring()
    _day, taken = wiring.batch.take_in(folder, *QUIET)
    with wiring.database.unit_of_work() as unit:  # as an earlier version left it
        unit.tasks.move(taken.run.id, (RunState.RUNNING,), RunState.CANCELLED)
    summary = run(open_wiring(), folder)
    assert summary.run_id != taken.run.id
    assert summary.outcomes["done"] == 5
