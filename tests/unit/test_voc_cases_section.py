"""The `cases:` part of a plan file: what it changes, and how its faults are told."""

from datetime import date, time

import pytest

from qm.domain.case_plan import CAUSES, Severity, Side, Value
from qm.errors import SettingsError
from qm.voc_file import read_plan

GOOD = """
day: {zone: Europe/London}
cases:
  rule: {nps: 5, csat: 2}
  needs_all: no
  attempt_h: 9
  close_h: 18
  attempts_before_giving_up: 2
  calendar:
    days: [mon, sat]
    opens: 9:00
    closes: "18:00"
    holidays: none
    closed: [2026-12-07]
    open: [2026-12-06]
  causes:
    - {id: tone, title: {it: Tono, en: Tone}, side: agent}
  remedies:
    - {id: sorry, title: {it: Scuse, en: Apology}}
    - {id: money, title: {it: Soldi, en: Money}, severity: high, value: medium}
  value_column: Tier
  values: {ORO: high}
"""


def read(tmp_path, text):
    file = tmp_path / "plan.yaml"
    file.write_text(text, encoding="utf-8")
    return read_plan(str(file)).cases


def test_a_site_changes_what_it_names(tmp_path):
    plan = read(tmp_path, GOOD)
    assert (dict(plan.rule.at_most), plan.rule.needs_all) == ({"nps": 5, "csat": 2}, False)
    assert (plan.attempt_h, plan.close_h, plan.attempts_before_giving_up) == (9, 18, 2)
    calendar = plan.calendar
    assert (calendar.zone, calendar.weekdays, calendar.national) == ("Europe/London", {0, 5}, "")
    assert (calendar.opens, calendar.closes) == (time(9), time(18))
    assert (calendar.closed, calendar.open_anyway) == ({date(2026, 12, 7)}, {date(2026, 12, 6)})
    assert [(cause.id, cause.side) for cause in plan.causes] == [("tone", Side.AGENT)]
    assert [(r.id, r.severity, r.value) for r in plan.remedies] == [
        ("sorry", Severity.LOW, Value.UNKNOWN), ("money", Severity.HIGH, Value.MEDIUM),
    ]  # fmt: skip
    assert (plan.value_column, dict(plan.values)) == ("tier", {"oro": Value.HIGH})


def test_what_it_leaves_out_stays(tmp_path):
    plan = read(tmp_path, "cases: {attempt_h: 8}\n")
    assert (plan.attempt_h, plan.close_h, plan.causes) == (8, 48, CAUSES)


def test_the_clock_of_cases_is_in_the_zone_of_the_day(tmp_path):
    assert read(tmp_path, "day: {zone: America/New_York}\n").calendar.zone == "America/New_York"


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("rule: {satisfied: 6}", "did you mean 'satisfaction'"),
        ("rule: {nps: 12}", "doesn't lie on the scale 'nps'"),
        ("rule: {nps: six}", "must be a number"),
        ("rule: {}", "at least one scale"),
        ("attempt_h: 0", "'attempt_h' must lie above 0"),
        ("attempt_h: 72", "attempt_h: must lie above 0 and not above close_h"),
        ("attempt: 4", "unknown key 'attempt'"),
        ("calendar: {days: [lun]}", "unknown day 'lun'"),
        ("calendar: {opens: nine}", "isn't a time of day"),
        ("calendar: {opens: 18:00, closes: 9:00}", "closes: must lie after opens"),
        ("calendar: {holidays: FR}", "no holidays of 'FR'"),
        ("calendar: {closed: tomorrow}", "must be a list of dates"),
        ("causes: [{id: a, title: {it: a, en: a}, side: agnet}]", "did you mean 'agent'"),
        ("causes: [{id: a, title: {it: a}, side: agent}]", "needs both languages"),
        ("causes: [{id: A b, title: {it: a, en: a}, side: agent}]", "can't be the id of a cause"),
        ("remedies: [{id: a, title: {it: a, en: a}}, {id: a, title: {it: b, en: b}}]", "can't be the id of a remedy"),
        ("remedies: [{id: a, title: {it: a, en: a}, severity: worst}]", "unknown 'worst'"),
        ("values: {gold: best}", "unknown 'best'"),
        ("values: [gold]", "what each entry of the column is worth"),
        ("attempts_before_giving_up: 0", "'attempts_before_giving_up'"),
    ],
)
def test_faults_are_told_with_their_line(tmp_path, part, told):
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, f"cases:\n  {part}\n")
    assert caught.value.code == "voc.faulty"
    line = 1 if "close_h" in told else 2  # what two keys say together is about the whole part
    assert f"plan.yaml:{line}: " in caught.value.message
    assert told in caught.value.message


def test_all_faults_come_together(tmp_path):
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, "cases:\n  attempt_h: -1\n  values: {x: y}\n  calendar: {days: [x], opens: y, holidays: z}\n")
    assert caught.value.message.count("rules.") == 6
