# ruff: noqa: E501 - a rule stands on one line
"""A form with every type of criterion, as files. Import as `from tests.unit.form_files import …`."""

FORM = """\
pack: demo
version: 1.0.0
title: {it: Prova, en: Trial}
pass_mark: 70
bands:
  - {id: low, title: {it: Bassa, en: Low}, at_least: 0}
  - {id: high, title: {it: Alta, en: High}, at_least: 70}
families: [basics]
sections:
  - id: one
    title: {it: Uno, en: One}
    weight: 1
    criteria:
      - {rule: r-quick, points: 2, critical: customer, driver: effort}
      - rule: r-offer
        type: single_choice
        pass_mark: 50
        options:
          - {id: gift, title: {it: Omaggio, en: Gift}}
          - {id: discount, title: {it: Sconto, en: Discount}, share: 0.5}
          - {id: nothing, title: {it: Niente, en: Nothing}, share: 0}
      - rule: r-named
        type: multiple_choice
        pass_mark: 60
        options:
          - {id: price, title: {it: Prezzo, en: Price}, share: 0.6}
          - {id: length, title: {it: Durata, en: Length}, share: 0.4}
  - id: two
    title: {it: Due, en: Two}
    weight: 1
    sections:
      - id: two-a
        title: {it: Due A, en: Two A}
        weight: 1
        criteria:
          - {rule: r-wait, type: number, ranges: [{at_most: 30}, {at_most: 60, share: 0.5}], pass_mark: 50}
          - {rule: r-when, type: date}
      - id: two-b
        title: {it: Due B, en: Two B}
        weight: 1
        when: {contact: {field: process, is: reclami}}
        criteria:
          - criterion: p-tone
            title: {it: Tono, en: Tone}
            explanation: {it: Come suona, en: How it sounds}
            action: {it: Ascolti, en: Listen}
            when: {answered: {criterion: r-offer, is: [met]}}
          - criterion: p-notes
            title: {it: Appunti, en: Notes}
            explanation: {it: Altro, en: Anything else}
            action: {it: Niente, en: Nothing}
            type: text
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
    {how}
"""


def _said(word):
    return f"{{say: {{by: agent, it: [{word}], en: [{word}]}}}}"


RULES = {
    "r-quick": "met: {measure: {name: silence_longest_s, at_most: 20}}",
    "r-offer": f"options: [{{id: gift, when: {_said('omaggio')}}}, {{id: discount, when: {_said('sconto')}}}, {{id: nothing}}]",
    "r-named": f"options: [{{id: price, when: {_said('prezzo')}}}, {{id: length, when: {_said('durata')}}}]",
    "r-wait": "value: {contact: wait_s}",
    "r-when": "value: {contact: x_due}",
}


def family_text(rules=None):
    """A family file of these rules."""
    rules = RULES if rules is None else rules
    return "family: basics\nrules:\n" + "".join(RULE.format(id=name, how=how) for name, how in rules.items())


def write_pack(tmp_path, *, name="demo", form=FORM, rules=None):
    """Write a pack below `packs` and return that folder."""
    folder = tmp_path / "packs" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.yaml").write_text(form, encoding="utf-8")
    (folder / "basics.yaml").write_text(family_text(rules), encoding="utf-8")
    return tmp_path / "packs"
