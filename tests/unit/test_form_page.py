"""The evaluation's part of the contact page shows every kind of answer, in both languages."""

# ruff: noqa: E501 - what is shown stands on one line

from dataclasses import replace
from types import SimpleNamespace

import pytest

from api import texts
from api.pages import ENVIRONMENT
from qm.domain.evaluation import Answer, Origin
from qm.domain.text import Language
from qm.rules.aggregate import score_form
from qm.rules.loader import load_packs
from qm.services.view_evaluation import view_evaluation
from qm.wording import say
from tests.unit import builders
from tests.unit.form_files import FORM, write_pack

HEAD = """{% from "figures.html" import score with context %}{% from "evidence.html" import evidence with context %}"""
VALUES = {
    "r-offer": ("discount", 0.5, Answer.MET), "r-named": ((), 0.0, Answer.NOT_MET), "r-wait": (12.5, 1.0, Answer.MET),
    "r-when": ("2026-11-30", None, Answer.MET), "p-notes": ("<b>libero</b>", None, Answer.MET),
}  # fmt: skip


def page(tmp_path, language):
    form = FORM.replace("points: 2,", "points: 2, automatic_fail: section,").replace(
        "weight: 1\n    sec", "weight: 1\n    pass_mark: 50\n    sec"
    )
    (pack,) = load_packs(write_pack(tmp_path, form=form))
    given = []
    for criterion in pack.form.criteria:
        value, share, answer = VALUES.get(criterion.id, (None, None, Answer.NOT_MET))
        made = builders.answer(criterion.id, answer, evidence=())
        given.append(replace(made, value=value, share=share, origin=Origin.PERSON))
    evaluation = replace(builders.evaluation(form_id="demo", answers=given), score=score_form(pack.form, given))
    return ENVIRONMENT.from_string(HEAD + '{% include "form.html" %}').render(
        e=view_evaluation(evaluation, pack.form), view=SimpleNamespace(has_audio=False), lang=language,
        t=lambda key, **values: texts.say(key, language, **values), word=lambda key: say(key, language),
        said=lambda text: text.said_in(language), may=lambda _right: False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (Language.ITALIAN, ["Sconto", "50 %", "nessuna scelta", "12,5", "30 nov 2026", "critico per il cliente", "1 errore",
                            "sezione azzerata", "azzera la sezione se manca", "leva: effort", "Due A", "risposta di una persona"]),
        (Language.ENGLISH, ["Discount", "50%", "none chosen", "12.5", "30 Nov 2026", "customer-critical", "1 error",
                            "section failed", "fails the section if missed", "driver: effort", "Two A", "not scored", "answered by a person"]),
    ],
)  # fmt: skip
def test_every_kind_of_answer_is_shown(tmp_path, language, shown):
    html = page(tmp_path, language)
    assert [text for text in shown if text not in html] == []
    assert "&lt;b&gt;libero&lt;/b&gt;" in html
    assert "<b>libero" not in html
