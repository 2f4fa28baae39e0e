"""What is wrong with a day becomes a message with a code; the rest goes on; nothing is lost."""

import contextlib
import os
import random
import sqlite3
import subprocess
import sys
import threading
import wave

import numpy as np
import pytest
import soundfile as sf

from models.audio_engine import PyAvAudioReader
from models.fakes import ScriptedTranscriber
from qm.domain.evaluation import Answer
from qm.errors import DayFolderError, DiskFullError, RecordingError, StorageError
from qm.ports import Speech


def codes(wiring, folder=""):
    """Code by subject; files are named by their path below the day folder."""
    return {entry.subject.removeprefix(f"{folder}/"): entry.code for entry in wiring.contacts.quarantine()}


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda day: day / "nowhere", "day.no_folder"),
        (lambda day: _made(day / "empty"), "day.empty"),
        (lambda day: _made(day / "bare", "recordings"), "day.no_contacts"),
        (lambda day: _header(day / "header", "contact,medium\n"), "table.bad_header"),
        (lambda day: _header(day / "blank", ""), "table.bad_header"),
        (lambda day: _header(day / "twice", "contact_id,medium,started_at,agent_id,agent_id\n"), "table.bad_header"),
    ],
)
def test_unusable_folder_changes_nothing(open_wiring, run, tmp_path, prepare, code):
    wiring = open_wiring()
    before = wiring.database.content_fingerprint()
    with pytest.raises(DayFolderError) as caught:
        run(wiring, prepare(tmp_path))
    assert caught.value.code == code
    assert caught.value.hint
    assert wiring.database.content_fingerprint() == before


def _made(folder, inside=""):
    (folder / inside).mkdir(parents=True)
    return folder


def _header(folder, text):
    folder.mkdir()
    (folder / "contacts.csv").write_text(text, encoding="utf-8")
    return folder


