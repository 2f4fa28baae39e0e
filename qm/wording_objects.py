"""Words about the object store in both languages, for the command line."""

from qm.domain.text import Language, Text
from qm.services.objects import ObjectReport

OBJECT_WORDS = {
    "looked": Text(
        "{objects} oggetti ({mb} MB), {named} nominati dalla base dati",
        "{objects} objects ({mb} MB), {named} named by the database",
    ),
    "quick": Text(
        "Confrontati solo gli elenchi: i contenuti non sono stati letti.", "Only lists were compared: nothing was read."
    ),
    "clean": Text("Tutto a posto.", "Nothing is wrong."),
    "lost": Text("perso", "lost"),
    "altered": Text("alterato", "altered"),
    "unreadable": Text("illeggibile", "unreadable"),
    "unnamed": Text("di nessun contatto", "no contact's"),
    "for": Text("contatto", "contact"),
    "more": Text("… e altri {n}", "… and {n} more"),
    "mend": Text(
        "Persi: `qm run` sulla cartella della giornata li riprende dove ci sono ancora; altrimenti da una copia "
        "di riserva. Alterati: prima `qm objects verify --drop-altered`. Di nessun contatto: "
        "`qm objects sweep --unnamed`.",
        "Lost: `qm run` on the day's folder stores them again where they still are; else from a backup. "
        "Altered: first `qm objects verify --drop-altered`. No contact's: `qm objects sweep --unnamed`.",
    ),
    "swept": Text("tolto", "removed"),
    "would": Text("da togliere", "to be removed"),
    "nothing_left": Text("Niente da togliere.", "Nothing to remove."),
    "file": Text("file temporaneo", "temporary file"),
    "upload": Text("caricamento a metà", "unfinished upload"),
    "copy": Text("copia di un oggetto cancellato", "copy of an erased object"),
    "uploads": Text("caricamenti a metà dopo {n} giorni", "unfinished uploads after {n} days"),
    "versions": Text("versioni superate dopo {n} giorni", "earlier versions after {n} days"),
    "objects": Text("oggetti dopo {n} giorni", "objects after {n} days"),
    "no_rules": Text("Nessuna regola nostra.", "No rules of ours."),
    "others": Text("regole di altri", "rules of others"),
}
TOLD = 50
"""Faults printed for a person; `--json` has more."""


def object_word(key: str, language: Language, **values: object) -> str:
    """A word or sentence, with its values."""
    return OBJECT_WORDS[key].said_in(language).format(**values)


def tell_report(report: ObjectReport, language: Language) -> list[str]:
    """What a look at all objects found, line by line."""
    figures = {"objects": report.objects, "named": report.named, "mb": round(report.size / 1e6, 1)}
    lines = [object_word("looked", language, **figures)]
    if report.is_quick:
        lines.append(object_word("quick", language))
    if report.is_clean:
        return [*lines, object_word("clean", language)]
    for fault in report.faults[:TOLD]:
        whose = f" ({object_word('for', language)} {', '.join(fault.contacts)})" if fault.contacts else ""
        lines.append(f"{object_word(fault.kind, language)}: {fault.sha256}{whose}")
    rest = sum(report.counts.values()) - TOLD
    if rest > 0:
        lines.append(object_word("more", language, n=rest))
    return [*lines, object_word("mend", language)]
