"""A database of surveyed contacts with planted effects, and its form, as files. Import from `tests.unit`."""

from pathlib import Path

from benchmarks.voc_million import FORM, fill
from qm.storage.database import Database

CRITERIA = 6
_ENTRY = """\
      - criterion: k{number:02d}
        title: {{it: Domanda {number}, en: Question {number}}}
        explanation: {{it: Che cosa si cerca, en: What is looked for}}
        action: {{it: Che cosa fare, en: What to do}}
        points: 2{more}
"""
_HEAD = """\
pack: made
version: 1.2.0
title: {it: Scheda di prova, en: Trial form}
sections:
  - id: one
    title: {it: Uno, en: One}
    weight: 3
    criteria:
"""
_SECOND = """\
  - id: two
    title: {it: Due, en: Two}
    weight: 2
    criteria:
"""
CRITICAL = "k01"
"""Does nothing for customers and has to stay."""


def write_rules(folder: Path) -> Path:
    """The form's folder of packs; a critical question and one that another's `when` asks for."""
    more = {1: "\n        automatic_fail: true\n        critical: compliance"}
    entries = [_ENTRY.format(number=number, more=more.get(number, "")) for number in range(CRITERIA)]
    target = folder / "rules" / FORM
    target.mkdir(parents=True)
    text = _HEAD + "".join(entries[:3]) + _SECOND + "".join(entries[3:])
    (target / "pack.yaml").write_text(text, encoding="utf-8")
    return folder / "rules"


def write_base(folder: Path, contacts: int = 5000, surveys: int = 4000) -> Path:
    """A data folder with contacts, answers and responses."""
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(f"sqlite:///{folder / 'quality.db'}")
    fill(database, contacts=contacts, surveys=surveys, criteria=CRITERIA)
    database.close()
    return folder
