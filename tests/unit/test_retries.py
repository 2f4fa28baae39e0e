"""Doing a step again, being stopped, and telling who is gone."""

import multiprocessing
import os
import signal

import pytest

from pipelines.identity import host_name, is_gone, this_worker
from pipelines.retries import Retries
from pipelines.stopping import Stop, StopRequest
from qm.domain.work import WorkerId
from qm.errors import PassingError, StorageError


class Waits(Stop):
    def __init__(self):
        super().__init__()
        self.waits = []

    def wait(self, seconds):
        self.waits.append(seconds)


def failing(times, error=None):
    left = [error or PassingError("database.busy", "busy", "wait")] * times

    def step():
        if left:
            raise left.pop()
        return "done"

    return step


def make(most, told=None, draw=1.0):
    stop = Waits()
    tell = (lambda _error, pause, tries: told.append((pause, tries))) if told is not None else lambda *_a: None
    return Retries(None, stop=stop, tell=tell, most=most, draw=lambda: draw), stop


def test_a_step_is_done_again_after_pauses_that_grow_and_are_told():
    told = []
    retries, stop = make(10, told)
    assert retries.again(failing(4)) == "done"
    assert stop.waits == [2.0, 4.0, 8.0, 16.0]
    assert told == [(2.0, 1), (4.0, 2), (8.0, 3), (16.0, 4)]


def test_half_of_a_pause_is_drawn():
    retries, stop = make(10, draw=0.0)
    retries.again(failing(2))
    assert stop.waits == [1.0, 2.0]


def test_tries_are_bounded_for_a_command_and_not_for_a_worker():
    retries, stop = make(3)
    with pytest.raises(PassingError):
        retries.again(failing(3))
    assert len(stop.waits) == 2
    endless, stop = make(None)
    assert endless.again(failing(500)) == "done"
    assert max(stop.waits) == 60.0
    with pytest.raises(PassingError):
        endless.again(failing(3), most=3)


def test_what_time_doesnt_heal_is_raised_at_once():
    retries, stop = make(10)
    with pytest.raises(StorageError):
        retries.again(failing(1, StorageError("database.damaged", "broken", "restore")))
    assert stop.waits == []


def test_nothing_is_begun_once_somebody_asked_to_stop():
    stop = Stop()
    stop.note(signal.SIGTERM)
    with pytest.raises(StopRequest):
        Retries(None, stop=stop).again(lambda: pytest.fail("begun"))


def test_a_signal_is_heard_at_once_but_within_a_transaction():
    stop = Stop()
    with stop.listening():
        with pytest.raises(StopRequest) as heard:
            os.kill(os.getpid(), signal.SIGINT)
        assert heard.value.exit_code == 130
        with stop.held():
            os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(StopRequest) as heard:
            stop.check()
        assert heard.value.exit_code == 143
        with pytest.raises(StopRequest):
            stop.wait(1000)


def test_handlers_are_put_back():
    before = signal.getsignal(signal.SIGTERM)
    with Stop().listening():
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_process_of_this_machine_is_gone_once_it_ended():
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe()

    def child():
        there.send(str(this_worker()))
        there.recv()

    process = fork.Process(target=child)
    process.start()
    owner = here.recv()
    assert not is_gone(owner)
    process.kill()
    process.join()
    assert is_gone(owner)


def test_another_process_under_the_same_number_isnt_the_worker():
    mine = this_worker()
    assert not is_gone(str(mine))
    assert is_gone(str(WorkerId(mine.host, mine.pid, mine.born + 1, mine.serial)))


def test_of_other_machines_nothing_is_known():
    mine = this_worker()
    assert not is_gone(str(WorkerId(f"{host_name()}x", mine.pid, 1, "a")))
    assert not is_gone("somebody")
