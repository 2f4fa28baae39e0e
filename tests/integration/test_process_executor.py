"""Workers in processes of their own: the same content as in process, whoever dies meanwhile."""

import dataclasses
import os
import shutil
import signal
from functools import partial
from multiprocessing import get_context

import pytest

from models.fakes import DyingTranscriber
from pipelines.executors.crew import make_foreman
from pipelines.executors.process_executor import ProcessPlace
from pipelines.executors.seat import Build
from pipelines.stopping import StopRequest
from qm.config import REPOSITORY


@pytest.fixture
def rules(tmp_path):
    """One pack: every process reads its phrases anew."""
    folder = tmp_path / "rules"
    for name in ("lock.json", "schema.json"):
        folder.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / "scoring_rules" / name, folder)
    shutil.copytree(REPOSITORY / "scoring_rules" / "reclami", folder / "reclami")
    return folder


@pytest.fixture
def wiring_of(open_wiring, tmp_path, rules):
    def make(name, executor="processes", changes=None, **more):
        wiring = open_wiring(tmp_path / name, **more)
        given = {"executor": executor, "workers": 2, "group": 2, "isolate": False, "rules": rules, **(changes or {})}
        wiring.settings = dataclasses.replace(wiring.settings, **given)
        return wiring

    return make


@pytest.fixture
def folder(day_of):
    rows = [day_of.row(f"C{number}", f"{number}.wav", agent_id=f"A{number % 3}") for number in range(9)]
    folder = day_of(rows)
    (folder / "recordings" / "3.wav").write_bytes(b"no audio at all")
    (folder / "surveys.csv").write_text(
        "response_id,contact_id,nps,satisfaction\nR1,C1,3,4\nR2,C2,9,9\n", encoding="utf-8"
    )
    return folder


def worked(wiring, folder, watch=lambda _step: None):
    return wiring.batch.run(folder, watch, lambda _total: None)


def pids(wiring):
    with wiring.database.unit_of_work() as unit:
        return [worker.pid for worker in unit.tasks.workers()]


def test_the_same_content_as_in_process(wiring_of, folder):
    quiet = wiring_of("quiet", "inprocess")
    wanted = worked(quiet, folder)
    wiring = wiring_of("pool")
    summary = worked(wiring, folder)
    assert summary.outcomes == wanted.outcomes
    assert (summary.surveys_linked, summary.coaching_items) == (wanted.surveys_linked, wanted.coaching_items)
    assert wiring.database.content_fingerprint() == quiet.database.content_fingerprint()
    assert summary.seconds["score"] > 0
    assert pids(wiring) == [], "all have left"


def test_one_that_is_killed_costs_nothing_but_time(wiring_of, folder):
    quiet = wiring_of("quiet", "inprocess")
    worked(quiet, folder)
    wiring = wiring_of("pool")
    killed = []

    def kill_one(_step):
        others = [pid for pid in pids(wiring) if pid != os.getpid()]
        if not killed and others:
            os.kill(others[0], signal.SIGKILL)
            killed.append(others[0])

    summary = worked(wiring, folder, kill_one)
    assert killed
    assert summary.left == 0
    assert sum(summary.outcomes.values()) == 9
    assert wiring.database.content_fingerprint() == quiet.database.content_fingerprint()


def test_a_recording_that_kills_its_process_is_poison_and_the_others_are_done(wiring_of, day_of, script):
    rows = [day_of.row(f"C{number}", f"{number}.wav") for number in range(3)]
    folder = day_of(rows)
    quiet = wiring_of("quiet", "inprocess")
    worked(quiet, folder)
    with quiet.database.unit_of_work() as unit:
        known = [unit.outputs.recording(f"C{number}") for number in (0, 2)]
    deadly = DyingTranscriber(dict.fromkeys(known, script))
    wiring = wiring_of("pool", transcriber=deadly, changes={"attempts": 2})
    summary = worked(wiring, folder)
    assert summary.outcomes == {"done": 2, "unchanged": 0, "quarantined": 1}
    with wiring.database.unit_of_work() as unit:
        assert [(entry.subject, entry.code) for entry in unit.work.quarantined()] == [("C1", "work.poison")]


def test_asked_to_stop_all_leases_come_back_and_the_day_can_go_on(wiring_of, folder):
    wiring = wiring_of("pool")

    def stop(_step):
        wiring.stop.ask(signal.SIGTERM)

    with pytest.raises(StopRequest):
        worked(wiring, folder, stop)
    with wiring.database.unit_of_work() as unit:
        (run,) = unit.tasks.runs()
        assert unit.tasks.counts(run.run.id).get("leased", 0) == 0
    assert pids(wiring) == []
    again = wiring_of("pool")
    assert worked(again, folder).left == 0


def _hold_seat(build, told):
    """A parent with one seat, that waits to be killed."""
    place = ProcessPlace(build, 1)
    with place.opened(()):
        place.start()
        told.send(place.events(60)[0].worker_id)
        told.recv()


def test_processes_end_with_their_parent(wiring_of):
    build = Build.of(wiring_of("pool"), 1, 1)
    ours, theirs = get_context("fork").Pipe()
    parent = get_context("fork").Process(target=partial(_hold_seat, build, theirs))
    parent.start()
    assert ours.poll(60)
    pid = int(ours.recv().rsplit("/", 3)[1])
    seen = os.pidfd_open(pid)
    parent.kill()
    parent.join()
    assert _ended(seen)


def _ended(pidfd):
    import select

    readable, _, _ = select.select([pidfd], [], [], 60)
    os.close(pidfd)
    return bool(readable)


def test_the_settings_choose_the_executor(wiring_of):
    assert isinstance(make_foreman(wiring_of("pool"), 1)._place, ProcessPlace)
