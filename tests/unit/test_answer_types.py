"""Answers that aren't yes or no, questions that don't always arise, and what they come to."""

# ruff: noqa: E501 - each case stands on one line

from dataclasses import replace

import pytest

from qm.domain.contact import History
from qm.domain.evaluation import Answer, Origin
from qm.domain.scales import Critical, FailScope, Weighting
from qm.domain.transcript import Role
from qm.errors import RulePackError
from qm.rules.aggregate import score_form
from qm.rules.engine import answer_form, answer_one
from qm.rules.leave_out import leave_out
from qm.rules.loader import load_packs
from tests.unit import builders
from tests.unit.form_files import FORM, RULES, write_pack

MET, NOT_MET, NA, CANNOT_TELL = Answer.MET, Answer.NOT_MET, Answer.NOT_APPLICABLE, Answer.CANNOT_TELL


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    (found,) = load_packs(write_pack(tmp_path_factory.mktemp("form")))
    return found


def answers(pack, said="buongiorno a tutti quanti", *, process="reclami", language="it", confidence=0.95, **fields):
    """Answers by criterion to a call in which the agent says this."""
    history = History(wait_s=fields.pop("wait_s", None))
    contact = builders.contact(process=process, history=history, attributes=fields)
    call = builders.call((Role.AGENT, 1.0, said, confidence), (Role.CUSTOMER, 30.0, "grazie mille"), language=language)
    return {answer.criterion_id: answer for answer in answer_form(pack, builders.scene(call, contact))}


@pytest.mark.parametrize(
    ("said", "value", "share", "given"),
    [
        ("le faccio un omaggio", "gift", 1.0, MET),
        ("le faccio uno sconto", "discount", 0.5, MET),
        ("un omaggio oltre allo sconto", "gift", 1.0, MET),
        ("non possiamo fare altro", "nothing", 0.0, NOT_MET),
    ],
)
def test_a_single_choice_takes_the_first_that_holds(pack, said, value, share, given):
    answer = answers(pack, said)["r-offer"]
    assert (answer.value, answer.share, answer.answer) == (value, share, given)
    assert answer.evidence


def test_the_last_choice_rests_on_what_was_searched(pack):
    answer = answers(pack, "non possiamo fare altro")["r-offer"]
    assert answer.reason == "no_other_option"
    assert {item.kind for item in answer.evidence} == {"absence"}


def test_doubtful_words_choose_nothing_that_costs_points(pack):
    answer = answers(pack, "forse chissà cosa facciamo adesso", confidence=0.3)["r-offer"]
    assert (answer.answer, answer.reason, answer.value, answer.share) == (CANNOT_TELL, "low_confidence", None, None)


@pytest.mark.parametrize(
    ("said", "value", "share", "given"),
    [
        ("il prezzo e la durata", ("price", "length"), 1.0, MET),
        ("il prezzo è questo", ("price",), 0.6, MET),
        ("la durata è questa", ("length",), 0.4, NOT_MET),
        ("nulla di tutto questo", (), 0.0, NOT_MET),
    ],
)
def test_a_multiple_choice_takes_all_that_hold(pack, said, value, share, given):
    answer = answers(pack, said)["r-named"]
    assert (answer.value, answer.share, answer.answer) == (value, share, given)


@pytest.mark.parametrize(
    ("wait_s", "share", "given"), [(0.0, 1.0, MET), (30.0, 1.0, MET), (31.0, 0.5, MET), (61.0, 0.0, NOT_MET)]
)
def test_a_number_earns_what_its_range_says(pack, wait_s, share, given):
    answer = answers(pack, wait_s=wait_s)["r-wait"]
    assert (answer.value, answer.share, answer.answer) == (wait_s, share, given)


def test_an_empty_field_is_no_number(pack):
    answer = answers(pack)["r-wait"]
    assert (answer.answer, answer.reason, answer.value) == (CANNOT_TELL, "field_unknown", None)


@pytest.mark.parametrize(
    ("due", "given", "reason", "value"),
    [
        ("2026-11-30", MET, "known", "2026-11-30"),
        ("2026-11-30T23:30:00+01:00", MET, "known", "2026-11-30"),
        ("domani", CANNOT_TELL, "bad_field", None),
        ("", CANNOT_TELL, "field_unknown", None),
    ],
)
def test_a_date_is_noted(pack, due, given, reason, value):
    answer = answers(pack, x_due=due)["r-when"]
    assert (answer.answer, answer.reason, answer.value, answer.share) == (given, reason, value, None)


def test_what_only_people_answer_is_left_to_them(pack):
    given = answers(pack, "le faccio un omaggio")
    assert [(given[c].answer, given[c].reason) for c in ("p-tone", "p-notes")] == [(CANNOT_TELL, "people_only")] * 2


