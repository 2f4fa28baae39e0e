"""Workers as Ray actors: the same content as in process, whoever dies; what is refused, and what it says."""

import dataclasses
import gc
import os
import signal
import socket
import sys
import warnings
from importlib.util import find_spec
from types import SimpleNamespace

import pytest

from pipelines.executors.foreman import Died, Failed, Ready
from pipelines.executors.ray_actor import Site, check_reach, check_site, settings_here
from pipelines.executors.ray_cluster import cluster
from pipelines.executors.ray_executor import RayPlace
from pipelines.executors.seat import Build
from pipelines.stopping import StopRequest
from qm import __version__
from qm.config import REPOSITORY, read_settings
from qm.errors import EngineError, QmError, SettingsError, StorageError

pytestmark = pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning")  # Ray's own processes
needs_ray = pytest.mark.skipif(
    find_spec("ray") is None, reason="Ray isn't installed: pip install 'quality-equation[ray]'"
)


@pytest.fixture(autouse=True)
def _ray_collected():
    """What Ray leaves of its processes is collected here, and not in the middle of another test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def one_pack(tmp_path):
    rules = tmp_path / "rules"
    rules.mkdir()
    for name in ("lock.json", "schema.json", "reclami"):
        (rules / name).symlink_to(REPOSITORY / "scoring_rules" / name)
    return rules


@pytest.fixture
def wiring_of(open_wiring, tmp_path, one_pack):
    def make(name, executor="ray", changes=None, **more):
        wiring = open_wiring(tmp_path / name, **more)
        given = {"executor": executor, "workers": 2, "group": 1, "isolate": False, "rules": one_pack, **(changes or {})}
        wiring.settings = dataclasses.replace(wiring.settings, **given)
        return wiring

    return make


@needs_ray
def test_the_same_content_as_in_process_though_an_actor_is_killed(wiring_of, day_of, run, capsys):
    rows = [day_of.row(f"C{number}", f"{number}.wav", agent_id=f"A{number % 3}") for number in range(9)]
    folder = day_of(rows)
    (folder / "recordings" / "3.wav").write_bytes(b"no audio at all")
    quiet = wiring_of("quiet", "inprocess")
    wanted = run(quiet, folder)
    wiring = wiring_of("ray")
    killed = []
    handler = signal.getsignal(signal.SIGTERM)

    def kill_one(step):
        with wiring.database.unit_of_work() as unit:
            pids = [worker.pid for worker in unit.tasks.workers() if worker.pid != os.getpid()]
        if step.outcome and pids and not killed:
            killed.append(pids[0])
            os.kill(pids[0], signal.SIGKILL)

    summary = wiring.batch.run(folder, kill_one, lambda _total: None)
    assert capsys.readouterr().out == "", "Ray tells nothing on standard output"
    assert signal.getsignal(signal.SIGTERM) == handler, "Ray would take it"
    assert killed
    assert summary.outcomes == wanted.outcomes
    assert summary.left == 0
    assert wiring.database.content_fingerprint() == quiet.database.content_fingerprint()
    with wiring.database.unit_of_work() as unit:
        assert [worker for worker in unit.tasks.workers() if worker.pid not in killed] == [], "the others left"


@needs_ray
def test_asked_to_stop_all_leases_come_back(wiring_of, day_of, run):
    folder = day_of([day_of.row(f"C{number}", f"{number}.wav") for number in range(8)])
    wiring = wiring_of("ray")
    with pytest.raises(StopRequest):
        wiring.batch.run(folder, lambda step: step.outcome and wiring.stop.ask(), lambda _total: None)
    with wiring.database.unit_of_work() as unit:
        (row,) = unit.tasks.runs()
        counts = unit.tasks.counts(row.run.id)
        assert unit.tasks.workers() == ()
    assert counts.get("leased", 0) == 0
    assert counts["waiting"] > 0


@needs_ray
def test_a_fault_over_there_comes_back_as_it_is(wiring_of, day_of, run, tmp_path):
    folder = day_of([day_of.row("C1", "1.wav")])
    wiring = wiring_of("ray", transcriber=None, changes={"model": str(tmp_path), "diariser": "none"})
    with pytest.raises(SettingsError, match=r"without model\.bin") as caught:
        run(wiring, folder)
    assert caught.value.hint


def refused(settings, **changes):
    with pytest.raises(QmError) as caught, cluster(dataclasses.replace(settings, executor="ray", **changes)):
        pass
    return caught.value


@pytest.fixture
def settings(tmp_path):
    return read_settings({"QM_DATA": str(tmp_path)}, tmp_path)


def test_without_ray_the_extra_is_named(settings, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    error = refused(settings)
    assert (type(error), error.code) == (EngineError, "executor.no_ray")
    assert "quality-equation[ray]" in error.hint


@needs_ray
@pytest.mark.parametrize("address", ["head", "head:", ":6379", "http://head:6379", "head:ray"])
def test_what_is_no_address(settings, address):
    error = refused(settings, ray_address=address)
    assert (type(error), error.code) == (SettingsError, "settings.bad_value")


@needs_ray
def test_no_ray_at_an_address(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = refused(settings, ray_address=f"127.0.0.1:{port}")
    assert (type(error), error.code) == (EngineError, "executor.ray_unreachable")
    assert f"127.0.0.1:{port}" in error.message


@pytest.mark.parametrize("text", [None, "", "\n"])
def test_a_token_file_that_is_missing_or_empty(settings, tmp_path, text):
    path = tmp_path / "token"
    if text is not None:
        path.write_text(text)
    error = refused(settings, ray_address="127.0.0.1:1", ray_token_file=str(path))
    assert (type(error), error.code) == (SettingsError, "settings.bad_value")
    assert "QM_RAY_TOKEN_FILE" in error.message


def test_a_host_keeps_its_own_places_and_takes_the_rest(tmp_path):
    sent = read_settings({"QM_DATA": str(tmp_path / "a"), "QM_BEAM": "3", "QM_LEASE_S": "30"}, tmp_path)
    here = read_settings({"QM_DATA": str(tmp_path / "b"), "QM_BEAM": "9", "QM_DEVICE": "cuda"}, tmp_path)
    merged = settings_here(sent, here)
    assert (merged.data, merged.device) == (tmp_path / "b", "cuda")
    assert (merged.beam, merged.lease_s, merged.database_url) == (3, 30, sent.database_url)


def test_files_of_another_host_are_refused(settings):
    site = Site(__version__, "", "desk#1")
    check_reach(settings, site, "desk#1")
    with pytest.raises(StorageError) as caught:
        check_reach(settings, site, "other#1")
    assert caught.value.code == "executor.local_database"
    assert "desk#1" not in caught.value.message
    check_reach(dataclasses.replace(settings, database_url="postgresql+psycopg://h/d"), site, "other#1")


@pytest.mark.parametrize(
    ("here", "code"),
    [
        (Site("0.0.1", "aa", "other#1"), "worker.version"),
        (Site(__version__, "", "other#1"), "executor.objects_apart"),
    ],
)
def test_a_host_that_would_do_otherwise_is_refused(here, code):
    with pytest.raises(QmError) as caught:
        check_site(Site(__version__, "aa", "desk#1"), here)
    assert caught.value.code == code
    assert "other" in caught.value.message


class MadeRay:
    """Ray as far as accounting goes; no machine here has a card."""

    exceptions = SimpleNamespace(RayError=RuntimeError)

    def __init__(self, **resources):
        self.resources = resources
        self.asked = []
        self.answers = {}
        self.killed = []

    def cluster_resources(self):
        return self.resources

    def remote(self, **options):
        self.asked.append(options)
        ready = SimpleNamespace(remote=lambda: f"ready-{len(self.asked)}")
        return lambda _class: SimpleNamespace(remote=lambda _made_of: SimpleNamespace(ready=ready))

    def wait(self, references, num_returns, timeout):
        known = [reference for reference in references if reference in self.answers]
        return known[:num_returns], []

    def kill(self, actor):
        self.killed.append(actor)

    def get(self, reference):
        answer = self.answers[reference]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.mark.parametrize(
    ("changes", "resources", "room"),
    [
        ({}, {"CPU": 4.0}, 4),
        ({"worker_cpus": 2.0}, {"CPU": 5.0}, 2),
        ({"worker_gpus": 0.5}, {"CPU": 8.0, "GPU": 1.0}, 2),
        ({"worker_gpus": 1.0}, {"CPU": 8.0}, 1),
        ({}, {}, 1),
        ({"workers": 7}, {"CPU": 2.0}, 7),
    ],
)
def test_processors_and_cards_are_accounted_for(settings, changes, resources, room):
    place = place_with(MadeRay(**resources), dataclasses.replace(settings, **changes))
    assert place.room() == room


def place_with(ray, settings):
    place = RayPlace(Build(settings, None, {}, (), 1), lambda: None)
    place._ray = ray
    return place


def test_an_actor_is_asked_for_with_its_processors_and_cards(settings):
    ray = MadeRay()
    place_with(ray, dataclasses.replace(settings, worker_cpus=2.0, worker_gpus=0.5)).start()
    (asked,) = ray.asked
    assert (asked["num_cpus"], asked["num_gpus"], asked["max_restarts"], asked["max_task_retries"]) == (2.0, 0.5, 0, 0)


def test_what_comes_back_of_an_actor(settings):
    ray = MadeRay()
    place = place_with(ray, settings)
    for _seat in range(3):
        place.start()
    assert place.events(0) == ()
    ours = RuntimeError("wrapped")
    ours.cause = EngineError("engine.missing", "no engine", "install it")
    ray.answers = {"ready-1": ("w1", "host"), "ready-2": ours, "ready-3": RuntimeError("node lost\nmore")}
    assert place.events(0) == [Ready(1, "w1", "host"), Failed(2, ours.cause), Died(3, "node lost")]
    assert len(ray.killed) == 2, "who is only out of reach shall not go on later"
