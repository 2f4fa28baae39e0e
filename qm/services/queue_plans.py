"""Check a plan for a work queue before anything is drawn: each fault with its own code and what to do about it."""

from collections.abc import Mapping
from datetime import timedelta

from qm.domain.form import Form
from qm.domain.people import NOBODY, RIGHTS, PersonState, Right, Scope
from qm.domain.work_queue import LONGEST_DUE, LONGEST_NAME, MOST_ANALYSTS, MOST_DRAWN, QueuePlan
from qm.errors import InputError
from qm.ports import Unit

LONGEST_PERIOD = timedelta(days=366)


def check_plan(plan: QueuePlan, forms: Mapping[str, Form]) -> None:
    """Refuse what can't be drawn whatever there is to draw from.

    Raises:
        InputError: `queue.bad_plan`, or `queue.quotas` where people would take too few.
    """
    faults = (
        (not plan.name.strip() or len(plan.name) > LONGEST_NAME, f"name: 1 to {LONGEST_NAME} characters"),
        (plan.form_id not in forms or forms[plan.form_id].draft, "form: choose one that is in use"),
        (plan.until < plan.since, "until: must not lie before since"),
        (plan.until - plan.since >= LONGEST_PERIOD, "since, until: a year at most"),
        (not 1 <= plan.size <= MOST_DRAWN, f"size: 1 to {MOST_DRAWN} contacts"),
        (not 0 <= plan.due_days <= LONGEST_DUE, f"due_days: 0 to {LONGEST_DUE}"),
        (not 0 <= plan.second_share <= 1, "second_share: 0 to 1"),
        (not 0 <= plan.seed < 1 << 53, "seed: a whole number, not negative"),
        (min(plan.agent_min, plan.agent_max) < 0, "agent_min, agent_max: not negative"),
        (0 < plan.agent_max < plan.agent_min, "agent_max: not below agent_min"),
        (max(plan.agent_min, plan.agent_max) > MOST_DRAWN, f"agent_min, agent_max: {MOST_DRAWN} at most"),
    )
    for is_fault, told in faults:
        if is_fault:
            field, _, hint = told.partition(": ")
            raise InputError("queue.bad_plan", f"{field}: can't be drawn so", hint)
    _check_quotas(plan)


def _check_quotas(plan: QueuePlan) -> None:
    logins = [quota.login for quota in plan.analysts]
    if not logins or len(logins) > MOST_ANALYSTS or len(set(logins)) != len(logins):
        message = f"the draw needs 1 to {MOST_ANALYSTS} analysts, each named once"
        raise InputError("queue.quotas", message, "give each a quota")
    if any(not 1 <= quota.n <= MOST_DRAWN for quota in plan.analysts):
        raise InputError(
            "queue.quotas", f"a quota isn't a number from 1 to {MOST_DRAWN}", "correct it, or leave it empty"
        )
    if (room := sum(quota.n for quota in plan.analysts)) < plan.size:
        message = f"{plan.size} contacts are to be drawn, the quotas take {room}"
        raise InputError("queue.quotas", message, "raise the quotas, or draw fewer")
    if plan.second_share and len(logins) < 2:
        message = "a second evaluator must be somebody else, and there is only one analyst"
        raise InputError("queue.quotas", message, "name a second analyst, or set the share to 0")


def check_analyst(unit: Unit, login: str, scope: Scope) -> None:
    """Refuse who can't review the contacts of a scope.

    Raises:
        InputError: `queue.analyst`: nobody of that login who may review, or one who sees less.
    """
    if not can_review(unit, login, scope):
        message = f"'{login[:60]}' can't review these contacts"
        raise InputError("queue.analyst", message, "somebody active who may review and sees all of this part")


def can_review(unit: Unit, login: str, scope: Scope) -> bool:
    """Whether somebody is active, may review, and sees all that lies in a scope."""
    person = unit.people.by_login(login)
    if person is None or person.state is PersonState.LEFT or Right.REVIEW_WRITE not in RIGHTS[person.role]:
        return False
    return scope == NOBODY or scope.within(person.sees)


def shares_of(plan: QueuePlan) -> dict[str, int]:
    """How many contacts each analyst gets: in proportion to the quotas, never above one's own.

    >>> from datetime import date
    >>> from qm.domain.work_queue import Quota
    >>> day = date(2026, 11, 20)
    >>> shares_of(QueuePlan("q", "f", day, day, 5, (Quota("ada", 4), Quota("bea", 2), Quota("ciro", 2))))
    {'ada': 3, 'bea': 1, 'ciro': 1}
    """
    total = sum(quota.n for quota in plan.analysts)
    given = {quota.login: quota.n * plan.size // total for quota in plan.analysts}
    order = sorted(plan.analysts, key=lambda q: (-(q.n * plan.size % total), q.login))
    for quota in order[: plan.size - sum(given.values())]:
        given[quota.login] += 1
    return given
