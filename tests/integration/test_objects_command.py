"""A day over a folder and over a bucket: the same content; lost and altered objects found; leftovers swept."""

import io
import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from models.fakes import ScriptedTranscriber
from pipelines.cli import app
from pipelines.wiring import Wiring
from qm.config import REPOSITORY, read_settings
from qm.domain.run import ItemState
from qm.errors import ConflictError, InputError
from qm.ports.audit import AuditFilter
from qm.rules.loader import load_packs
from qm.services.objects import ObjectService


@pytest.fixture(scope="module")
def packs():
    """Read once: that takes longer than a small day."""
    return load_packs(REPOSITORY / "scoring_rules")


@pytest.fixture(params=["folder", "s3"])
def site(request, tmp_path, monkeypatch, script, packs, _sqlite_template):
    """An opener of wirings over one of both stores; commands find the same settings."""
    environment = {"QM_DATA": str(tmp_path / "data"), "QM_LANGUAGE": "en"}
    if request.param == "s3":
        server = request.getfixturevalue("s3_server")
        environment |= server.environment(server.new_bucket())
    for key, value in environment.items():
        monkeypatch.setenv(key, value)
    opened = []
    (tmp_path / "data").mkdir()
    shutil.copyfile(_sqlite_template, tmp_path / "data" / "quality.db")

    def make():
        wiring = Wiring(read_settings(environment, tmp_path), transcriber=ScriptedTranscriber({}, script))
        wiring.__dict__["packs"] = packs
        opened.append(wiring)
        return wiring

    yield make
    for wiring in opened:
        wiring.database.close()


@pytest.fixture
def day(day_of):
    chat = day_of.row("C3", "", medium="chat")
    folder = day_of([day_of.row("C1", "a.wav"), day_of.row("C2", "b.wav"), chat])
    (folder / "chats").mkdir()
    turns = [{"role": "agent", "at": "2026-11-20T09:00:00+01:00", "text": "Buongiorno"}]
    (folder / "chats" / "c.json").write_text(json.dumps({"contact_id": "C3", "turns": turns}))
    return folder


