"""What the foreman does about seats that come, work, rest and die; a scripted place, a clock by hand."""

from contextlib import contextmanager

import pytest

from pipelines.executors.foreman import FALSE_STARTS, REST_S, Died, Failed, Foreman, Ready, Stepped
from pipelines.executors.seat import Report
from pipelines.runner import Outcome, Step
from pipelines.stopping import Stop, StopRequest
from pipelines.worker import Did
from qm.errors import EngineError, StorageError


class MadePlace:
    """Seats that share a list of contacts; `mishaps` says what happens to a seat instead of a step, by its number."""

    def __init__(self, contacts, room=2, mishaps=None, spans_hosts=False):
        self.contacts = list(contacts)
        self.most = room
        self.spans_hosts = spans_hosts
        self.mishaps = mishaps or {}
        self.queue = []
        self.started = self.most_at_once = 0
        self.alive = set()
        self.dismissed = []
        self.time_s = 0.0
        self.is_open = False

    @contextmanager
    def opened(self, _scope):
        self.is_open = True
        yield
        self.is_open = False

    def room(self):
        return self.most

    def start(self):
        self.started += 1
        self.alive.add(self.started)
        self.most_at_once = max(self.most_at_once, len(self.alive))
        mishap = self.mishaps.get((self.started, "start"))
        self.queue.append(mishap(self.started) if mishap else Ready(self.started, f"w{self.started}", "here"))
        return self.started

    def ask(self, seat):
        mishap = self.mishaps.get((seat, "step"))
        if mishap:
            event = mishap(seat)
            if event is not None:
                self.alive.discard(seat)
                self.queue.append(event)
        elif self.contacts:
            name = self.contacts.pop(0)
            outcomes = ((name, Outcome.DONE),)
            step = Step(name, "", Outcome.DONE)
            self.queue.append(Stepped(seat, Report(Did(outcomes), (step,), {"score": 1.0}, [])))
        else:
            self.queue.append(Stepped(seat, Report(Did((), (), 1.0), (), {"score": 1.0}, [])))

    def events(self, timeout_s):
        self.time_s += timeout_s if not self.queue else 0.01
        found, self.queue = self.queue[:1], self.queue[1:]
        return found

    def kill(self, seat):
        self.alive.discard(seat)
        self.queue.append(Died(seat, "by signal SIGKILL"))

    def dismiss(self, seat):
        self.alive.discard(seat)
        self.dismissed.append(seat)


def foreman_of(place, stop=None, taken_up=None):
    def take_up(gone):
        if taken_up is not None:
            taken_up.append(sorted(owner for owner in ("w1", "w2", "w3") if gone(owner)))

    return Foreman(place, lambda _scope: len(place.contacts), take_up, stop or Stop(), lambda: place.time_s)


def worked(place, **more):
    seen = []
    seconds = foreman_of(place, **more).work((), seen.append, lambda: not place.contacts)
    return [step.contact_id for step in seen], seconds


def test_everything_is_done_by_no_more_seats_than_there_is_room():
    place = MadePlace("abcdefgh", room=3)
    names, seconds = worked(place)
    assert sorted(names) == list("abcdefgh")
    assert place.most_at_once == 3
    assert seconds == {"score": 3.0}
    assert not place.is_open


def test_no_more_seats_than_contacts():
    place = MadePlace("a", room=8)
    worked(place)
    assert place.started == 1


def test_one_seat_ends_a_run_that_has_nothing_left():
    place = MadePlace("", room=8)
    worked(place)
    assert place.started == 1


def test_who_dies_at_work_is_replaced_and_its_leases_are_given_to_others():
    taken_up = []
    place = MadePlace("abcd", room=1, mishaps={(1, "step"): lambda seat: Died(seat, "by signal SIGKILL")})
    names, _seconds = worked(place, taken_up=taken_up)
    assert sorted(names) == list("abcd")
    assert taken_up == [["w1"]]
    assert place.started == 2


def test_false_starts_end_in_an_error_not_in_a_loop():
    mishaps = {(n, "start"): lambda seat: Died(seat, "with exit code 1") for n in range(1, 99)}
    place = MadePlace("abcd", room=1, mishaps=mishaps)
    with pytest.raises(EngineError, match="with exit code 1") as caught:
        worked(place)
    assert caught.value.code == "executor.workers_die"
    assert place.started == FALSE_STARTS


def test_a_fault_that_everybody_would_meet_is_raised_at_once():
    fault = EngineError("engine.missing", "no engine", "install it")
    place = MadePlace("abcd", room=1, mishaps={(1, "start"): lambda seat: Failed(seat, fault)})
    with pytest.raises(EngineError, match="no engine"):
        worked(place)
    assert place.started == 1


def test_a_host_that_is_of_no_use_leaves_the_others_at_work():
    fault = StorageError("worker.version", "an older version", "upgrade it")
    place = MadePlace("abcdef", room=2, spans_hosts=True, mishaps={(2, "start"): lambda seat: Failed(seat, fault)})
    names, _seconds = worked(place)
    assert sorted(names) == list("abcdef")


def test_the_idle_end_after_a_while_but_one():
    place = MadePlace("abcdef", room=3)
    late = []

    def over():
        if place.time_s > 3 * REST_S and not late:
            late.append(place.alive.copy())
            place.contacts += "xyz"
        return place.time_s > 4 * REST_S

    foreman_of(place).work((), lambda _step: None, over)
    assert len(late[0]) == 1
    assert place.contacts == []
    assert place.started > 3, "it grows again with the work"


def test_one_that_hangs_is_ended_and_replaced(monkeypatch):
    monkeypatch.setattr("pipelines.executors.foreman.HUNG_S", 100.0)
    taken_up = []
    place = MadePlace("ab", room=1, mishaps={(1, "step"): lambda seat: None})
    names, _seconds = worked(place, taken_up=taken_up)
    assert place.time_s > 100.0
    assert names == ["a", "b"]
    assert taken_up == [["w1"]]


def test_a_wish_to_stop_is_heard():
    stop = Stop()
    place = MadePlace("abcdef", room=1)

    def watch(_step):
        stop.ask()  # raises nothing here: it may come in the middle of Ray's own code

    with pytest.raises(StopRequest):
        foreman_of(place, stop).work((), watch, lambda: False)
