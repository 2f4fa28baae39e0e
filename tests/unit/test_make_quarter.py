"""The made quarter: the same seed makes the same files, and they are a day folder without a fault."""

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.files.day_folder import read_day

SCRIPT = Path(__file__).parents[2] / "examples" / "make_quarter.py"


def make(folder, *more):
    command = [sys.executable, SCRIPT, folder, "--contacts", "40", *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def content(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_seed_makes_the_same_files_and_another_seed_others(tmp_path):
    made = make(tmp_path / "a")
    assert made.returncode == 0, made.stderr
    assert "40 chats" in made.stdout
    make(tmp_path / "b")
    make(tmp_path / "c", "--seed", "2")
    assert content(tmp_path / "a") == content(tmp_path / "b") != content(tmp_path / "c")


def test_the_folder_reads_without_a_fault(tmp_path):
    make(tmp_path)
    day = read_day(tmp_path)
    assert day.faults == () or day.faults == []
    assert len(day.contacts) == 40
    assert any(response.answered_at is None for response in day.responses)
    assert any(response.comment for response in day.responses)


def test_a_number_that_is_none_is_refused(tmp_path):
    made = make(tmp_path, "--contacts", "many")
    assert made.returncode == 2
    with pytest.raises(StopIteration):
        next(tmp_path.iterdir())
