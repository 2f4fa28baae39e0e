"""What arrives at a watched place is taken in once it's whole, into the run of its day, whoever else watches."""

import os
import shutil
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.intake import Intake
from pipelines.retries import Retries
from pipelines.schedule import Schedule, ScheduleRules
from pipelines.stages.store import StoreStage
from pipelines.work_wiring import make_executor
from qm.domain.run import RunState
from qm.services.runs import RunService
from qm.storage.database import Database
from qm.storage.objects import FolderObjects

ROME = ZoneInfo("Europe/Rome")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=ROME)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def watching(database, tmp_path, clock):
    """Makes schedules over `tmp_path/inbox` that share a database."""

    def make(gone=lambda _owner: False, **rules):
        retries = Retries(database.unit_of_work, database.reading)
        store = StoreStage(FolderObjects(tmp_path / "objects"))
        intake = Intake(database.unit_of_work, retries, store, (), {})
        rules = ScheduleRules(time(19), ROME, **rules)
        return Schedule(tmp_path / "inbox", rules, retries, intake, (), clock, gone=gone)

    return make


@pytest.fixture
def arrive(day_of, tmp_path):
    """Let a day folder with these recordings arrive; `at` is when each began."""

    def write(*names, folder="d1", at="2026-11-20T09:00:00+01:00", recorded=None):
        rows = [day_of.row(name, f"{name}.wav", started_at=at) for name in names]
        made = day_of([row | {"recording": ""} for row in rows], f"inbox/{folder}")
        text = (made / "contacts.csv").read_text(encoding="utf-8")
        for name in names:
            text = text.replace(f"K-{name},it,,", f"K-{name},it,{name}.wav,")
        (made / "contacts.csv").write_text(text, encoding="utf-8")
        for name in names if recorded is None else recorded:
            path = made / "recordings" / f"{name}.wav"
            if not path.exists():
                day_of.tone(path, seconds=0.2, seed=sum(map(ord, name)))
        return made

    return write


def runs(database):
    return [
        (view.day, view.priority, view.counts["waiting"], view.counts["quarantined"])
        for view in RunService(database.unit_of_work, database.reading).every()
    ]


def taken(schedule):
    return [(each.day, each.contacts) for each in schedule.look().taken]


def test_a_file_is_taken_once_it_was_quiet_for_two_looks(watching, arrive, database):
    schedule = watching()
    folder = arrive("a", "b")
    assert taken(schedule) == []
    with (folder / "recordings" / "b.wav").open("ab") as file:
        file.write(b"more")
    assert taken(schedule) == [("2026-11-20", 1)]
    assert taken(schedule) == [("2026-11-20", 1)]
    assert taken(schedule) == []
    assert runs(database) == [("2026-11-20", 0, 2, 0)]


def test_rows_that_are_added_join_their_day_and_leave_the_others_alone(watching, arrive, database, clock):
    schedule = watching()
    arrive("a")
    schedule.look()
    schedule.look()
    finish(database)
    arrive("a", "b")
    assert taken(schedule) == []
    assert taken(schedule) == [("2026-11-20", 1)]
    ((day, _priority, waiting, _quarantined),) = runs(database)
    assert (day, waiting) == ("2026-11-20", 1)


def finish(database):
    """As a worker would: everything that waits is done, and its runs are over."""
    with database.unit_of_work() as unit:
        for row in unit.tasks.runs((RunState.RUNNING,)):
            for lease in unit.tasks.lease("w", [row.run.id], 100, 1e9, 60):
                from qm.domain.work import TaskState

                unit.tasks.close(lease, TaskState.DONE)
                unit.work.finish(lease.contact_id)
            assert unit.tasks.begin_finishing(row.run.id, "w", 60, lambda _owner: False)
            assert unit.tasks.end(row.run, "w")


def test_one_run_a_day_and_older_days_after_today(watching, arrive, database):
    schedule = watching()
    arrive("new", folder="a", at="2026-11-20T09:00:00+01:00")
    arrive("late", folder="b", at="2026-11-19T18:59:00+01:00")
    arrive("also", folder="c", at="2026-11-19T19:00:00+01:00")
    schedule.look()
    assert taken(schedule) == [("2026-11-20", 1), ("2026-11-19", 1), ("2026-11-20", 1)]
    assert sorted(runs(database)) == [("2026-11-19", 10, 1, 0), ("2026-11-20", 0, 2, 0)]


