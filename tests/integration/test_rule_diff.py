"""Other rules tried on past chats and e-mails: what changes is counted, nothing is written, nothing stops it."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.reports.diff_report import report
from qm.domain.difference import Presence
from qm.domain.figures import Count
from qm.domain.text import Language
from qm.errors import ReplayError
from qm.fingerprint import fingerprint
from qm.rules.loader import load_packs
from qm.rules.scene import Thresholds
from qm.services.rule_diff import RuleDiffService
from qm.services.scoring import Aids, ScoringService

ROOT = Path(__file__).parents[2]
PACK = """pack: prova
version: {version}
title: {{it: Prova, en: Trial}}
pass_mark: {mark}
families: [one]
sections:
  - {{id: s, title: {{it: a, en: b}}, weight: 1, criteria: [{{rule: x-greets}}, {{rule: x-quick}}]}}
"""
RULE = """  - id: {id}
    title: {{it: {id}, en: {id}}}
    explanation: {{it: a, en: b}}
    action: {{it: a, en: b}}
    status: stable
    since: 2026-11-21
    rationale: r
    references: [r]
    false_alarms: [f]
    met: {met}
"""


def write_packs(folder, version="1.0.0", greeting="buongiorno", longest_s=60, mark=80, operator="say"):
    pack = folder / "prova"
    pack.mkdir(parents=True, exist_ok=True)
    (pack / "pack.yaml").write_text(PACK.format(version=version, mark=mark), encoding="utf-8")
    greets = RULE.format(id="x-greets", met=f"{{{operator}: {{by: agent, it: [{greeting}], en: [hello]}}}}")
    quick = RULE.format(id="x-quick", met=f"{{measure: {{name: response_longest_s, at_most: {longest_s}}}}}")
    (pack / "one.yaml").write_text(f"family: one\nrules:\n{greets}{quick}", encoding="utf-8")
    return folder


def at(second):
    return f"2026-11-20T{9 + second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+01:00"


CHATS = {
    "C1": [("customer", 0, "salve"), ("agent", 20, "Buongiorno, mi dica")],
    "C2": [("customer", 0, "salve"), ("bot", 1, "un attimo"), ("agent", 90, "Salve, mi dica")],
    "C3": [("agent", 0, "Buongiorno"), ("customer", 9, "salve"), ("agent", 12, "dica pure")],
    "M1": [
        ("customer", 0, "Vorrei la fattura.\n\nLucia"),
        ("agent", 7000, "Gentile Lucia, eccola.\n\nOn Fri, 20 Nov 2026 at 10:15, Lucia wrote:\n> buongiorno, vorrei"),
    ],
}


@pytest.fixture
def packs_in(tmp_path):
    return lambda name, **changes: write_packs(tmp_path / name, **changes)


@pytest.fixture
def wiring(open_wiring, day_of, run, packs_in):
    """Three chats and an exchange of mails, scored; the chat of a fifth contact is missing."""
    media = {"M1": "email"}
    folder = day_of([day_of.row(name, "", medium=media.get(name, "chat")) for name in (*CHATS, "C9")])
    (folder / "chats").mkdir()
    for name, said in CHATS.items():
        turns = [{"role": role, "at": at(second), "text": text} for role, second, text in said]
        (folder / "chats" / f"{name}.json").write_text(
            json.dumps({"contact_id": name, "turns": turns}), encoding="utf-8"
        )
    made = open_wiring()
    made.__dict__["packs"] = load_packs(packs_in("old"))
    run(made, folder)
    return made


def diff(wiring, new, seen=None, old=None):
    service = RuleDiffService(wiring.database.unit_of_work, wiring.thresholds)
    watch = (lambda *count: seen.append(count)) if seen is not None else (lambda _done, _all: None)
    return service.diff(old or wiring.packs, load_packs(new), watch)


def test_what_would_change_is_counted_and_shown(wiring, packs_in):
    seen = []
    found = diff(wiring, packs_in("new", version="1.1.0", greeting='"(buongiorno|salve)"', longest_s=10), seen)
    (form,) = found.forms
    greets, quick = form.criteria
    assert (form.version_before, form.version_after, form.n) == ("1.0.0", "1.1.0", 4)
    assert greets.changed == Count(1, 4)
    assert [(e.contact_id, e.before.answer, e.after.answer) for e in greets.examples] == [("C2", "not_met", "met")]
    assert greets.examples[0].after.evidence[0].quote == "Salve,"
    assert quick.changed == Count(1, 4)
    assert {(step.before, step.after): step.n for step in quick.transitions} == {
        ("met", "met"): 1, ("met", "not_met"): 1, ("not_met", "not_met"): 2,
    }  # fmt: skip
    assert [(flip.contact_id, flip.before, flip.after) for flip in form.flips] == [("C1", "passed", "failed")]
    assert (form.before.value, form.after.value, form.difference.n) == (50.0, 50.0, 4)
    assert [(skipped.contact_id, skipped.code) for skipped in found.skipped] == [("C9", "output.missing")]
    assert seen == [(done, 5) for done in range(1, 6)]


def test_it_reads_in_both_languages(wiring, packs_in):
    found = diff(wiring, packs_in("new", longest_s=10))
    english, italian = ("\n".join(report(found, language)) for language in (Language.ENGLISH, Language.ITALIAN))
    assert "5 contacts, 1 that can't be scored" in english
    assert "changes in 1 of 4 (95 %: 5-70 %)" in english
    assert "met -> not met: 1" in english
    assert "C1: passed -> failed (100.0 -> 50.0)" in english
    assert "cambia in 1 su 4" in italian
    assert "superato -> non superato" in italian
    assert "C9: output.missing" in italian


def test_nothing_is_written(wiring, packs_in):
    def state():
        with wiring.database.unit_of_work() as unit:
            return fingerprint(list(unit.evaluations.every()), list(unit.contacts.every()))

    before = state()
    diff(wiring, packs_in("new", longest_s=10))
    assert state() == before


def test_the_same_bytes_are_not_scored_again(wiring, packs_in):
    found = diff(wiring, packs_in("copy"))
    assert (found.unchanged, found.forms, found.skipped) == (("prova",), (), ())
    assert "The two sets of rules are the same." in list(report(found, Language.ENGLISH))


def test_a_form_on_one_side_only_is_told(wiring, packs_in, tmp_path):
    other = packs_in("other")
    for path in (other / "prova").iterdir():
        text = path.read_text(encoding="utf-8").replace("prova", "nuova").replace("x-", "y-")
        path.write_text(text, encoding="utf-8")
    (other / "prova").rename(other / "nuova")
    found = diff(wiring, other)
    assert [(form.form_id, form.presence) for form in found.forms] == [
        ("nuova", Presence.ADDED),
        ("prova", Presence.REMOVED),
    ]
    assert "new" in "\n".join(report(found, Language.ENGLISH))


def test_a_damaged_transcript_is_named_and_the_rest_goes_on(wiring, packs_in):
    from sqlalchemy import text as sql

    with wiring.database.unit_of_work() as unit:
        unit.outputs._connection.execute(sql("UPDATE transcripts SET document = '{' WHERE contact_id = 'C3'"))
    found = diff(wiring, packs_in("new", longest_s=10))
    assert {skipped.contact_id: skipped.code for skipped in found.skipped} == {
        "C3": "document.invalid",
        "C9": "output.missing",
    }
    assert found.forms[0].n == 3


# Replay


def test_chats_and_mails_replay_to_the_same_bytes(wiring):
    with wiring.database.unit_of_work() as unit:
        evaluations = list(unit.evaluations.every())
    assert {evaluation.contact_id for evaluation in evaluations} == set(CHATS)
    assert all(wiring.scoring.replay(evaluation.id).is_identical for evaluation in evaluations)


def test_quoted_mails_are_no_words_of_who_quotes_them(wiring):
    with wiring.database.unit_of_work() as unit:
        (evaluation,) = unit.evaluations.of_contact("M1")
        transcript = unit.outputs.transcript("M1")
    assert evaluation.answer_to("x-greets").answer == "not_met"
    assert evaluation.answer_to("x-quick").evidence[0].fact == "response_longest_s = 7000"
    assert transcript.turns[0].text.endswith("Lucia")
    assert "buongiorno" not in transcript.turns[1].text


def changed_pack(wiring, **changes):
    return [replace(wiring.packs[0], **changes)]


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("contact", "contact"), ("transcript", "transcript"), ("signals", "signals"), ("pack", "rule pack"),
        ("form", "form"),
        ("aid", "'encoder'"), ("version", "product version"), ("thresholds", "thresholds"),
    ],
)  # fmt: skip
def test_a_changed_part_is_named(wiring, part, name, monkeypatch):
    packs, aids = wiring.packs, Aids()
    with wiring.database.unit_of_work() as unit:
        (stored,) = unit.evaluations.of_contact("C1")
        if part == "contact":
            contact = unit.contacts.get("C1")
            unit.contacts.save(replace(contact, queue="altra"), *_place(unit, "C1"))
        elif part == "transcript":
            found = unit.outputs.transcript("C1")
            unit.outputs.save_transcript("C1", replace(found, language="en"))
        elif part == "signals":
            found = unit.outputs.signals("C1")
            unit.outputs.save_signals("C1", replace(found, measures={**found.measures, "first_response_s": 1.0}))
        elif part == "thresholds":
            settings = {**stored.manifest.settings, "of_old": 1.0}
            unit.evaluations.replace("C1", [replace(stored, manifest=replace(stored.manifest, settings=settings))])
    if part == "pack":
        packs = changed_pack(wiring, sha256="0" * 64)
    elif part == "form":
        packs = changed_pack(wiring, form=replace(wiring.packs[0].form, pass_mark=1.0))
    elif part == "aid":
        aids = Aids({"encoder": "0" * 64})
    elif part == "version":
        monkeypatch.setattr("qm.services.scoring.__version__", "9.9.9")
    with pytest.raises(ReplayError, match=r"replay\.changed") as caught:
        ScoringService(wiring.database.unit_of_work, packs, lambda _then: aids).replay(stored.id)
    assert caught.value.message.endswith(f"changed since: {name}")


def _place(unit, contact_id):
    folder, row = unit.contacts.origin(contact_id)
    return folder, 0, row


def test_the_manifest_names_thresholds_form_and_aids(wiring):
    with wiring.database.unit_of_work() as unit:
        (stored,) = unit.evaluations.of_contact("C1")
    assert stored.manifest.form_sha256 == fingerprint(wiring.packs[0].form)
    assert dict(stored.manifest.settings) == vars(Thresholds())
    assert dict(stored.manifest.aids) == {}


# As a command


@pytest.fixture
def qm(wiring, tmp_path):
    """The command line beside the wiring's database."""

    def call(*arguments, **settings):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("QM_")}
        environment |= {"QM_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT), "QM_LANGUAGE": "en"}
        environment |= {"QM_RULES": str(tmp_path / "old")} | settings
        command = [sys.executable, "-m", "pipelines.cli", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return call


def test_the_command_compares_with_the_packs_in_force_or_two_folders(qm, packs_in, tmp_path):
    new = packs_in("new", longest_s=10)
    done = qm("rules", "diff", new, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["contacts"] == 5
    assert document["forms"][0]["criteria"][1]["changed"] == {"hits": 1, "n": 4}
    back = json.loads(qm("rules", "diff", new, tmp_path / "old", "--json").stdout)
    assert back["forms"][0]["flips"][0]["after"] == "passed"


@pytest.mark.parametrize("case", ["no folder", "faulty"])
def test_bad_folders_are_refused_with_code_and_hint(qm, packs_in, tmp_path, case):
    folders = {
        "no folder": (tmp_path / "nowhere", "rules.no_folder"),
        "faulty": (packs_in("faulty", operator="sya"), "rules.unknown_operator"),
    }
    given, code = folders[case]
    done = qm("rules", "diff", given)
    assert done.returncode == 2
    assert code in done.stderr
    assert done.stdout == ""
