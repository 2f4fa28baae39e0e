"""A faulty pack is refused with every fault at its file and line, before any work starts."""

import json
from textwrap import dedent

import pytest

from qm.errors import NotFoundError, RulePackError
from qm.rules.lint import LOCK_FILE, lock_faults, read_lock, write_lock
from qm.rules.loader import load_packs

PACK = """\
pack: demo
version: 1.0.0
title: {it: Prova, en: Trial}
families: [basics]
words:
  colour: [rosso, verde]
phrases:
  greetings:
    it: [buongiorno]
    en: [good morning]
sections:
  - id: one
    title: {it: Uno, en: One}
    weight: 1
    criteria:
      - {rule: r-greet, points: 2}
      - {rule: r-quick}
"""
RULE = """\
  - id: {id}
    title: {{it: Titolo, en: Title}}
    explanation: {{it: Perché, en: Why}}
    action: {{it: Fare, en: Do}}
    status: stable
    since: 2026-11-21
    rationale: it matters
    references: [house standard]
    false_alarms: [none known]
    met:
      {met}
"""
GREET = "say: {by: agent, phrases: greetings, first_s: 30}"
QUICK = "measure: {name: silence_longest_s, at_most: 20}"


def family(greet=GREET, quick=QUICK):
    return "family: basics\nrules:\n" + RULE.format(id="r-greet", met=greet) + RULE.format(id="r-quick", met=quick)


