"""Laws of detractor cases: none is lost or doubled, the clock stands still off work, history only grows."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qm.analysis.voc.case_clock import after_hours, hours_between, is_working_day
from qm.analysis.voc.open_cases import LinkedResponse, is_detractor, open_cases
from qm.domain.case import CaseState
from qm.domain.case_plan import WorkCalendar
from qm.errors import InputError
from qm.services.case_steps import STEPS, Step, take
from tests.unit import builders
from tests.unit.case_builders import MONDAY, PLAN, RULES, case, response

BOUNDS = datetime(2025, 1, 1), datetime(2028, 12, 31)  # noqa: DTZ001 - hypothesis adds the zone
moments = st.datetimes(*BOUNDS, timezones=st.just(UTC))
calendars = st.builds(
    WorkCalendar,
    zone=st.sampled_from(["Europe/Rome", "Europe/London", "America/New_York", "Asia/Kolkata", "UTC"]),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    opens=st.sampled_from([time(0), time(8, 30), time(2, 30)]),
    closes=st.sampled_from([time(0), time(18), time(3, 30)]).filter(lambda closes: closes != time(3, 30)),
    national=st.sampled_from(["IT", ""]),
    closed=st.frozensets(st.dates(date(2025, 1, 1), date(2028, 12, 31)), max_size=3),
)
hours = st.floats(0, 200).map(lambda value: round(value, 3))
MICROSECOND_H = 1e-6


@given(moments, hours, calendars)
def test_so_many_hours_after_is_so_many_hours_away(start, length, calendar):
    end = after_hours(start, length, calendar)
    assert abs(hours_between(start, end, calendar) - length) < MICROSECOND_H
    if length:
        local = end.astimezone(UTC) - timedelta(microseconds=1)
        assert hours_between(local, end, calendar) > 0, "a clock that runs out runs out within working time"


@given(moments, moments, moments, calendars)
def test_the_clock_is_additive_and_never_runs_backwards(one, two, three, calendar):
    first, middle, last = sorted([one, two, three])
    parts = hours_between(first, middle, calendar) + hours_between(middle, last, calendar)
    assert abs(hours_between(first, last, calendar) - parts) < 1e-4
    assert parts >= 0
    assert hours_between(first, last, calendar) <= (last - first) / timedelta(hours=1) + MICROSECOND_H


@given(st.dates(date(2025, 1, 1), date(2028, 12, 30)), calendars)
def test_no_hour_runs_on_a_day_off(day, calendar):
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(calendar.zone)
    start = datetime.combine(day, time(), zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    assert (hours_between(start, end, calendar) > 0) == is_working_day(day, calendar)


marks = st.one_of(st.none(), st.integers(0, 10))
answers = st.lists(
    st.builds(
        lambda number, nps, satisfaction, contact: LinkedResponse(
            response(f"R-{number}", nps, satisfaction),
            builders.contact(f"C-{number}") if contact else None,
        ),
        st.integers(1, 6), marks, marks, st.booleans(),
    ),
    max_size=25,
)  # fmt: skip


def imported(batches):
    """Cases after these imports; a response that comes again replaces the earlier one."""
    stored, known = {}, {}
    for place, batch in enumerate(batches):
        stored |= {item.response.id: item for item in batch}
        for made in open_cases(stored.values(), known, PLAN, MONDAY + timedelta(days=place)):
            before = known.get(made.response_id)
            assert before is None or before.id == made.id
            assert before is None or made.history[: before.version] == before.history, "history only grows"
            known[made.response_id] = made
    return stored, known


@given(answers, st.integers(1, 5), st.randoms(use_true_random=False))
def test_no_case_is_lost_or_doubled_whatever_the_order(items, size, random):
    last = {item.response.id: item for item in items}
    stored, known = imported([items[at : at + size] for at in range(0, len(items), size)])
    standing = {made.response_id for made in known.values() if made.stands and made.contact_id}
    wanted = {key for key, item in stored.items() if item.contact and is_detractor(item.response, RULES.rule)}
    assert wanted == standing
    shuffled = list(last.values())
    random.shuffle(shuffled)
    _, once = imported([shuffled])
    assert set(once) == wanted
    assert {made.id for made in once.values()} <= {made.id for made in known.values()}
    assert len({made.id for made in known.values()}) == len(known)


steps = st.lists(
    st.tuples(
        st.sampled_from([*STEPS, "nonsense"]),
        st.builds(
            Step, who=st.sampled_from(["Luca", ""]), note=st.sampled_from(["", "perché sì"]), to=st.just("Ada"),
            at=st.one_of(st.none(), st.just(MONDAY + timedelta(days=30)), st.just(MONDAY)),
            channel=st.sampled_from(["phone", "fax"]), reached=st.booleans(),
            cause=st.sampled_from(["billing", "nothing"]), remedy=st.sampled_from(["apology", "gesture"]),
            outcome=st.sampled_from(["", "recovered", "unreachable", "no_detractor"]),
            answer=st.sampled_from(["satisfied", "happy"]), score=st.one_of(st.none(), st.floats(-2, 12)),
        ),
    ),
    max_size=15,
)  # fmt: skip


@given(steps)
def test_whatever_people_try_history_only_grows_and_nothing_closes_without_an_outcome(tries):
    made = case()
    for place, (name, step) in enumerate(tries):
        before = made
        try:
            made = take(name, made, step, RULES, MONDAY + timedelta(hours=place + 1))
        except InputError:
            continue
        assert made.version == before.version + 1
        assert made.history[:-1] == before.history
        assert made.history[-1].who == "Luca"
        assert (made.state is CaseState.CLOSED) == (made.outcome is not None) == (made.due is None)
        assert replace(made, history=before.history) == before, "a step changes nothing but the history"
