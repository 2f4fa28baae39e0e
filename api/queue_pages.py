"""What the pages of work queues need beside their view objects: forms read, words, figures."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote

from api.calibration_pages import figure_text
from api.texts_queues import WORDS
from qm.domain.agreement import Coefficient
from qm.domain.text import Language
from qm.domain.work_queue import Allocation, EvaluationStep, Method, QueuePlan, Quota, Stratifier
from qm.errors import InputError
from qm.ports.work_queues import WorkLine
from qm.services.work_queues import WorkQueueService
from qm.wording_calibration import calibration_word

QUOTA = "quota."
"""Begins the names of the fields that hold quotas; the login follows."""
MOST_FIELDS = 70
"""Analysts with a field of their own; a form takes a hundred fields."""
FIELDS = (
    "name", "form", "since", "until", "size", "method", "by", "allocation", "team", "process", "medium", "site",
    "vendor", "agent_min", "agent_max", "due_days", "second_share", "seed", "with_tests",
)  # fmt: skip
Chosen = TypeVar("Chosen", bound=StrEnum)


def words(language: Language) -> dict[str, Any]:
    """Functions that the templates use, in the reader's language."""
    return {
        "meaning_of": lambda error: _meaning(error, language),
        "agreement": lambda measured: figure_text(measured, language),
        "shown_coefficients": (Coefficient.PERCENT, Coefficient.AC1, Coefficient.KAPPA),
        "review_of": review_of,
        "cal": lambda key: calibration_word(key, language),
    }


def first_fields(service: WorkQueueService, language: Language) -> dict[str, str]:
    """What the form holds before anybody filled anything in: the last seven days, ten contacts."""
    today = service.today
    since, until = (today - timedelta(days=n) for n in (7, 1))
    return dict.fromkeys(FIELDS, "") | {
        "name": WORDS["queues.first_name"].said_in(language).format(n=today.isocalendar().week),
        "form": next(iter(service.forms), ""), "since": since.isoformat(), "until": until.isoformat(), "size": "10",
        "method": Method.STRATIFIED.value, "by": Stratifier.AGENT.value, "due_days": "7",
        "allocation": Allocation.PROPORTIONAL.value, "second_share": "0",
    }  # fmt: skip


def filled_plan(fields: Mapping[str, str]) -> QueuePlan:
    """The plan as the page's form sends it.

    Raises:
        InputError: a field that can't be read.
    """
    given = dict.fromkeys(FIELDS, "") | dict(fields)
    quotas = [(name.removeprefix(QUOTA), text) for name, text in fields.items() if name.startswith(QUOTA)]
    return QueuePlan(
        given["name"], given["form"], _day("since", given), _day("until", given), _whole("size", given),
        tuple(Quota(login, _whole("quota", {"quota": text})) for login, text in quotas if text.strip()),
        _chosen(Method, "method", given), _chosen(Stratifier, "by", given), _chosen(Allocation, "allocation", given),
        given["team"], given["process"], given["medium"], given["site"].strip(), given["vendor"].strip(),
        _whole("agent_min", given), _whole("agent_max", given), _whole("due_days", given),
        _whole("second_share", given) / 100, _whole("seed", given), given["with_tests"] == "true",
    )  # fmt: skip


def step_of(fields: Mapping[str, str]) -> EvaluationStep:
    """Which step a form is about."""
    return _chosen(EvaluationStep, "step", fields)


def day_of(fields: Mapping[str, str]) -> date:
    """The day in a form."""
    return _day("due", fields)


def address_of(queue_id: str) -> str:
    """The page of a queue."""
    return f"/queues/{quote(queue_id, safe='')}"


def review_of(line: WorkLine) -> str:
    """Where a contact is reviewed."""
    one = line.assignment
    return f"/review/{quote(one.contact_id, safe='')}?form={quote(one.form_id, safe='')}"


def _bad(name: str, text: str, hint: str) -> InputError:
    return InputError("queue.bad_field", f"{name}: '{text[:60]}' can't be read", hint)


def _day(name: str, fields: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(fields.get(name, ""))
    except ValueError:
        raise _bad(name, fields.get(name, ""), "a day like 2026-11-23") from None


def _whole(name: str, fields: Mapping[str, str]) -> int:
    text = fields.get(name, "").strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 16):
        raise _bad(name, text, "a whole number, not negative")
    return int(text) if text else 0


def _chosen(kind: type[Chosen], name: str, fields: Mapping[str, str]) -> Chosen:
    try:
        return kind(fields.get(name, ""))
    except ValueError:
        raise _bad(name, fields.get(name, ""), f"one of {', '.join(kind)}") from None


def _meaning(error: InputError, language: Language) -> str:
    """The error in the reader's language; its own English words where it has no wording."""
    text = WORDS.get(f"queues.error.{error.code}")
    return text.said_in(language) if text else f"{error.message} ({error.hint})"
