"""A form as the tree of a `pack.yaml`: what the loader makes of it is the form again, the wording inside."""

from collections.abc import Sequence
from typing import Any

from qm.domain.form import Criterion, Form, Section
from qm.domain.scales import FULL_MARK, Band, CriterionType, FailScope, Weighting
from qm.domain.text import Language, Text
from qm.rules.parse_form import PASS_MARK

Tree = dict[str, Any]


def form_tree(form: Form) -> Tree:
    """Everything of a form; what has its usual value is left out. Its criteria are such as people answer."""
    return {
        "pack": form.id, "version": form.version, "title": _text(form.title),
        **_unless("status", "draft" if form.draft else "published", "published"),
        **_unless("languages", [language.value for language in form.languages], list(Language)),
        **_unless("weighting", form.weighting.value, Weighting.SECTION.value),
        **_unless("pass_mark", form.pass_mark, PASS_MARK),
        **_bands(form.bands),
        "sections": [_section(section, form) for section in form.sections],
    }  # fmt: skip


def _section(section: Section, form: Form) -> Tree:
    return {
        "id": section.id, "title": _text(section.title), "weight": section.weight,
        **_unless("pass_mark", section.pass_mark, None),
        **_unless("na", section.na, True),
        **_bands(section.bands),
        **({"sections": [_section(inner, form) for inner in section.sections]} if section.sections else {}),
        **({"criteria": [_criterion(criterion, form) for criterion in section.criteria]} if section.criteria else {}),
    }  # fmt: skip


def _criterion(criterion: Criterion, form: Form) -> Tree:
    by_question = form.weighting is Weighting.QUESTION
    fails = criterion.fail_scope.value if criterion.automatic_fail else "no"
    return {
        "criterion": criterion.id, "title": _text(criterion.title), "explanation": _text(criterion.explanation),
        "action": _text(criterion.action),
        **_unless("type", criterion.type.value, CriterionType.YES_NO.value),
        **_unless("points", criterion.points, 1.0),
        **({"weight": criterion.weight} if by_question else {}),
        **_unless("automatic_fail", True if fails == FailScope.FORM else fails, "no"),
        **_unless("critical", criterion.critical.value if criterion.critical else None, None),
        **_unless("bonus", criterion.bonus, False),
        **_unless("na", criterion.na, True),
        **_unless("driver", criterion.driver, ""),
        **_unless("pass_mark", criterion.pass_mark, FULL_MARK),
        **_bands(criterion.bands),
        **_listed("options", [{"id": o.id, "title": _text(o.title), "share": o.share} for o in criterion.options]),
        **_listed("ranges", [_without_none(vars(part)) for part in criterion.ranges]),
    }  # fmt: skip


def _text(text: Text) -> Tree:
    return {"it": text.it, "en": text.en}


def _bands(bands: Sequence[Band]) -> Tree:
    return _listed("bands", [{"id": b.id, "title": _text(b.title), "at_least": b.at_least} for b in bands])


def _listed(key: str, items: list[Tree]) -> Tree:
    return {key: items} if items else {}


def _unless(key: str, value: object, usual: object) -> Tree:
    return {} if value == usual else {key: value}


def _without_none(values: Tree) -> Tree:
    return {key: value for key, value in values.items() if value is not None}
