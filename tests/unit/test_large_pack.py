"""A pack of 5,000 rules, whole and with faults: read in seconds, every fault named."""

import pytest

from qm.errors import RulePackError
from qm.rules.loader import load_packs
from tests.unit.form_files import write_pack

RULES = 5000
HEAD = """\
pack: demo
version: 1.0.0
title: {it: Prova, en: Trial}
families: [basics]
sections:
"""
SECTION = "  - {{id: s{0}, title: {{it: S, en: S}}, weight: 1, criteria: [{1}]}}\n"
HOW = "met: {measure: {name: silence_longest_s, at_most: 20}}"
ASKS = "applies: {answered: {criterion: r%d, is: [met]}}\n    " + HOW


def large(tmp_path, **changed):
    names = [f"r{place}" for place in range(RULES)]
    parts = [names[at : at + 50] for at in range(0, RULES, 50)]
    form = HEAD + "".join(
        SECTION.format(at, ", ".join(f"{{rule: {name}}}" for name in part)) for at, part in enumerate(parts)
    )
    # Each asks for the one before: the longest chain of answers that such a form can have.
    rules = {name: ASKS % (place - 1) if place else HOW for place, name in enumerate(names)} | changed
    return write_pack(tmp_path, form=form, rules=rules)


@pytest.mark.timeout(120)
def test_it_loads(tmp_path):
    (pack,) = load_packs(large(tmp_path))
    assert len(pack.rules) == len(pack.form.criteria) == RULES
    assert pack.order == tuple(criterion.id for criterion in pack.form.criteria)


@pytest.mark.timeout(120)
def test_all_its_faults_are_told(tmp_path):
    wrong = {f"r{place}": HOW.replace("silence_longest_s", "silence_longst_s") for place in range(0, RULES, 10)}
    with pytest.raises(RulePackError) as caught:
        load_packs(large(tmp_path, **wrong))
    assert len(caught.value.faults) == RULES // 10
    assert len({fault.line for fault in caught.value.faults}) == RULES // 10