def test_bad_rows_are_reported_by_line_and_the_rest_goes_on(open_wiring, day_of, run):
    rows = [
        day_of.row("C1", "a.wav"),
        day_of.row("C2", "b.wav", started_at="yesterday"),
        day_of.row("C3", "c.wav", started_at="2026-11-20T09:00:00"),
        day_of.row("C1", "d.wav"),
        day_of.row("C5", "e.wav", medium="fax"),
        day_of.row("C6", "f.wav", agent_channel="2"),
        day_of.row("C7", "g.wav", language="italiano"),
        day_of.row("C8", ""),
        day_of.row("", "h.wav"),
    ]
    folder = day_of(rows)
    text = (folder / "contacts.csv").read_text(encoding="utf-8").splitlines()
    text[8] = text[8].replace("it,,0", "it,../../etc/passwd,0")
    (folder / "contacts.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    wiring = open_wiring()
    assert run(wiring, folder).outcomes["done"] == 1
    found = codes(wiring, folder)
    assert {f"contacts.csv:{line}": found.get(f"contacts.csv:{line}") for line in range(3, 11)} == {
        "contacts.csv:3": "contact.bad_row", "contacts.csv:4": "contact.bad_row",
        "contacts.csv:5": "contact.duplicate_id", "contacts.csv:6": "contact.bad_row",
        "contacts.csv:7": "contact.bad_row", "contacts.csv:8": "contact.bad_row",
        "contacts.csv:9": "contact.bad_row", "contacts.csv:10": "contact.bad_row",
    }  # fmt: skip
    assert found["recordings/d.wav"] == "recording.unclaimed"


def test_a_corrected_row_leaves_the_quarantine(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav"), day_of.row("C2", "b.wav", started_at="?")])
    wiring = open_wiring()
    run(wiring, folder)
    assert "contacts.csv:3" in codes(wiring, folder)
    text = (folder / "contacts.csv").read_text(encoding="utf-8").replace("?", "2026-11-20T10:00:00+01:00")
    (folder / "contacts.csv").write_text(text, encoding="utf-8")
    assert run(wiring, folder).outcomes["done"] == 1
    assert codes(wiring) == {}


def _broken_recordings(folder, tone):
    recordings = folder / "recordings"
    (recordings / "empty.wav").write_bytes(b"")
    (recordings / "text.wav").write_text("this is no audio\n" * 50, encoding="utf-8")
    whole = tone(recordings / "cut.wav", seconds=8, seed=50)
    whole.write_bytes(whole.read_bytes()[:40000])
    tone(recordings / "short.wav", seconds=0.2, seed=51)
    tone(recordings / "surround.wav", channels=6, seed=52)
    sf.write(recordings / "nan.wav", np.full((16000, 2), np.nan, dtype=np.float32), 8000, subtype="FLOAT")
    (recordings / "folder.wav").mkdir()
    (recordings / "twin.wav").write_bytes((recordings / "good.wav").read_bytes())


def test_broken_recordings_are_quarantined_each_with_its_code(open_wiring, day_of, run):
    wanted = {
        "empty": "recording.empty", "text": "recording.not_audio", "cut": "recording.truncated",
        "short": "recording.too_short", "surround": "recording.channels", "nan": "recording.not_finite",
        "folder": "recording.unreadable", "twin": "recording.duplicate", "gone": "recording.missing",
    }  # fmt: skip
    rows = [day_of.row("good", "good.wav"), *(day_of.row(name, "") for name in wanted), day_of.row("none", "")]
    folder = day_of(rows)
    text = (folder / "contacts.csv").read_text(encoding="utf-8")
    for name in wanted:
        text = text.replace(f"K-{name},it,,0", f"K-{name},it,{name}.wav,0")
    (folder / "contacts.csv").write_text(text, encoding="utf-8")
    _broken_recordings(folder, day_of.tone)
    wiring = open_wiring()
    assert run(wiring, folder).outcomes == {"done": 1, "unchanged": 0, "quarantined": len(wanted) + 1}
    found = codes(wiring)
    assert {name: found[name] for name in wanted} == wanted
    assert found["none"] == "recording.missing"
    entries = wiring.contacts.quarantine()
    assert all(entry.hint and entry.command == f"qm retry {entry.subject}" for entry in entries)


def test_unreadable_permissions(open_wiring, day_of, run, tmp_path):
    folder = day_of([day_of.row("C1", "a.wav")])
    (folder / "recordings" / "a.wav").chmod(0)
    if os.geteuid() != 0:
        wiring = open_wiring()
        run(wiring, folder)
        assert codes(wiring) == {"C1": "recording.unreadable"}
        return
    # Root reads every file; an unprivileged child does the stage. Modules are imported before rights are dropped.
    for parent in (folder, *folder.parents):
        if parent.stat().st_uid == 0:
            parent.chmod(parent.stat().st_mode | 0o055)
    code = (
        "import os; from pathlib import Path; from pipelines.stages.store import StoreStage, Source;"
        "from pipelines.files.day_folder import read_day; from qm.storage.objects import FolderObjects;"
        "from qm.errors import RecordingError;"
        f"day = read_day(Path({str(folder)!r})); os.setgid(65534); os.setuid(65534)"
        f"\nstage = StoreStage(FolderObjects(Path({str(tmp_path)!r})))"
        "\ntry: stage.run(Source(day.contacts[0], day.folder))"
        "\nexcept RecordingError as error: print(error.code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "recording.unreadable", done.stderr


@pytest.mark.parametrize("name", ["with space.wav", "perché_così.wav", "due\nrighe.wav", "a'b\"c.wav", "-rf.wav"])
def test_awkward_file_names(open_wiring, day_of, run, name):
    folder = day_of([day_of.row("C1", name)])
    wiring = open_wiring()
    assert run(wiring, folder).outcomes["done"] == 1
    assert codes(wiring) == {}


def test_accents_composed_either_way_find_the_file(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "perche\u0301.wav")])
    text = (folder / "contacts.csv").read_text(encoding="utf-8").replace("perche\u0301", "perch\u00e9")
    (folder / "contacts.csv").write_text(text, encoding="utf-8")
    wiring = open_wiring()
    assert run(wiring, folder).outcomes["done"] == 1


def test_awkward_contact_id_gives_a_command_that_is_safe_to_paste(open_wiring, day_of, run):
    folder = day_of([day_of.row("C 1; rm -rf /", "")])
    wiring = open_wiring()
    run(wiring, folder)
    assert wiring.contacts.quarantine()[0].command == "qm retry 'C 1; rm -rf /'"


def test_silence_is_no_reason_to_fail_anybody(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav")])
    with wave.open(str(folder / "recordings" / "a.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(8000 * 4 * 60))
    wiring = open_wiring(transcriber=ScriptedTranscriber({}, Speech("", 0.0, ((), ()))))
    assert run(wiring, folder).outcomes["done"] == 1
    view = wiring.contacts.get("C1")
    assert view.transcript
    assert {"recording.silent", "transcript.no_speech"} <= {f.code for f in view.transcript.quality}
    given = [c.answer for e in view.evaluations for s in e.sections for c in s.criteria]
    assert {a.answer for a in given} <= {Answer.CANNOT_TELL, Answer.NOT_APPLICABLE}


def test_orphans_on_both_sides_are_reported(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav"), day_of.row("C2", "", medium="chat")])
    day_of.tone(folder / "recordings" / "nobody.wav", seed=9)
    (folder / "chats").mkdir()
    (folder / "chats" / "x.json").write_text('{"contact_id": "C9", "turns": []}', encoding="utf-8")
    (folder / "chats" / "y.json").write_text("{", encoding="utf-8")
    wiring = open_wiring()
    run(wiring, folder)
    assert codes(wiring, folder) == {
        "C2": "chat.missing", "chats/x.json": "chat.unclaimed", "chats/y.json": "chat.unreadable",
        "recordings/nobody.wav": "recording.unclaimed",
    }  # fmt: skip


class _FullDisk:
    """An object store on a disk without space."""

    def put(self, source):
        raise DiskFullError("storage.disk_full", "no space left", "free some space, then run again")


def test_full_disk_stops_the_run_and_it_goes_on_later(open_wiring, day_of, run, tmp_path):
    folder = day_of([day_of.row("C1", "a.wav")])
    wiring = open_wiring(tmp_path / "data")
    wiring.__dict__["objects"] = _FullDisk()
    with pytest.raises(DiskFullError):
        run(wiring, folder)
    again = open_wiring(tmp_path / "data")
    assert run(again, folder).outcomes["done"] == 1


def test_really_full_disk(open_wiring, day_of, run, tmp_path):
    """A file system of 300 kB; needs the right to mount one."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(place)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system isn't allowed here")
    try:
        folder = day_of([day_of.row("C1", "a.wav"), day_of.row("C2", "b.wav")])
        day_of.tone(folder / "recordings" / "a.wav", seconds=60, seed=3)
        with pytest.raises(DiskFullError) as caught:
            run(open_wiring(place / "data"), folder)
        assert caught.value.code == "storage.disk_full"
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_two_days_keep_their_own_faults(open_wiring, day_of, run):
    first = day_of([day_of.row("C1", "a.wav", started_at="?")], "one")
    second = day_of([day_of.row("C2", "b.wav", started_at="?")], "two")
    wiring = open_wiring()
    run(wiring, first)
    run(wiring, second)
    bad = {e.subject for e in wiring.contacts.quarantine() if e.code == "contact.bad_row"}
    assert bad == {f"{first}/contacts.csv:2", f"{second}/contacts.csv:2"}


def test_a_chat_that_comes_late_is_taken_up_by_its_retry_command(open_wiring, day_of, run):
    folder = day_of([day_of.row("C2", "", medium="chat")])
    wiring = open_wiring()
    run(wiring, folder)
    assert codes(wiring) == {"C2": "chat.missing"}
    (folder / "chats").mkdir()
    turn = '{"role": "agent", "at": "2026-11-20T09:00:00+01:00", "text": "Buongiorno"}'
    (folder / "chats" / "late.json").write_text(f'{{"contact_id": "C2", "turns": [{turn}]}}', encoding="utf-8")
    assert wiring.batch.retry(["C2"], lambda _s: None, lambda _t: None).outcomes["done"] == 1


def test_a_lost_object_is_stored_again(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav")])
    wiring = open_wiring()
    run(wiring, folder)
    wiring.objects.path(wiring.contacts.recording("C1")).unlink()
    run(wiring, folder)
    assert wiring.objects.path(wiring.contacts.recording("C1")).is_file()


def test_an_unclosed_quote_stops_the_day_instead_of_swallowing_rows(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav", agent_name="Anna"), day_of.row("C2", "b.wav")])
    text = (folder / "contacts.csv").read_text(encoding="utf-8").replace("Anna", '"Anna', 1)
    (folder / "contacts.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DayFolderError, match=r"contacts\.csv:2") as caught:
        run(open_wiring(), folder)
    assert caught.value.code == "table.bad_csv"


@pytest.mark.parametrize("name", ["[/bold]Anna", "[red]Anna", "Anna :smile:"])
def test_names_that_look_like_markup_are_printed_as_they_are(day_of, tmp_path, name):
    folder = day_of([day_of.row("C1", "", agent_name=name)])
    environment = {**os.environ, "QM_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-m", "pipelines.cli"]
    subprocess.run([*command, "run", str(folder)], env=environment, check=False, capture_output=True)
    done = subprocess.run([*command, "status"], env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_control_characters_in_a_row_are_refused(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav", agent_name="An\x1b[31mna"), day_of.row("C2", "b.wav")])
    wiring = open_wiring()
    assert run(wiring, folder).outcomes["done"] == 1
    assert codes(wiring, folder)["contacts.csv:2"] == "contact.bad_row"


def test_a_lying_sample_rate_is_refused_before_it_is_decoded(open_wiring, day_of, run):
    folder = day_of([day_of.row("C1", "a.wav")])
    path = folder / "recordings" / "a.wav"
    content = bytearray(path.read_bytes())
    content[24:28] = (1).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    wiring = open_wiring()
    run(wiring, folder)
    assert codes(wiring) == {"C1": "recording.rate"}


def test_damaged_headers_only_ever_give_recording_errors(tmp_path, day_of):
    """Bytes of the header flipped at random, 300 times."""
    whole = day_of.tone(tmp_path / "whole.wav", seconds=1.5).read_bytes()
    draw = random.Random(7)
    reader = PyAvAudioReader()
    for attempt in range(300):
        content = bytearray(whole)
        for _flip in range(draw.randint(1, 6)):
            content[draw.randrange(44)] = draw.randrange(256)
        path = tmp_path / "mutant.wav"
        path.write_bytes(bytes(content))
        with contextlib.suppress(RecordingError):
            assert reader.read(path, "x").recording.duration_s > 0, attempt


def test_two_spellings_of_a_day_are_one_day(open_wiring, day_of, run, tmp_path):
    folder = day_of([day_of.row("C1", "a.wav", started_at="?")])
    wiring = open_wiring()
    run(wiring, folder)
    run(wiring, tmp_path / "day" / ".." / "day")
    assert len(wiring.contacts.quarantine()) == 2  # the row, and its unclaimed recording


def test_a_second_writer_waits_its_turn(open_wiring, day_of, run, tmp_path):
    folder = day_of([day_of.row("C1", "a.wav")])
    wiring, other = open_wiring(tmp_path / "data"), open_wiring(tmp_path / "data")
    began = threading.Event()

    def hold():
        with other.database.unit_of_work() as unit:
            unit.work.states()
            began.set()
            threading.Event().wait(0.5)  # what a long transaction of another process would take

    thread = threading.Thread(target=hold)
    thread.start()
    began.wait()
    assert run(wiring, folder).outcomes["done"] == 1
    thread.join()


def test_a_database_of_a_newer_version_is_named(open_wiring):
    wiring = open_wiring()
    path = wiring.settings.data / "quality.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
        connection.commit()
    with pytest.raises(StorageError, match=r"database\.newer"):
        wiring.database.upgrade()
