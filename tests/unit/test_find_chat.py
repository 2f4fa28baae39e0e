"""A chat that wasn't there when the day was read is found once it is; looking for those that aren't is cheap."""

import json
import os

import pytest

from pipelines.files import day_folder
from pipelines.files.day_folder import find_chat
from qm.domain.contact import Medium
from tests.unit import builders


@pytest.fixture
def chats(tmp_path):
    (tmp_path / "chats").mkdir()
    return tmp_path / "chats"


def put(chats, name, contact_id):
    (chats / name).write_text(json.dumps({"contact_id": contact_id}))


def find(chats, contact_id):
    return find_chat(chats.parent, builders.contact(contact_id, medium=Medium.CHAT, source=""))


def test_a_file_that_comes_later_is_found(chats):
    put(chats, "a.json", "C-1")
    assert find(chats, "C-2") is None
    put(chats, "b.json", "C-2")
    assert find(chats, "C-2") == chats / "b.json"
    assert find(chats, "C-1") == chats / "a.json"


def test_a_file_that_is_mended_in_its_place_is_found(chats):
    (chats / "a.json").write_text("{")
    os.utime(chats, (1_700_000_000, 1_700_000_000))
    assert find(chats, "C-1") is None
    put(chats, "a.json", "C-1")
    os.utime(chats, (1_700_000_000, 1_700_000_000))
    assert find(chats, "C-1") == chats / "a.json"


def test_a_folder_that_is_gone_or_comes_later(chats):
    chats.rmdir()
    assert find(chats, "C-1") is None
    chats.mkdir()
    put(chats, "a.json", "C-1")
    assert find(chats, "C-1") == chats / "a.json"


def test_files_are_read_once_for_however_many_contacts(chats, monkeypatch):
    for n in range(20):
        put(chats, f"{n}.json", f"C-{n}")
    (chats / "x.json").write_text("{")
    os.utime(chats, (1_700_000_000, 1_700_000_000))
    read = []
    inner = day_folder._contact_of
    monkeypatch.setattr(day_folder, "_contact_of", lambda path: (read.append(path), inner(path))[1])
    for n in range(50):
        find(chats, f"none-{n}")
    assert len(read) == 21