def test_a_question_that_doesnt_arise_isnt_applicable(pack):
    given = answers(pack, "non possiamo fare altro")
    assert (given["p-tone"].answer, given["p-tone"].reason) == (NA, "not_shown")
    assert given["p-notes"].reason == "people_only"
    assert answers(pack, process="vendita")["p-notes"].reason == "not_shown"
    assert answers(pack, process="")["p-notes"].reason == "field_unknown"


def test_one_answer_comes_after_those_it_asks_for(pack):
    call = builders.call((Role.AGENT, 1.0, "le faccio un omaggio"), (Role.CUSTOMER, 30.0, "grazie"))
    scene = builders.scene(call, builders.contact(process="reclami"))
    assert answer_one(pack, "p-tone", scene).reason == "people_only"
    assert list(scene.answers) == ["r-offer", "p-tone"]


def test_a_form_for_one_language_leaves_the_other_to_people(tmp_path):
    (pack,) = load_packs(
        write_pack(tmp_path, form=FORM.replace("pass_mark: 70\n", "pass_mark: 70\nlanguages: [en]\n", 1))
    )
    assert answers(pack)["r-quick"].reason == "form_language"
    assert answers(pack, language="en")["r-quick"].reason == "measured"


# Scores


def scored(*sections, given, weighting=Weighting.SECTION):
    form = replace(builders.form(*sections), weighting=weighting)
    return score_form(form, [builders.answer(name, answer, evidence=()) for name, answer in given.items()])


def criteria(**changes):
    return [builders.criterion(name, **values) for name, values in changes.items()]


def test_ways_to_weigh():
    sections = [(1.0, criteria(a={"points": 3.0, "weight": 1.0})), (3.0, criteria(b={"points": 1.0, "weight": 4.0}))]
    given = {"a": MET, "b": NOT_MET}
    values = [scored(*sections, given=given, weighting=weighting).value for weighting in Weighting]
    assert values == [25.0, 20.0, 75.0]


def test_a_section_that_fails_takes_only_itself_down():
    fatal = {"automatic_fail": True, "fail_scope": FailScope.SECTION}
    sections = [(1.0, criteria(a=fatal, b={})), (1.0, criteria(c={}))]
    score = scored(*sections, given={"a": NOT_MET, "b": MET, "c": MET})
    assert (score.value, score.failed_sections, score.failed_by) == (50.0, ("s0",), ())
    assert [(part.value, part.met, part.answered) for part in score.sections] == [(0.0, 1.0, 2.0), (100.0, 1.0, 1.0)]
    open_one = scored(*sections, given={"a": CANNOT_TELL, "b": MET, "c": MET})
    assert (open_one.value, open_one.lo, open_one.hi) == (100.0, 50.0, 100.0)


@pytest.mark.parametrize(
    ("given", "value", "lo", "hi"), [(MET, 60, 60, 60), (NOT_MET, 50, 50, 50), (CANNOT_TELL, 50, 50, 60)]
)
def test_a_bonus_adds_and_never_costs(given, value, lo, hi):
    score = scored(
        (1.0, criteria(a={}, b={}, extra={"bonus": True, "points": 10.0})),
        given={"a": MET, "b": NOT_MET, "extra": given},
    )
    assert (score.value, score.lo, score.hi) == (value, lo, hi)


def test_a_score_with_bonus_ends_at_100():
    score = scored((1.0, criteria(a={}, extra={"bonus": True, "points": 10.0})), given={"a": MET, "extra": MET})
    assert (score.value, score.bonus) == (100.0, 10.0)


@pytest.mark.parametrize(
    ("given", "errors", "clean"),
    [
        ((MET, MET), 0, True),
        ((MET, NOT_MET), 1, False),
        ((MET, CANNOT_TELL), 0, None),
        ((NA, NA), 0, None),
        ((MET, NA), 0, True),
    ],
)
def test_each_class_has_its_own_total(given, errors, clean):
    own = criteria(a={"critical": Critical.CUSTOMER}, b={"critical": Critical.CUSTOMER, "points": 3.0}, c={})
    score = scored((1.0, own), given={"a": given[0], "b": given[1], "c": NOT_MET})
    (customer,) = score.classes
    assert (customer.name, customer.errors, customer.is_clean) == ("customer", errors, clean)
    assert customer.met <= customer.answered <= 4.0


def test_a_section_left_out_by_a_person_gives_its_weight_to_the_rest():
    form = builders.form((1.0, criteria(a={})), (3.0, criteria(b={}, c={})))
    given = [builders.answer(name, NOT_MET if name == "b" else MET) for name in "abc"]
    left = leave_out(form, "s1", given)
    score = score_form(form, left)
    assert (score.value, score.not_applicable) == (100.0, {"person": 2, "system": 0})
    assert {answer.origin for answer in left if answer.answer is NA} == {Origin.PERSON}