def write(tmp_path, *, name="demo", pack=PACK, **families):
    folder = tmp_path / "packs" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(pack, encoding="utf-8")
    for family_name, text in ({"basics": family()} | families).items():
        (folder / f"{family_name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "packs"


def faults(root):
    with pytest.raises(RulePackError) as caught:
        load_packs(root)
    return caught.value.faults


def line_of(text, wanted):
    return next(place for place, line in enumerate(text.splitlines(), 1) if wanted in line)


def test_a_good_pack_loads(tmp_path):
    (pack,) = load_packs(write(tmp_path))
    assert [criterion.points for criterion in pack.form.criteria] == [2.0, 1.0]
    assert pack.form.pass_mark == 80.0
    assert pack.rule("r-greet").title.it == "Titolo"


def test_no_pack_at_all(tmp_path):
    with pytest.raises(NotFoundError, match=r"rules\.no_packs"):
        load_packs(tmp_path)


@pytest.mark.parametrize(
    ("met", "code", "hint"),
    [
        ("sai: {by: agent, phrases: greetings}", "rules.unknown_operator", "did you mean 'say'?"),
        ("say: {by: agnet, phrases: greetings}", "rules.unknown_role", "did you mean 'agent'?"),
        ("say: {by: agent, phrases: greeting}", "rules.unknown_list", "did you mean 'greetings'?"),
        ("say: {by: agent, phrases: greetings, frist_s: 3}", "rules.unknown_key", "did you mean 'first_s'?"),
        ("say: {by: agent, phrases: greetings, first_s: 30, last_turns: 2}", "rules.two_windows", "keep one"),
        ("say: {by: agent, phrases: greetings, first_s: -1}", "rules.bad_number", ""),
        ("say: {by: agent, phrases: greetings, times: 0}", "rules.bad_number", ""),
        ("say: {by: agent, phrases: greetings, negated: oly}", "rules.bad_value", "did you mean 'only'?"),
        ("say: {by: agent, it: [ciao]}", "rules.no_phrases", "give `it:` and `en:`"),
        ("say: {by: agent, it: [ciao, '(a|b'], en: [hi]}", "rules.bad_phrase", ""),
        ("say: {by: agent, it: [ciao, '@coluor'], en: [hi]}", "rules.bad_phrase", ""),
        ("say: {by: agent, it: [14], en: [hi], phrases: greetings}", "rules.bad_list", "quote numbers and yes/no"),
        ("measure: {name: silence_longst_s, at_most: 3}", "rules.unknown_measure", "did you mean 'silence_longest_s'?"),
        ("measure: {name: silence_longest_s}", "rules.missing_key", "add `at_least:` or `at_most:`"),
        ("measure: {name: silence_longest_s, at_least: 3, at_most: 2}", "rules.unreachable", ""),
        ("contact: {field: proces, is: x}", "rules.unknown_field", "did you mean 'process'?"),
        ("contact: {field: process}", "rules.missing_key", "add `is:` or a bound"),
        ("all: []", "rules.bad_condition", "start each with '- '"),
        ("at_least: {n: 3, of: [{" + QUICK + "}]}", "rules.unreachable", ""),
        ("beside: {signal: silense, at_least_s: 9, before_s: 9, say: {by: agent, phrases: greetings}}",
         "rules.unknown_signal", "did you mean 'silence'?"),
        ("beside: {signal: silence, at_least_s: 9, say: {by: agent, phrases: greetings}}", "rules.bad_condition", ""),
        ("just words", "rules.bad_condition", "one of: all, any"),
    ],
)  # fmt: skip
def test_fault_names_file_line_and_remedy(tmp_path, met, code, hint):
    text = family(greet=met)
    found = [fault for fault in faults(write(tmp_path, basics=text)) if fault.code != "rules.unknown_rule"]
    assert [fault.code for fault in found] == [code]
    assert found[0].file == "packs/demo/basics.yaml"
    assert found[0].line == line_of(text, met) - (met == "just words")  # plain text has no line of its own
    assert hint in found[0].hint


def test_all_faults_of_all_files_are_reported_together(tmp_path):
    root = write(
        tmp_path,
        pack=PACK.replace("rule: r-quick", "rule: r-quik, pionts: 3"),
        basics=family(greet="sai: x", quick="measure: {name: nope, at_most: 1}").replace("stable", "stabel", 1),
    )
    write(tmp_path, name="other", pack=PACK.replace("demo", "other"), basics="family: x\nrules:\n\t- id: a\n")
    found = {(fault.file.removeprefix("packs/"), fault.code, bool(fault.line)) for fault in faults(root)}
    assert found >= {
        ("demo/pack.yaml", "rules.unknown_key", True),
        ("demo/basics.yaml", "rules.unknown_operator", True),
        ("demo/basics.yaml", "rules.unknown_measure", True),
        ("demo/basics.yaml", "rules.bad_value", True),
        ("other/basics.yaml", "rules.bad_yaml", True),
    }


def test_a_faulty_form_is_reported_beside_faulty_rules(tmp_path):
    pack = PACK.replace("title: {it: Prova, en: Trial}", "title: Prova").replace(
        "title: {it: Uno, en: One}", "title: Uno"
    )
    found = faults(write(tmp_path, pack=pack, basics=family(greet="sai: x")))
    assert [fault.code for fault in found].count("rules.bad_text") == 2


def test_tabs_are_named(tmp_path):
    (fault, *_rest) = faults(write(tmp_path, basics="family: x\nrules:\n\t- id: a\n"))
    assert (fault.code, fault.line, fault.hint) == ("rules.bad_yaml", 3, "indent with spaces, not tabs")


def test_a_key_given_twice_is_no_silent_choice(tmp_path):
    text = family().replace("    status: stable\n", "    status: stable\n    status: experimental\n", 1)
    (fault, *_rest) = faults(write(tmp_path, basics=text))
    assert (fault.code, fault.line) == ("rules.bad_yaml", line_of(text, "experimental"))
    assert "'status' is given twice" in fault.message


def test_missing_family_file(tmp_path):
    found = faults(write(tmp_path, pack=PACK.replace("[basics]", "[basics, absent]")))
    assert ("packs/demo/absent.yaml", "rules.unreadable") in {(fault.file, fault.code) for fault in found}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("rule: r-quick", "rule: r-greet", "rules.used_twice"),
        ("      - {rule: r-quick}\n", "", "rules.unused"),
        ("weight: 1", "weight: 0", "rules.bad_section"),
        ("weight: 1", "weight: heavy", "rules.bad_number"),
        ("colour: [rosso, verde]", "agent: [rosso]", "rules.bad_list"),
        ("    en: [good morning]\n", "    fr: [bonjour]\n", "rules.bad_list"),
        ("version: 1.0.0\n", "", "rules.missing_key"),
        ("title: {it: Prova, en: Trial}", "title: {it: Prova}", "rules.bad_text"),
    ],
)
def test_faulty_form(tmp_path, old, new, code):
    assert old in PACK
    assert code in {fault.code for fault in faults(write(tmp_path, pack=PACK.replace(old, new)))}