@pytest.fixture
def qm():
    def call(*words, code=0):
        result = CliRunner().invoke(app, ["objects", *words], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.stdout

    return call


def name_of(wiring, contact_id):
    with wiring.database.reading() as unit:
        return unit.outputs.recording(contact_id)


def spoil(wiring, name, content):
    """Other bytes under the name of an object."""
    store = wiring.objects
    if hasattr(store, "root"):
        (store.root / name[:2] / name).write_bytes(content)
    else:
        key = f"{store.bucket.address.prefix}{name[:2]}/{name}"
        store.bucket.client.put_object(store.bucket.address.bucket, key, io.BytesIO(content), len(content))
        store.cache.drop(name)


def test_the_same_day_gives_the_same_content_on_folder_and_bucket(site, day, run, open_wiring, tmp_path):
    there, here = site(), open_wiring(tmp_path / "beside")
    here.__dict__["packs"] = there.packs
    assert run(there, day).outcomes == run(here, day).outcomes
    assert there.database.content_fingerprint() == here.database.content_fingerprint()
    assert [(item.sha256, item.size) for item in there.objects.every()] == [
        (item.sha256, item.size) for item in here.objects.every()
    ]


def test_what_is_whole_is_clean(site, day, run, qm):
    run(site(), day)
    found = json.loads(qm("verify", "--json"))
    assert (found["objects"], found["named"], found["counts"], found["is_quick"]) == (3, 3, {}, False)
    assert "Nothing is wrong" in qm("verify")
    assert "nothing was read" in qm("verify", "--quick")


def test_lost_altered_and_unnamed_objects_are_found(site, day, run, qm):
    wiring = site()
    run(wiring, day)
    lost, altered, whole = (name_of(wiring, contact_id) for contact_id in ("C1", "C2", "C3"))
    wiring.objects.erase(lost)
    spoil(wiring, altered, b"not what was said")
    stray = wiring.objects.put(io.BytesIO(b"nobody's"))
    found = json.loads(qm("verify", "--json", code=1))
    told = {fault["sha256"]: (fault["kind"], fault["contacts"]) for fault in found["faults"]}
    assert told == {lost: ("lost", ["C1"]), altered: ("altered", ["C2"])}  # the stray one may be a contact's at work
    service = ObjectService(
        wiring.database.unit_of_work, wiring.database.reading, wiring.objects,
        lambda: datetime.now(UTC) + timedelta(hours=2),
    )  # fmt: skip
    assert service.verify().counts == {"lost": 1, "altered": 1, "unnamed": 1}
    assert service.verify(is_quick=True).counts == {"lost": 1, "unnamed": 1}
    lines = qm("verify", code=1)
    assert f"lost: {lost} (contact C1)" in lines
    assert f"altered: {altered} (contact C2)" in lines
    assert whole not in lines
    assert stray not in lines


def test_an_altered_object_stops_its_contact_only_and_is_mended_from_the_day(site, day, run, qm):
    wiring = site()
    run(wiring, day)
    spoil(wiring, name_of(wiring, "C2"), b"not what was said")
    qm("verify", "--drop-altered", code=1)
    assert not wiring.objects.has(name_of(wiring, "C2"))
    again = site()
    run(again, day)
    assert json.loads(qm("verify", "--json"))["counts"] == {}
    with again.database.reading() as unit:
        assert unit.work.state("C2") is ItemState.DONE
    assert len(again.audit.page(AuditFilter(action="object.erased")).items) == 1


def test_what_is_erased_while_the_lists_are_read_is_looked_at_again(site, day, run):
    """Between the two lists an object is stored and another is erased with its contact."""
    wiring = site()
    run(wiring, day)
    gone = name_of(wiring, "C1")

    class Meanwhile:
        """The store, in which a contact is erased while the list is read."""

        def __getattr__(self, name):
            return getattr(wiring.objects, name)

        def every(self):
            found = list(wiring.objects.every())
            wiring.objects.erase(gone)
            yield from found

    database = wiring.database
    service = ObjectService(database.unit_of_work, database.reading, Meanwhile(), lambda: datetime.now(UTC))
    assert service.verify().counts == {"lost": 1}  # named still: that is a loss


def test_sweeping_takes_leftovers_and_only_on_request_what_nobody_names(site, day, run, qm):
    wiring = site()
    run(wiring, day)
    stray = wiring.objects.put(io.BytesIO(b"nobody's"))
    folder = wiring.objects.root if hasattr(wiring.objects, "root") else wiring.objects.cache.folder
    (folder / ".part-left").write_bytes(b"half a recording")
    assert "Nothing to remove" in qm("sweep")
    told = json.loads(qm("sweep", "--older-than", "0", "--unnamed", "--dry-run", "--json"))
    assert ([item["kind"] for item in told["leftovers"]], told["unnamed"]) == (["file"], [stray])
    assert (folder / ".part-left").exists()
    assert wiring.objects.has(stray)
    assert "temporary file" in qm("sweep", "--older-than", "0")
    assert wiring.objects.has(stray)
    assert f"removed: no contact's {stray}" in qm("sweep", "--older-than", "0", "--unnamed")
    assert not wiring.objects.has(stray)
    assert len(list(wiring.objects.every())) == 3
    assert "Nothing to remove" in qm("sweep", "--older-than", "0", "--unnamed")


def test_a_database_that_names_nothing_never_empties_the_store(site, qm):
    wiring = site()
    kept = wiring.objects.put(io.BytesIO(b"of another database"))
    with pytest.raises(InputError, match=r"objects\.nothing_named"):
        qm("sweep", "--older-than", "0", "--unnamed")
    assert wiring.objects.has(kept)


def test_rules_are_set_shown_and_taken_away(site, qm):
    wiring = site()
    if hasattr(wiring.objects, "root"):
        with pytest.raises(InputError, match=r"objects\.no_bucket_here"):
            qm("lifecycle", "show")
        return
    assert "No rules of ours" in qm("lifecycle", "show")
    told = json.loads(qm("lifecycle", "set", "--uploads-days", "3", "--versions-days", "7", "--json"))
    assert told == {"days": {"uploads": 3, "versions": 7}, "others": []}
    assert "unfinished uploads after 3 days" in qm("lifecycle", "show")
    assert json.loads(qm("lifecycle", "set", "--objects-days", "900", "--json"))["days"] == {
        "uploads": 2, "objects": 900,
    }  # fmt: skip
    assert json.loads(qm("lifecycle", "set", "--uploads-days", "0", "--json"))["days"] == {}


def test_rules_of_others_are_left_alone(site, qm):
    wiring = site()
    if hasattr(wiring.objects, "root"):
        pytest.skip("a folder has no rules")
    from minio.commonconfig import ENABLED, Filter
    from minio.lifecycleconfig import Expiration, LifecycleConfig, Rule

    theirs = Rule(ENABLED, rule_filter=Filter(prefix="logs/"), rule_id="theirs", expiration=Expiration(days=9))
    bucket = wiring.objects.bucket
    bucket.client.set_bucket_lifecycle(bucket.address.bucket, LifecycleConfig([theirs]))
    with pytest.raises(ConflictError, match="theirs"):
        qm("lifecycle", "set")
    assert "theirs" in qm("lifecycle", "show")