# Faults


def faults(tmp_path, form=FORM, rules=None):
    with pytest.raises(RulePackError) as caught:
        load_packs(write_pack(tmp_path, form=form, rules=rules))
    return caught.value.faults


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("type: date", "type: dat", "rules.bad_value"),
        ("type: multiple_choice", "type: yes_no", "rules.bad_criterion"),
        ("id: discount, title", "id: gift, title", "rules.duplicate_id"),
        ("id: discount, title", "id: rebate, title", "rules.unknown_option"),
        ("share: 0.5}\n          - {id: n", "share: 1.5}\n          - {id: n", "rules.bad_number"),
        ("critical: customer", "critical: costumer", "rules.bad_value"),
        ("points: 2", "points: 2, weight: 3", "rules.bad_weight"),
        ("points: 2", "bonus: true, automatic_fail: true", "rules.bad_criterion"),
        ("points: 2", "automatic_fail: sometimes", "rules.bad_value"),
        ("points: 2", "bonus: 'yes'", "rules.bad_value"),
        ("{criterion: r-offer, is", "{criterion: r-ofer, is", "rules.unknown_criterion"),
        ("{id: low, title: {it: Bassa, en: Low}, at_least: 0}", "{id: low, title: {it: B, en: L}, at_least: 9}", "rules.bad_bands"),
        ("- id: two-b", "- id: one", "rules.duplicate_id"),
        ("criterion: p-notes", "criterion: r-quick", "rules.used_twice"),
        ("criterion: p-notes", "rule: p-notes", "rules.unknown_rule"),
        ("type: text", "type: text\n            rule: r-quick", "rules.missing_key"),
        ("version: 1.0.0", "version: 1.0.0\nlanguages: [it, fr]", "rules.bad_value"),
        ("version: 1.0.0", "version: 1.0.0\nstatus: publishd", "rules.bad_value"),
        ("weight: 1\n    criteria", "weight: 60%\n    criteria", "rules.bad_weight"),
        ("{at_most: 60, share", "{at_least: 90, at_most: 60, share", "rules.unreachable"),
    ],
)  # fmt: skip
def test_a_faulty_form_names_its_line(tmp_path, old, new, code):
    assert old in FORM
    text = FORM.replace(old, new, 1)
    found = [fault for fault in faults(tmp_path, text) if fault.code == code]
    assert found
    assert all(fault.line > 0 and fault.file.startswith("packs/demo/") for fault in found)


def test_weights_in_per_cent_add_up(tmp_path):
    half = FORM.replace("weight: 1\n    criteria", "weight: 60%\n    criteria").replace(
        "weight: 1\n    sections", "weight: 30%\n    sections"
    )
    (fault,) = faults(tmp_path, half)
    assert (fault.code, fault.line) == ("rules.bad_weight", FORM.splitlines().index("sections:") + 1)
    assert "90" in fault.message
    (pack,) = load_packs(write_pack(tmp_path, form=half.replace("30%", "40 %")))
    assert [section.weight for section in pack.form.sections] == [60.0, 40.0]


def test_a_cycle_is_named(tmp_path):
    asks = "applies: {answered: {criterion: %s, is: [met]}}\n    "
    rules = RULES | {
        "r-quick": asks % "r-offer" + RULES["r-quick"],
        "r-offer": asks % "r-wait" + RULES["r-offer"],
        "r-wait": asks % "r-quick" + RULES["r-wait"],
    }
    (fault,) = faults(tmp_path, rules=rules)
    assert fault.code == "rules.cycle"
    assert "r-quick → r-offer → r-wait → r-quick" in fault.message
    assert fault.line == next(at for at, line in enumerate(FORM.splitlines(), 1) if "r-quick" in line)


@pytest.mark.parametrize(
    ("name", "how", "code"),
    [
        ("r-quick", RULES["r-wait"], "rules.wrong_answer"),
        ("r-wait", "value: {contact: wait_z}", "rules.unknown_field"),
        ("r-wait", "value: {measure: silence_longst_s}", "rules.unknown_measure"),
        ("r-wait", "value: {measure: silence_longest_s, contact: wait_s}", "rules.bad_value"),
        ("r-when", "value: {measure: silence_longest_s}", "rules.wrong_answer"),
        ("r-offer", "options: [{id: gift}, {id: nothing}]", "rules.unreachable"),
        ("r-quick", RULES["r-quick"] + "\n    value: {contact: wait_s}", "rules.missing_key"),
    ],
)
def test_a_rule_that_doesnt_fit_its_criterion(tmp_path, name, how, code):
    found = faults(tmp_path, rules=RULES | {name: how})
    assert code in {fault.code for fault in found}
    assert all(fault.line for fault in found)
