"""Long conversations come in blocks; short ones whole."""

import re

import pytest

from api.app import create_app
from api.talk_blocks import BLOCK, FIRST
from qm.domain.people import Role
from qm.storage.database import Database

TURN = re.compile(r'<li class="turn \w+" id="t(\d+)"')
BLOCK_FIRST = re.compile(r'<li class="block" data-first="(\d+)"')
TURNS = 2400
LARGEST_PAGE = 300_000
"""Bytes of a review page before its audio: what the product promises."""


@pytest.fixture(scope="module")
def long_app(sample, tmp_path_factory):
    settings = sample.settings_of(tmp_path_factory.mktemp("long"))
    sample.fill(settings)
    database = Database(settings.database_url)
    with database.unit_of_work() as unit:
        call = sample.make_long_call(TURNS)
        unit.outputs.save_transcript("C-1", call)
        unit.evaluations.replace("C-1", [sample.said_in(e, call.turns[-2]) for e in unit.evaluations.of_contact("C-1")])
        unit.outputs.save_transcript("C-3", sample.make_long_call(FIRST + BLOCK))
    database.close()
    return create_app(settings)


@pytest.fixture
def reader(long_app, sample):
    from fastapi.testclient import TestClient

    with TestClient(long_app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        sample.sign_in(client, Role.ANALYST)
        yield client


@pytest.mark.parametrize("page", ["/contacts/C-1", "/review/C-1?form=servizio-clienti"])
def test_a_page_brings_the_first_turns_and_names_the_blocks(reader, page):
    text = reader.get(page).text
    assert [int(number) for number in TURN.findall(text)] == list(range(FIRST))
    assert [int(number) for number in BLOCK_FIRST.findall(text)] == list(range(FIRST, TURNS, BLOCK))
    assert len(text.encode()) < LARGEST_PAGE


def test_the_blocks_bring_the_rest_each_turn_once(reader):
    firsts = BLOCK_FIRST.findall(reader.get("/contacts/C-1").text)
    blocks = [reader.get(f"/contacts/C-1/turns?first={first}").text for first in firsts]
    assert [int(n) for text in blocks for n in TURN.findall(text)] == list(range(FIRST, TURNS))
    assert all("<html" not in text for text in blocks)


def test_evidence_in_a_later_block_names_it(reader):
    text = reader.get("/contacts/C-1").text
    (name,) = set(re.findall(r'<button [^>]*data-mark="(ev-[^"]+)"', text))
    assert f'<mark class="met" data-mark="{name}"' not in text
    (first,) = re.findall(rf'data-first="(\d+)"[^>]*data-marks="{re.escape(name)}"', text)
    assert f'data-mark="{name}"' in reader.get(f"/contacts/C-1/turns?first={first}").text


def test_what_is_hardly_longer_comes_whole_and_so_does_what_is_asked_for_whole(reader):
    assert len(TURN.findall(reader.get("/contacts/C-3").text)) == FIRST + BLOCK
    whole = reader.get("/contacts/C-1?talk=whole").text
    assert len(TURN.findall(whole)) == TURNS
    assert not BLOCK_FIRST.findall(whole)


@pytest.mark.parametrize(("first", "status"), [("99999", 200), ("-1", 422), ("x", 422)])
def test_a_block_that_isnt_there_is_empty_or_refused(reader, first, status):
    answer = reader.get(f"/contacts/C-1/turns?first={first}")
    assert answer.status_code == status
    assert not TURN.findall(answer.text)


def test_blocks_are_noted_as_one_look(reader, long_app, sample):
    who = sample.sign_in(reader, Role.ANALYST)
    for first in (200, 300, 400):
        reader.get(f"/contacts/C-1/turns?first={first}")
    with long_app.state.services.database.reading() as unit:
        seen = [event for event in unit.audit.after(0, 1000) if event.actor == who.login]
    assert [(event.action, event.subject) for event in seen] == [("transcript.viewed", "C-1")]
