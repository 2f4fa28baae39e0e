"""What `qm doctor` says, in both languages."""

from qm.domain.text import Language, Text

WORDS = {
    "ok": Text("va bene", "ok"),
    "note": Text("nota", "note"),
    "fault": Text("GUASTO", "FAULT"),
    "versions": Text("{names}", "{names}"),
    "not_installed": Text("{names} non installati (servono solo se un'impostazione li chiede)",
                          "{names} not installed (needed only where a setting asks for them)"),
    "missing_package": Text("{setting}={value} richiede {package}, che non è installato",
                            "{setting}={value} needs {package}, which isn't installed"),
    "install": Text("pip install 'quality-equation[{extra}]'", "pip install 'quality-equation[{extra}]'"),
    "data": Text("{path} è scrivibile", "{path} can be written"),
    "unwritable": Text("{path} non è scrivibile: {reason}", "{path} can't be written: {reason}"),
    "unwritable_hint": Text("impostare QM_DATA su una cartella scrivibile dall'utente {user}",
                            "set QM_DATA to a folder that user {user} may write to"),
    "open_to_all": Text("{path} può essere letto da altri utenti di questa macchina",
                        "{path} can be read by other users of this machine"),
    "close_it": Text("chmod {mode} {path}", "chmod {mode} {path}"),
    "secret_missing": Text("{setting}: {path} non si può leggere: {reason}",
                           "{setting}: {path} can't be read: {reason}"),
    "secret_hint": Text("creare il file, leggibile solo dall'utente {user}",
                        "make the file, readable by user {user} only"),
    "secrets": Text("{n} file di segreti leggibili", "{n} secret files can be read"),
    "disk": Text("{free} liberi su {total} sotto {path}", "{free} free of {total} below {path}"),
    "disk_hint": Text("liberare spazio: sotto {least} le elaborazioni si fermano",
                      "free some space: below {least} runs will stop"),
    "database": Text("{server}, schema di questa versione, lettura e scrittura riuscite",
                     "{server}, schema of this version, read and written"),
    "look_closer": Text("`qm db check` guarda anche l'integrità", "`qm db check` looks at the integrity as well"),
    "clock": Text("l'orologio di {peer} differisce di {seconds:.1f} s da quello di questo host",
                  "the clock of {peer} differs by {seconds:.1f} s from that of this host"),
    "clock_hint": Text("sincronizzare gli orologi (NTP): oltre 15 minuti S3 rifiuta ogni richiesta",
                       "synchronise the clocks (NTP): beyond 15 minutes S3 refuses every request"),
    "objects": Text("{place}: un oggetto di prova scritto, riletto e cancellato",
                    "{place}: a trial object written, read back and erased"),
    "objects_differ": Text("{place}: l'oggetto di prova è tornato diverso",
                           "{place}: the trial object came back altered"),
    "objects_differ_hint": Text("`qm objects verify`; non elaborare altro finché non è chiaro perché",
                                "`qm objects verify`; process nothing until it is clear why"),
    "rules": Text("{n} pacchetti di regole", "{n} rule packs"),
    "no_rules": Text("nessun pacchetto di regole", "no rule packs"),
    "weights": Text("{name} sono qui e intatti", "{name} are here and whole"),
    "weights_elsewhere": Text("{name} non è nel catalogo: non verificato",
                              "{name} isn't in the catalogue: not verified"),
    "weights_hint": Text("`qm models fetch`", "`qm models fetch`"),
    "plan": Text("piano del sito letto", "the site's plan can be read"),
    "unreachable": Text("{setting}: {place} non risponde ({reason})",
                        "{setting}: {place} doesn't answer ({reason})"),
    "unreachable_hint": Text("avviarlo, o controllare {setting} e la rete",
                             "start it, or check {setting} and the network"),
    "reachable": Text("{place} risponde", "{place} answers"),
    "workers": Text("{n} al lavoro o in attesa; {waiting} contatti in coda",
                    "{n} at work or waiting for it; {waiting} contacts on the work list"),
    "nobody_works": Text("{waiting} contatti in coda e nessun worker si è fatto vivo negli ultimi {seconds:.0f} s",
                         "{waiting} contacts on the work list and no worker was heard of for {seconds:.0f} s"),
    "nobody_works_hint": Text("avviare `qm worker`", "start `qm worker`"),
    "other_version": Text("worker su {host} con versione {version}, qui {here}: non prende lavoro da questa",
                          "worker on {host} has version {version}, here is {here}: it takes no work of this one"),
    "other_version_hint": Text("aggiornare {host}, o questa macchina", "upgrade {host}, or this machine"),
    "unreadable": Text("QM_WATCH: {place} non si può leggere ({reason})", "QM_WATCH: {place} can't be read ({reason})"),
    "unreadable_hint": Text("creare la cartella, o darne la lettura all'utente {user}",
                            "make the folder, or let user {user} read it"),
    "watched": Text("{place} si può leggere", "{place} can be read"),
}  # fmt: skip


def told(key: str, language: Language, **values: object) -> str:
    """The words of a finding.

    Raises:
        KeyError: no such words.
    """
    return WORDS[key].said_in(language).format(**values)
