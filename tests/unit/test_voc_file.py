"""The site's plan: what a file changes, and that every fault is told at once."""

from datetime import date, time

import pytest

from qm.domain.voc_plan import STANDARD_SCALES, DayWindow, SamplingPlan, Target, VocPlan
from qm.errors import SettingsError
from qm.voc_file import read_plan

WHOLE = """
scales:
  - {id: satisfaction, aliases: [IS, Soddisfazione], satisfied_at_least: 8}
  - id: attesa
    title: {it: Attesa percepita, en: Perceived wait}
    low: 1
    high: 6
    satisfied_at_least: 2
    higher_is_better: false
day: {begins_at: 19:30, zone: Europe/Rome}
sampling: {first_month: 2026-09, shares: ["20 %", 0.4, 1], strata: [process], quiet_days: 60, ask_unknown: no, seed: 7}
targets:
  - {scale: nps, value: -5, process: reclami}
  - {scale: nps, value: 30}
  - {scale: attesa, of: satisfied, value: "80 %"}
milestones:
  - {on: 2026-10-05, title: {it: Modulo 2.0, en: Form 2.0}}
  - {on: 2026-09-07, title: {it: Formazione pilota, en: Pilot training}}
"""


def read(tmp_path, text):
    file = tmp_path / "plan.yaml"
    file.write_text(text, encoding="utf-8")
    return read_plan(str(file))


def test_without_a_file_and_with_an_empty_one_the_defaults_are_in_force(tmp_path):
    assert read_plan("") == VocPlan() == read(tmp_path, "")
    assert VocPlan().scales == STANDARD_SCALES
    assert VocPlan().window == DayWindow(time(19, 0), "Europe/Rome")


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path):
    plan = read(tmp_path, WHOLE)
    assert [scale.id for scale in plan.scales] == ["nps", "satisfaction", "csat", "ces", "attesa"]
    assert plan.scale("satisfaction").aliases == ("is", "soddisfazione")
    assert (plan.scale("satisfaction").high, plan.scale("satisfaction").satisfied_at_least) == (10, 8)
    waiting = plan.scale("attesa")
    assert (waiting.column, waiting.is_satisfied(2), waiting.is_satisfied(3)) == ("x:attesa", True, False)
    assert plan.window == DayWindow(time(19, 30), "Europe/Rome")
    assert plan.sampling == SamplingPlan(date(2026, 9, 1), (0.2, 0.4, 1.0), ("process",), 60, ask_unknown=False, seed=7)
    assert Target("attesa", 0.8, of_satisfied=True) in plan.targets
    assert (plan.target_of("nps", "reclami"), plan.target_of("nps", "vendita"), plan.target_of("csat")) == (
        -5,
        30,
        None,
    )
    assert [mark.on for mark in plan.milestones] == [date(2026, 9, 7), date(2026, 10, 5)]
    assert plan.cases == VocPlan().cases


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("dai: {}", "unknown key 'dai' (did you mean 'day'?)"),
        ("scales: 3", "must be a list"),
        ("scales: [{id: nps, high: 5}]", "its bounds are 0 and 10"),
        ("scales: [{id: comment, title: {it: a, en: b}, low: 0, high: 5, satisfied_at_least: 4}]", "can't be the id"),
        (
            "scales: [{id: x, title: {it: a, en: b}, low: 5, high: 1, satisfied_at_least: 4}]",
            "low: must lie below high",
        ),
        ("scales: [{id: x, title: {it: a, en: b}, low: 1, high: 5, satisfied_at_least: 9}]", "satisfied_at_least"),
        ("scales: [{id: x, title: a, low: 1, high: 5, satisfied_at_least: 4}]", "needs both languages"),
        ("scales: [{id: nps, aliases: [csat]}]", "already the name of scale 'csat'"),
        ("scales: [{id: nps}, {id: nps}]", "already stands in line"),
        ("day: {begins_at: '25:00'}", "isn't a time of day"),
        ("day: {begins_at: 25:00}", "isn't a time of day"),
        ("day: {zone: Europe/Roma}", "did you mean 'Europe/Rome'?"),
        ("sampling: {shares: []}", "shares must be numbers"),
        ("sampling: {shares: [0]}", "shares must be numbers"),
        ("sampling: {strata: [agente]}", "unknown stratum 'agente'"),
        ("sampling: {first_month: novembre}", "isn't a month"),
        ("targets: [{scale: nsp, value: 3}]", "did you mean 'nps'?"),
        ("targets: [{scale: nps, value: 101}]", "doesn't lie in -100..100"),
        ("targets: [{scale: csat, of: satisfied, value: 80}]", "doesn't lie in 0..1"),
        ("targets: [{scale: nps, value: 1}, {scale: nps, value: 2}]", "given twice"),
        ("milestones: [{on: ieri, title: {it: a, en: b}}]", "isn't a date"),
        ("- a", "must be a mapping"),
    ],
)
def test_a_fault_says_what_is_wrong(tmp_path, text, told):
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    assert caught.value.code == "voc.faulty"
    assert told in str(caught.value)


def test_all_faults_are_told_together_with_their_lines(tmp_path):
    text = "dai: {}\nsampling: {quiet_days: -1}\ntargets:\n  - {scale: nsp, value: 3}\n"
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    for place in ("plan.yaml:1:", "plan.yaml:2:", "plan.yaml:4:"):
        assert place in str(caught.value)


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2", "\x00"])
def test_what_is_no_yaml_is_told_as_that(tmp_path, text):
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    assert caught.value.code == "voc.unreadable"
    with pytest.raises(SettingsError):
        read_plan(str(tmp_path / "nothing.yaml"))
