"""Words of the command line's reports, in both languages."""

from qm.domain.text import Language, Text

LABELS = {
    "day": Text("Giornata", "Day"),
    "contacts": Text("contatti", "contacts"),
    "done": Text("elaborati", "done"),
    "unchanged": Text("già fatti", "unchanged"),
    "quarantined": Text("in quarantena", "in quarantine"),
    "file_faults": Text("righe o file con errori", "rows or files with faults"),
    "surveys": Text("Sondaggi", "Surveys"),
    "linked": Text("collegati a un contatto", "linked to a contact"),
    "unlinked": Text("senza contatto", "without a contact"),
    "open": Text("risposte da decidere a mano", "answers left to people"),
    "of": Text("su", "of"),
    "people_only": Text("risposte che le schede lasciano solo alle persone",
                        "answers that the forms leave to people alone"),
    "noted_only": Text("{n} senza punteggio", "{n} count in no score"),
    "classes": Text("Contatti senza errori critici (su 100)", "Contacts without critical errors (of 100)"),
    "day_total": Text("Tutta la giornata", "The whole day"),
    "form": Text("Scheda", "Form"),
    "class_open": Text("{n} da decidere", "{n} to be decided"),
    "classes_note": Text("Intervallo al 95 %; n tra parentesi. A parte i contatti con una risposta da decidere che "
                         "potrebbe essere un errore.",
                         "95 % interval; n in brackets. Apart: contacts with an open answer that could be an error."),
    "figures": Text("Punteggi e clienti", "Scores and customers"),
    "group": Text("Gruppo", "Group"),
    "team": Text("Squadra", "Team"),
    "agent": Text("Operatore", "Agent"),
    "satisfaction": Text("Soddisfazione 0-10", "Satisfaction 0-10"),
    "too_few": Text("n={n}, minimo {least}", "n={n}, minimum {least}"),
    "quarantine": Text("Quarantena", "Quarantine"),
    "nothing_quarantined": Text("Niente in quarantena.", "Nothing in quarantine."),
    "what": Text("Cosa", "What"),
    "why": Text("Perché", "Why"),
    "retry": Text("Per riprovare", "To retry"),
    "code": Text("Codice", "Code"),
    "coaching": Text("Lista di coaching", "Coaching list"),
    "nothing_to_coach": Text("Nessun punto di coaching.", "No coaching items."),
    "supervisor": Text("Supervisore", "Supervisor"),
    "point": Text("Punto", "Point"),
    "listen": Text("Ascolta", "Listen to"),
    "read": Text("Leggi", "Read"),
    "no_supervisor": Text("Senza supervisore", "No supervisor"),
    "no_team": Text("Senza squadra", "No team"),
    "ingested": Text("{contacts} contatti, {surveys} sondaggi, {faults} errori",
                     "{contacts} contacts, {surveys} surveys, {faults} faults"),
    "imported": Text(
        "{n} risposte ({new} nuove, {replaced} sostituite, {unchanged} già note); "
        "{linked} su {all} in tutto collegate a un contatto",
        "{n} responses ({new} new, {replaced} replaced, {unchanged} known); "
        "{linked} of {all} in all linked to a contact",
    ),
    "said": Text("Detto", "Said"),
    "not_said": Text("Non detto", "Not said"),
    "nearest": Text("più vicino", "nearest"),
    "suggestion": Text("Suggerimento", "Suggestion"),
    "missed": Text("in {hits} su {n} (95 %: {lo}-{hi} %)", "in {hits} of {n} (95 %: {lo}-{hi} %)"),
    "pages": Text("Per aprire le pagine: {program} serve, poi http://{host}:{port}/",
                  "To open the pages: {program} serve, then http://{host}:{port}/"),
    "working": Text("contatti", "contacts"),
    "took": Text("in {s} s", "in {s} s"),
    "store": Text("archivio", "store"),
    "transcribe": Text("trascrizione", "transcribe"),
    "voices": Text("voci", "voices"),
    "roles": Text("ruoli", "roles"),
    "signals": Text("segnali", "signals"),
    "score": Text("punteggio", "score"),
    "interval": Text("Medie con intervallo al 95 %; n tra parentesi; sotto {least} osservazioni nessun valore.",
                     "Means with 95 % interval; n in brackets; no value below {least} observations."),
    "untold": Text("Troppo pochi contatti per un valore: {forms}.", "Too few contacts for a value: {forms}."),
}  # fmt: skip


def label(key: str, language: Language, **values: object) -> str:
    """A label with its values filled in."""
    return LABELS[key].said_in(language).format(**values)
