"""An evaluation as people read it: nested sections, pass marks, bands, and values of every type."""

from dataclasses import replace

import pytest

from api.presentation import answer_value
from qm.analysis.pick_coaching import criterion_shares
from qm.documents import dump, load
from qm.domain.evaluation import Answer, Evaluation
from qm.domain.scales import Band, CriterionType, Option
from qm.domain.text import Language, Text
from qm.rules.aggregate import score_form
from qm.rules.loader import load_packs
from qm.services.view_evaluation import view_evaluation
from tests.unit import builders
from tests.unit.form_files import write_pack

IT, EN = Language.ITALIAN, Language.ENGLISH


def evaluated(form, **given):
    answers = [builders.answer(c.id, given.get(c.id.replace("-", "_"), Answer.MET)) for c in form.criteria]
    return replace(builders.evaluation(form_id=form.id, answers=answers), score=score_form(form, answers))


def test_sections_inside_sections_are_laid_out(tmp_path):
    (pack,) = load_packs(write_pack(tmp_path))
    view = view_evaluation(evaluated(pack.form, p_tone=Answer.NOT_MET), pack.form)
    assert [(s.id, s.value, len(s.criteria)) for s in view.sections] == [("one", 100.0, 3), ("two", 50.0, 0)]
    assert [(s.id, s.value) for s in view.leaves] == [("one", 100.0), ("two-a", 100.0), ("two-b", 0.0)]
    assert (view.score.value, view.score.passed, view.score.band.en) == (75.0, True, "High")


def test_open_answers_leave_the_band_open(tmp_path):
    (pack,) = load_packs(write_pack(tmp_path))
    view = view_evaluation(evaluated(pack.form, p_tone=Answer.CANNOT_TELL, r_quick=Answer.NOT_MET), pack.form)
    assert (view.score.passed, view.score.band) == (None, None)


def test_bonuses_and_notes_have_no_share_of_the_form(tmp_path):
    (pack,) = load_packs(write_pack(tmp_path))
    shares = criterion_shares(pack.form)
    assert abs(sum(shares.values()) - 1) < 1e-9
    assert shares["r-when"] == shares["p-notes"] == 0.0


def test_an_evaluation_from_before_still_loads():
    """Stored documents lack what was added to scores, sections and answers."""
    made = builders.evaluation()
    text = dump(made)
    for added in ('"bonus":0.0,', '"classes":[],', '"failed_sections":[],', '"not_applicable":{},'):
        assert added in text
        text = text.replace(added, "")
    assert load(Evaluation, text) == made


@pytest.mark.parametrize(
    ("kind", "value", "language", "shown"),
    [
        (CriterionType.SINGLE_CHOICE, "a", IT, "Uno"),
        (CriterionType.MULTIPLE_CHOICE, ("a", "b"), EN, "One, Two"),
        (CriterionType.MULTIPLE_CHOICE, (), EN, ""),
        (CriterionType.SINGLE_CHOICE, "gone", EN, "gone"),
        (CriterionType.NUMBER, 12.5, IT, "12,5"),
        (CriterionType.NUMBER, 100.0, EN, "100"),
        (CriterionType.DATE, "2026-11-30", IT, "30 nov 2026"),
        (CriterionType.TEXT, "libero", IT, "libero"),
    ],
)
def test_values_as_people_read_them(kind, value, language, shown):
    options = (Option("a", Text("Uno", "One")), Option("b", Text("Due", "Two"))) if kind.is_choice else ()
    assert answer_value(builders.criterion(type=kind, options=options), value, language) == shown


def test_a_band_lies_on_the_scale():
    with pytest.raises(ValueError, match="at_least: must lie in"):
        Band("x", builders.TITLE, 101.0)