def test_what_never_comes_is_waited_for_until_the_day_is_over(watching, arrive, database, clock, day_of):
    schedule = watching()
    folder = arrive("a", "b", recorded=["a"])
    schedule.look()
    assert taken(schedule) == [("2026-11-20", 1)]
    clock.now = NOON + timedelta(hours=7)
    assert taken(schedule) == [("2026-11-20", 1)]
    with database.unit_of_work() as unit:
        assert [entry.code for entry in unit.work.quarantined() if entry.subject == "b"] == ["recording.missing"]
    day_of.tone(folder / "recordings" / "b.wav", seconds=0.2, seed=7)
    schedule.look()
    assert taken(schedule) == [("2026-11-20", 1)]
    assert runs(database) == [("2026-11-20", 10, 2, 0)]


def test_at_close_nothing_is_taken_before(watching, arrive, clock):
    schedule = watching(at_close=True)
    arrive("a")
    schedule.look()
    assert taken(schedule) == []
    clock.now = NOON + timedelta(hours=7)
    assert taken(schedule) == [("2026-11-20", 1)]
    assert taken(schedule) == []


def test_a_new_process_takes_nothing_in_twice(watching, arrive, database):
    first = watching()
    arrive("a", "b")
    first.look()
    first.look()
    finish(database)
    first.leave()
    again = watching()
    arrive("a", "b", "c")
    again.look()
    assert taken(again) == [("2026-11-20", 1)]


def test_of_two_schedules_one_stands_by_and_takes_over(watching, arrive):
    first, second = watching(), watching()
    arrive("a")
    first.look()
    assert second.look().holder == first.id
    first.leave()
    second.look()
    assert taken(second) == [("2026-11-20", 1)]
    assert first.look().holder == second.id
    assert watching(gone=lambda owner: owner == second.id).look().holder == ""


def test_a_schedule_that_went_silent_is_followed(watching):
    first, second = watching(hold_s=-1.0), watching()
    first.look()
    assert second.look().holder == ""


def test_a_folder_that_cant_be_read_stops_no_other(watching, arrive, tmp_path):
    schedule = watching()
    arrive("a", folder="good")
    (tmp_path / "inbox" / "bad").mkdir()
    (tmp_path / "inbox" / "bad" / "contacts.csv").write_text("nothing,of,use\n", encoding="utf-8")
    schedule.look()
    looked = schedule.look()
    assert ([fault.code for fault in looked.faults], len(looked.taken)) == (["table.bad_header"], 1)


def test_old_folders_are_left_alone_until_something_comes(watching, arrive, database):
    schedule = watching()
    folder = arrive("a")
    long_ago = (NOON - timedelta(days=30)).timestamp()
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (long_ago, long_ago))
    schedule.look()
    assert taken(schedule) == [("2026-11-20", 1)]
    seen = list(schedule._arrivals.look(NOON))
    assert seen == []
    arrive("a", "b")
    schedule.look()
    assert taken(schedule) == [("2026-11-20", 1)]


def test_no_place_is_no_fault(watching, tmp_path):
    assert watching().look().taken == ()
    shutil.rmtree(tmp_path / "inbox", ignore_errors=True)
    assert watching().look().faults == ()


def test_a_paused_day_stays_paused_when_more_comes(watching, arrive, database):
    schedule = watching()
    arrive("a")
    schedule.look()
    (first,) = schedule.look().taken
    RunService(database.unit_of_work, database.reading).pause(first.run_id)
    arrive("a", "b")
    schedule.look()
    assert [each.run_id for each in schedule.look().taken] == [first.run_id]
    with database.unit_of_work() as unit:
        assert unit.tasks.run(first.run_id).state is RunState.PAUSED
        assert unit.tasks.counts(first.run_id)


def test_survey_answers_alone_are_linked(open_wiring, arrive, tmp_path, clock):
    wiring = open_wiring(tmp_path / "data")
    database: Database = wiring.database
    retries = Retries(database.unit_of_work, database.reading)
    scales = wiring.surveys.scales
    intake = Intake(database.unit_of_work, retries, StoreStage(wiring.objects), scales, {})
    schedule = Schedule(tmp_path / "inbox", ScheduleRules(time(19), ROME), retries, intake, scales, clock)
    folder = arrive("a")
    schedule.look()
    schedule.look()
    make_executor(wiring).work((), lambda _step: None, lambda: True)
    (folder / "surveys.csv").write_text("response_id,contact_id,nps\nR1,a,3\n", encoding="utf-8")
    schedule.look()
    assert taken(schedule) == [("2026-11-20", 0)]
    make_executor(wiring).work((), lambda _step: None, lambda: True)
    with database.unit_of_work() as unit:
        assert [link.contact_id for link in unit.surveys.links()] == ["a"]
