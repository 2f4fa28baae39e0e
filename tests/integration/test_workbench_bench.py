"""The bench of the workbench, small: its site is what the product would have written, and it tells faults."""

from dataclasses import replace

import pytest

from benchmarks import workbench_load
from benchmarks.servers import fresh_settings
from benchmarks.workbench_kept import MADE, site_in
from benchmarks.workbench_load import Asked, Got
from benchmarks.workbench_pages import KINDS
from benchmarks.workbench_site import SITES, make_site
from qm.config import read_settings
from qm.domain.people import WHOLE
from qm.errors import InputError
from qm.ports.contact_list import ContactQuery
from qm.storage.database import Database

CONTACTS, TURNS = 50, 8


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def made(request, tmp_path_factory):
    """A site of 50 contacts, 46 of them copied."""
    root = tmp_path_factory.mktemp("workbench")
    server = request.getfixturevalue("postgres_server") if request.param == "postgresql" else None
    settings = read_settings({"QM_DATA": str(root / "var"), "QM_OFFLINE": "yes"}, root)
    settings = replace(fresh_settings(settings, root / "data", server), isolate=False, language="it")
    with pytest.MonkeyPatch.context() as patch:
        for module in ("workbench_site", "workbench_pages"):
            patch.setattr(f"benchmarks.{module}.SOURCES", 4)
        yield settings, make_site(settings, root, CONTACTS, TURNS), root


@pytest.fixture
def database(made):
    opened = Database(made[0].database_url)
    yield opened
    opened.close()


def test_lists_hold_every_contact_as_if_it_had_been_worked_through(made, database):
    forms = tuple(sorted(form for form in _forms(database)))
    with database.reading() as unit:
        page = unit.contacts.page(ContactQuery(forms), size=CONTACTS + 1)
        choices = unit.contacts.choices(WHOLE)
        assert [unit.evaluations.of_contact(line.contact.id) for line in page.items]
        for line in page.items:
            for evaluation in unit.evaluations.of_contact(line.contact.id):
                assert evaluation.contact_id == line.contact.id
                assert unit.evaluations.get(evaluation.id) == evaluation
        assert {line.contact.agent.site for line in page.items} <= {"", *SITES}
        linked = {link.contact_id for link in unit.surveys.links()} - {""}
        assert {line.contact.id for line in page.items if line.response is not None} == linked
        assert len(unit.surveys.every()) == 5
        calls = [line.contact.id for line in page.items if line.contact.medium.value == "voice"]
        assert {unit.outputs.recording(name) for name in calls} == {made[1].recording}
    assert page.total == len(page.items) == CONTACTS
    assert {line.state.value for line in page.items} == {"done"}
    assert {name for name, _label in choices["agent"]} == {line.contact.agent.id for line in page.items}


def _forms(database):
    with database.reading() as unit:
        return {brief.form_id for brief in unit.evaluations.briefs()}


def test_every_kind_of_page_opens(made):
    settings, _site, root = made
    asked = Asked(CONTACTS, TURNS, people=4, seconds=1.0, think_s=0.2, alone=1, paint=False)
    figures = workbench_load.measure_site(settings, root, asked)
    told = {name: figure.peer for name, figure in figures.items() if name.startswith("alone_")}
    assert [name for name, peer in told.items() if not peer.endswith("refused: 0")] == []
    assert len(told) == len(KINDS) + 1
    assert (figures["people_errors"].value, figures["people_errors"].peer) == (0, "none")
    assert 0 < figures["review_bytes"].value < workbench_load.REVIEW_BYTES


def test_a_site_that_is_kept_is_measured_again_but_not_taken_for_another(tmp_path):
    settings = read_settings({"QM_DATA": str(tmp_path / "var"), "QM_OFFLINE": "yes"}, tmp_path)
    first = site_in(tmp_path / "site", settings, None, 4, TURNS)
    assert site_in(tmp_path / "site", settings, None, 4, TURNS) == first
    with pytest.raises(InputError, match="has 4 contacts"):
        site_in(tmp_path / "site", settings, None, 5, TURNS)
    (tmp_path / "site" / MADE).unlink()
    with pytest.raises(InputError, match="wasn't finished"):
        site_in(tmp_path / "site", settings, None, 4, TURNS)


def test_an_error_is_told_and_counted():
    figures = workbench_load._alone(KINDS[0], [Got(0.01, 0.02, 500, 7), Got(0.01, 0.02, 200, 9)], 0.004)
    assert figures["alone_p95_list"].value == 20
    assert figures["alone_p95_list"].peer.endswith("9 bytes at most; refused: 1")
