"""The weekly report: what it counts, what it leaves out, and when it tells no share."""

from dataclasses import replace

import pytest

from qm.analysis.voc import change_case
from qm.analysis.voc.case_clock import after_hours
from qm.analysis.voc.report_cases import ages_of, median_figure, report_cases
from qm.domain.figures import Count, Figure
from tests.unit.case_builders import DAY, HOUR, MONDAY, RULES, act, case, response


def opened(number, after=0 * HOUR, **changes):
    return case(response(f"R-{number}", contact_id=f"C-{number}", answered_at=MONDAY + after, **changes))


def reached(made, after=HOUR):
    return change_case.attempt(made, act(after), MONDAY + after, "phone", reached=True)


def recovered(made, after=HOUR, cause="billing"):
    found = change_case.find_cause(reached(made, after), act(after), cause, RULES)
    return change_case.close(found, act(after), "recovered", RULES)


def told(cases, *, now=MONDAY + 4 * DAY, teams=None, least_n=2):
    return report_cases(cases, teams or {}, MONDAY - DAY, MONDAY + 6 * DAY, now, RULES, least_n)


def test_counts_shares_and_intervals():
    cases = [recovered(opened(1)), recovered(opened(2), cause="price"), reached(opened(3)), opened(4)]
    report = told(cases)
    whole = report.whole
    assert (report.opened, whole.opened, whole.closed) == (4, 4, 2)
    assert whole.reached.count == Count(3, 4)
    assert whole.recovered.count == Count(2, 3)
    assert whole.attempt_kept.count == Count(3, 4)
    assert whole.close_kept.count == Count(2, 4)
    assert whole.reached.figure == Figure(0.75, 0.3006, 0.9544, 4)  # Wilson, 3 of 4
    assert {(c.id, c.side.value, c.part.count) for c in report.causes} == {
        ("billing", "product", Count(1, 2)), ("price", "product", Count(1, 2)),
    }  # fmt: skip
    assert report.sides["product"].count == Count(2, 2)
    assert report.without_cause == 2
    assert report.outcomes["recovered"] == 2
    assert report.answers == {"not_asked": 4}


def test_who_still_has_time_is_in_no_share():
    report = told([opened(1), reached(opened(2))], now=MONDAY + 2 * HOUR)
    assert report.whole.reached.count == Count(1, 1)
    assert report.whole.close_kept.count == Count(0, 0)
    assert report.whole.close_kept.figure == Figure(None, None, None, 0)


def test_below_the_minimum_only_counts():
    report = told([recovered(opened(1))], least_n=5)
    assert report.whole.recovered.figure == Figure(None, None, None, 1)
    assert report.whole.recovered.count == Count(1, 1)
    assert report.first_attempt_h == Figure(None, None, None, 1)


def test_a_late_attempt_breaks_the_clock_and_a_reopened_case_keeps_its_first_closing():
    late = reached(opened(1), after=2 * DAY)
    again = change_case.reopen(recovered(opened(2)), act(3 * DAY, note="again"), RULES)
    whole = told([late, again]).whole
    assert whole.attempt_kept.count == Count(1, 2)
    assert whole.close_kept.count == Count(1, 2)
    assert whole.closed == 0


def test_corrected_surveys_are_counted_apart():
    report = told([opened(1), replace(opened(2), stands=False)])
    assert (report.opened, report.withdrawn) == (1, 1)
    assert sum(group.overdue.n for group in report.ages) == 1


def test_only_the_weeks_own_cases_but_every_open_ones_age():
    cases = [opened(1), opened(2, after=-7 * DAY), opened(3, after=6 * DAY)]
    report = told(cases)
    assert report.opened == 1
    assert sum(group.overdue.n for group in report.ages) == 3


def test_teams_are_told_apart():
    moved = replace(opened(2), contact_id="C-2")
    report = told([opened(1), moved, replace(opened(3), contact_id="")], teams={"C-1": "Nord", "C-2": "Sud"})
    assert [(team.team, team.opened) for team in report.teams] == [("", 1), ("Nord", 1), ("Sud", 1)]


@pytest.mark.parametrize(("age_h", "place"), [(0, 0), (23, 0), (24, 1), (47, 1), (48, 2), (95, 2), (96, 3), (500, 3)])
def test_ages_in_working_hours(age_h, place):
    made = opened(1)
    now = after_hours(made.opened_at, age_h, RULES.calendar)
    counts = [group.overdue for group in ages_of([made], now, RULES.calendar)]
    assert [count.n for count in counts] == [int(at == place) for at in range(4)]
    assert counts[place].hits == (1 if now > made.attempt_due else 0)


def test_median_has_an_interval_from_order_statistics_or_none():
    assert median_figure([5.0] * 5, 1) == Figure(None, None, None, 5), "five values can't bound a median at 95 %"
    assert median_figure([1.0, 2, 3, 4, 5, 6], 1) == Figure(3.5, 1.0, 6, 6)
    assert median_figure([], 0) == Figure(None, None, None, 0)


def test_an_empty_week():
    report = told([])
    assert (report.opened, report.causes, report.teams) == (0, (), ())
    assert report.whole.reached.figure.value is None
