"""What a quarantine code means and what to do, in both languages: the part of a message that doesn't vary."""

from qm.domain.text import Text

CODES = {
    "recording.missing": Text(
        "La registrazione non è nella cartella: copiarla lì, poi riprovare.",
        "The recording isn't in the day folder: put it there, then retry.",
    ),
    "work.poison": Text(
        "Chi elaborava questo contatto è morto più volte: guardare il log del worker e la registrazione.",
        "Its worker died more than once over this contact: look at the worker's log and the recording.",
    ),
    "recording.unreadable": Text(
        "La registrazione non si può leggere: controllare i permessi del file.",
        "The recording can't be read: check the file's permissions.",
    ),
    "recording.empty": Text(
        "Il file è vuoto: chiederlo di nuovo al registratore.", "The file is empty: ask the recorder for it again."
    ),
    "recording.not_audio": Text(
        "Il file non è audio, o è rovinato: esportarlo di nuovo.", "The file is no audio, or damaged: export it again."
    ),
    "recording.no_audio": Text("Il file non ha una traccia audio.", "The file has no audio track."),
    "recording.channels": Text(
        "Si sente in più di due canali: servono uno (mono) o due (uno per parte).",
        "Sound in more than two channels: one (mono) or two (a party each) are needed.",
    ),
    "recording.truncated": Text(
        "La registrazione è troncata: copiarla di nuovo dal registratore.",
        "The recording is cut off: copy it again from the recorder.",
    ),
    "recording.rate": Text(
        "L'intestazione del file è rovinata: esportarlo di nuovo.", "The file's header is damaged: export it again."
    ),
    "recording.header": Text(
        "L'intestazione dichiara meno suono di quanto il file contenga: esportarlo di nuovo.",
        "The header claims less sound than the file holds: export it again.",
    ),
    "recording.damaged": Text(
        "Quasi niente si può decodificare: copiarla di nuovo dal registratore.",
        "Most of it can't be decoded: copy it again from the recorder.",
    ),
    "recording.changing": Text(
        "Il file è cambiato durante la copia: aspettare che il registratore finisca, poi riprovare.",
        "The file changed while it was copied: wait until the recorder has finished, then retry.",
    ),
    "recording.too_short": Text("Dura troppo poco per essere valutata.", "Too short to be evaluated."),
    "recording.too_long": Text("Troppo lunga per una sola chiamata: dividerla.", "Too long for one call: split it."),
    "recording.not_finite": Text(
        "Contiene campioni che non sono numeri: esportarla di nuovo.",
        "Holds samples that are no numbers: export again.",
    ),
    "recording.duplicate": Text(
        "La stessa registrazione appartiene già a un altro contatto: togliere una delle due righe.",
        "The same recording already belongs to another contact: remove one of the two rows.",
    ),
    "recording.unclaimed": Text(
        "Nessun contatto nomina questo file: aggiungere la riga a contacts.csv.",
        "No contact names this file: add its row to contacts.csv.",
    ),
    "object.too_large": Text(
        "Il file supera QM_OBJECT_MAX_MB: alzare il limite o togliere la riga.",
        "The file has more than QM_OBJECT_MAX_MB: raise it, or take the row out.",
    ),
    "object.missing": Text(
        "L'oggetto conservato manca: rielaborare la giornata, o riprenderlo da una copia di riserva.",
        "The stored object is gone: run its day again, or restore it from a backup.",
    ),
    "object.altered": Text(
        "I byte conservati non sono quelli del suo nome: `qm objects verify --drop-altered`, poi la giornata di nuovo.",
        "The stored bytes aren't those of its name: `qm objects verify --drop-altered`, then run its day again.",
    ),
    "object.unreadable": Text(
        "L'oggetto conservato non si può leggere: controllare permessi e disco.",
        "The stored object can't be read: check permissions and disk.",
    ),
    "chat.missing": Text("La chat non è nella cartella.", "The chat isn't in the day folder."),
    "chat.unreadable": Text("Il file della chat non si può leggere.", "The chat file can't be read."),
    "chat.bad_file": Text("Il file non è una chat valida.", "The file isn't a valid chat."),
    "chat.changing": Text(
        "Il file è cambiato durante la copia: aspettare che sia completo, poi riprovare.",
        "The file changed while it was copied: wait until it's complete, then retry.",
    ),
    "chat.duplicate": Text("La chat c'è due volte: toglierne una.", "The chat is there twice: remove one."),
    "chat.unclaimed": Text(
        "Nessun contatto ha questa chat: aggiungere la riga a contacts.csv.",
        "No contact has this chat: add its row to contacts.csv.",
    ),
    "contact.bad_row": Text(
        "Riga con un valore non valido: correggerla, poi rilanciare.",
        "A row with a wrong value: correct it, run again.",
    ),
    "contact.duplicate_id": Text(
        "Codice contatto ripetuto: la riga è ignorata.", "Contact id given twice: row left out."
    ),
    "survey.bad_row": Text("Risposta con un valore non valido.", "A survey answer with a wrong value."),
    "survey.bad_scale": Text(
        "Risposta fuori scala o non numerica: far esportare numeri.",
        "An answer off its scale, or no number: export numbers.",
    ),
    "survey.bad_time": Text(
        "Data del sondaggio illeggibile, futura o in disordine.",
        "A survey's time can't be read, lies ahead or out of order.",
    ),
    "survey.long_comment": Text("Commento troppo lungo: accorciarlo.", "A comment that is too long: shorten it."),
    "survey.other_scale": Text(
        "Nessuna risposta nella metà alta della scala: forse sono numeri di un'altra scala.",
        "No answer in the scale's upper half: perhaps the numbers are another scale's.",
    ),
    "survey.unknown_column": Text(
        "Colonna sconosciuta, simile a una nota: ignorata.", "An unknown column, much like a known one: passed over."
    ),
    "survey.duplicate_id": Text("Codice risposta ripetuto.", "Response id given twice."),
    "table.nul": Text("La riga contiene un carattere NUL.", "The row holds a NUL character."),
    "table.too_many_cells": Text("La riga ha troppe celle.", "The row has too many cells."),
    "table.encoding": Text(
        "Il file non è UTF-8: letto come Windows-1252.", "The file isn't UTF-8: read as Windows-1252."
    ),
    "engine.failed": Text("La trascrizione non è riuscita: riprovare.", "Recognition failed: retry."),
    "engine.timeout": Text(
        "La trascrizione ha superato il tempo massimo ed è stata interrotta: riprovare.",
        "Recognition took too long and was stopped: retry.",
    ),
    "engine.died": Text(
        "Il motore di trascrizione si è chiuso in modo imprevisto (spesso per memoria insufficiente): riprovare.",
        "The recogniser ended unexpectedly (often for lack of memory): retry.",
    ),
    "internal.error": Text("Errore del programma: da segnalare.", "A fault of the product: please report it."),
}
"""By code; every code that can bring something into quarantine has an entry (a test holds it)."""