def test_rule_ids_are_unique_across_packs(tmp_path):
    root = write(tmp_path)
    write(tmp_path, name="other", pack=PACK.replace("demo", "other"))
    assert {fault.code for fault in faults(root)} == {"rules.duplicate_id"}
    assert any("'r-greet'" in fault.message and "'demo'" in fault.message for fault in faults(root))


def test_rule_ids_are_unique_in_a_family(tmp_path):
    twice = family() + RULE.format(id="r-greet", met=QUICK)
    assert "rules.duplicate_id" in {fault.code for fault in faults(write(tmp_path, basics=twice))}


def test_rule_ids_are_unique_across_the_families_of_a_pack(tmp_path):
    more = "family: more\nrules:\n" + RULE.format(id="r-greet", met=QUICK)
    root = write(tmp_path, pack=PACK.replace("[basics]", "[basics, more]"), more=more)
    assert {fault.code for fault in faults(root)} == {"rules.duplicate_id"}


def test_points_of_zero_are_refused(tmp_path):
    assert faults(write(tmp_path, pack=PACK.replace("points: 2", "points: 0")))


def test_automatic_fail_that_is_no_flag_is_refused(tmp_path):
    assert faults(write(tmp_path, pack=PACK.replace("points: 2", "automatic_fail: 'true'")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("words:\n  colour: [rosso, verde]", "words: [rosso, verde]"),
        ("phrases:\n  greetings:\n    it: [buongiorno]\n    en: [good morning]", "phrases: [buongiorno]"),
        ("rule: r-quick", "rule: [r-quick]"),
        ("    criteria:\n      - {rule: r-greet, points: 2}\n      - {rule: r-quick}\n", "    criteria: 2\n"),
        (GREET, "say: {by: agent, phrases: [{greetings: 1}]}"),
        (QUICK, "measure: {name: [silence_longest_s], at_most: 20}"),
    ],
    ids=["words", "phrases", "rule", "criteria", "say", "measure"],
)
def test_a_value_of_the_wrong_shape_is_a_fault(tmp_path, old, new):
    assert old in PACK + family()
    assert faults(write(tmp_path, pack=PACK.replace(old, new), basics=family().replace(old, new)))


def test_lock_refuses_a_changed_pack_without_a_new_version(tmp_path):
    root = write(tmp_path)
    packs = load_packs(root)
    assert [fault.code for fault in lock_faults(packs, read_lock(root))] == ["rules.not_locked"]
    assert write_lock(root, packs) == []
    assert lock_faults(packs, read_lock(root)) == []
    before = (root / LOCK_FILE).read_bytes()

    changed = load_packs(write(tmp_path, basics=family(quick=QUICK.replace("20", "25"))))
    assert [fault.code for fault in lock_faults(changed, read_lock(root))] == ["rules.changed"]
    assert [fault.code for fault in write_lock(root, changed)] == ["rules.changed"]
    assert (root / LOCK_FILE).read_bytes() == before

    raised = load_packs(
        write(tmp_path, pack=PACK.replace("1.0.0", "1.0.1"), basics=family(quick=QUICK.replace("20", "25")))
    )
    assert [fault.code for fault in lock_faults(raised, read_lock(root))] == ["rules.not_locked"]
    assert write_lock(root, raised) == []
    assert json.loads((root / LOCK_FILE).read_text())["demo"]["version"] == "1.0.1"


def test_cases_arent_part_of_a_packs_hash(tmp_path):
    root = write(tmp_path)
    (before,) = load_packs(root)
    (root / "demo" / "basics.cases.yaml").write_text(dedent("cases: []"))
    assert load_packs(root)[0].sha256 == before.sha256
