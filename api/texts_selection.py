"""Words of the pages about who answers surveys, and what that does to the figures, in both languages."""

from qm.domain.text import Text
from qm.wording_selection import SELECTION_WORDS

WORDS: dict[str, Text] = {
    **SELECTION_WORDS,
    "selection.lead": Text(
        "Ai sondaggi risponde solo una parte dei clienti, e non una parte qualunque. Qui si vede quanto questo sposta "
        "le cifre.",
        "Only some customers answer surveys, and not just any of them. This page shows how far that moves the figures.",
    ),
    "selection.computed": Text(
        "Calcolato il {day} alle {hour} sui contatti dal {since} al {until}.",
        "Computed on {day} at {hour} over contacts from {since} to {until}.",
    ),
    "selection.beginning": Text("primo", "the first"),
    "selection.end": Text("più recente", "the latest"),
    "selection.empty": Text("Nessun calcolo ancora", "Nothing computed yet"),
    "selection.empty_hint": Text("Si calcola con questo comando:", "This command computes it:"),
    "selection.first": Text("Da sapere prima dei numeri", "To know before the numbers"),
    "selection.three": Text("La stessa cifra, più o meno fidandosi", "The same figure, with more or less trust"),
    "selection.three_note": Text(
        "«Come risposto» conta solo chi ha risposto. «Pesato» fa contare di più le risposte di chi di solito tace, "
        "guardando attesa, trasferimenti, processo e ora: vale se, tra contatti simili, chi tace la pensa come chi "
        "parla. «Caso peggiore» non presume niente: tutti i silenziosi scontentissimi, oppure tutti entusiasti. "
        "Punto e linea: stima e intervallo al 95 %.",
        '"As answered" counts only who answered. "Weighted" gives more weight to answers of those who mostly stay '
        "silent, by wait, transfers, process and hour: it's right if, among like contacts, the silent think like the "
        'others. "Worst case" assumes nothing: all silent ones as displeased as can be, or all delighted. '
        "Dot and line: estimate and 95 % interval.",
    ),
    "selection.table": Text("Tabella", "Table"),
    "selection.csv": Text("Scarica le cifre (CSV)", "Download the figures (CSV)"),
    "selection.groups": Text("Le stesse cifre per gruppo", "The same figures by group"),
    "selection.rates": Text("Risposte su 100 invitati", "Answers of 100 asked"),
    "selection.gaming.counts": Text("{asked} invitati, {others} altri", "{asked} asked, {others} others"),
    "selection.gaming.note": Text(
        "Si confrontano i contatti invitati di ogni operatore con i suoi altri, tolto il modo di invitare di tutto il "
        "centro. Un nome per puro caso compare meno di una volta su 100 calcoli.",
        "Each agent's asked contacts are compared with their others, the whole centre's way of asking taken out. "
        "A name appears by mere chance less than once in 100 reports.",
    ),
    "selection.balance": Text("Chi risponde è diverso dagli altri?", "Do those who answer differ?"),
    "selection.balance_note": Text(
        "Scarto tra chi ha risposto e tutti i contatti, in deviazioni standard: prima e dopo i pesi. "
        "Più vicino a 0, meglio è.",
        "Gap between those who answered and all contacts, in standard deviations: before and after the weights. "
        "Near 0 is good.",
    ),
    "selection.what": Text("Che cosa", "What"),
    "selection.before": Text("prima", "before"),
    "selection.after": Text("dopo", "after"),
}
"""By key."""
