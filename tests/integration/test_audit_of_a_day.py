"""What a processed day leaves in the audit trail: each change once, nothing personal, whole after an erasure."""

import json
from dataclasses import replace

import pytest

from pipelines.wiring import Wiring
from qm.domain.case import Case
from qm.ports.audit import AuditFilter
from qm.services.case_steps import Step
from tests.unit.form_files import write_pack

SURVEYS = """response_id,contact_id,customer_id,answered_at,nps,satisfaction,comment
R-1,C-1,K-segreto-1,2026-11-20T12:00:00+01:00,1,2,Non risolto e il signor Esposito era scortese
"""
PERSONAL = ("K-segreto", "Esposito", "Anna", "fattura", "inaccettabile", "Marta", "Bianchi")
"""Customer ids, names, and words of conversations and surveys of the day below."""


@pytest.fixture
def audited(open_wiring, day_of, run):
    wiring = open_wiring()
    rows = [day_of.row(f"C-{n}", f"r{n}.wav", customer_id=f"K-segreto-{n}") for n in (1, 2, 3)]
    folder = day_of(rows)
    (folder / "surveys.csv").write_text(SURVEYS, encoding="utf-8")
    run(wiring, folder)
    return wiring, folder


def events_of(wiring):
    with wiring.database.reading() as unit:
        return unit.audit.after(0, 10_000)


def rows_of(wiring):
    """All that the table of events holds, as text."""
    return json.dumps([vars(event) for event in events_of(wiring)], ensure_ascii=False)


def test_each_contact_is_scored_once_and_a_second_run_changes_nothing(audited, run):
    wiring, folder = audited
    told = [(event.action, event.subject) for event in events_of(wiring)]
    assert [pair for pair in told if pair[0].startswith("evaluation.")] == [
        ("evaluation.scored", f"C-{n}") for n in (1, 2, 3)
    ]
    assert [action for action, _subject in told].count("case.opened") == 1
    before = [event.seq for event in events_of(wiring) if event.action.split(".")[0] in ("evaluation", "case")]
    run(wiring, folder)
    after = [event.seq for event in events_of(wiring) if event.action.split(".")[0] in ("evaluation", "case")]
    assert after == before
    assert wiring.audit.verify().is_whole


def test_other_rules_are_a_change_with_before_and_after(audited, run, tmp_path):
    wiring, folder = audited
    with wiring.database.reading() as unit:
        old = unit.evaluations.ids_of("C-1")
    settings = replace(wiring.settings, rules=write_pack(tmp_path))
    again = Wiring(settings, transcriber=wiring.transcriber)
    run(again, folder)
    with again.database.reading() as unit:
        new = unit.evaluations.ids_of("C-1")
    (row,) = again.audit.page(AuditFilter("contact", "C-1", action="evaluation.changed")).items
    again.database.close()
    assert (row.before, row.after, row.actor) == (sorted(old), sorted(new), "worker")


def test_survey_answers_of_a_day_are_told_once_and_again_when_corrected(audited, run):
    wiring, folder = audited

    def told():
        return [(e.action, e.subject) for e in events_of(wiring) if e.action in ("survey.imported", "response.changed")]

    assert told() == [("survey.imported", "import")]
    run(wiring, folder)
    assert told() == [("survey.imported", "import")]
    (folder / "surveys.csv").write_text(SURVEYS.replace(",1,2,", ",9,9,"), encoding="utf-8")
    run(wiring, folder)
    assert told()[1:] == [("response.changed", "R-1")]


def test_nothing_personal_is_in_the_events(audited):
    wiring, _folder = audited
    (case,) = wiring.cases.queue().items
    wiring.cases.take(case.id, "assign", Step("Ada Verdi", "il signor Esposito aspetta", to="Bea"))
    wiring.cases.take(case.id, "attempt", Step("Bea", "Esposito non risponde"))
    wiring.audit.look("transcript.viewed", "contact", "C-1", "Ada Verdi")
    text = rows_of(wiring)
    assert [word for word in PERSONAL if word in text] == []
    assert "Ada Verdi" in text  # who acts stays: that is what the trail is for


def test_erasing_details_leaves_the_chain_whole_and_nothing_personal(audited):
    wiring, _folder = audited
    (case,) = wiring.cases.queue().items
    wiring.cases.take(case.id, "assign", Step("Ada", "il signor Esposito aspetta", to="Bea"))
    head = wiring.audit.verify().head
    with wiring.database.reading() as unit:
        kept: Case = unit.cases.get(case.id)
    with wiring.database.unit_of_work() as unit:
        erased = unit.audit.forget([("contact", "C-1"), ("case", kept.id), ("response", kept.response_id)])
        unit.audit.note("contact.erased", "contact", "C-1")
    assert erased >= 3
    found = wiring.audit.verify(expect=head)
    assert (found.is_whole, found.erased) == (True, erased)
    with wiring.database.reading() as unit:
        left = unit.audit.details([event.seq for event in unit.audit.after(0, 1000)])
    assert "Esposito" not in json.dumps([vars(one) for one in left.values()], ensure_ascii=False)
