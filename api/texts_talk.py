"""Words of long conversations, and of an evaluation on paper."""

from qm.domain.text import Text

WORDS: dict[str, Text] = {
    "talk.whole": Text(
        "Conversazione lunga: il resto arriva scorrendo. Tutta in una pagina",
        "A long conversation: the rest comes as you scroll. All on one page",
    ),
    "talk.from": Text("Continua da {time}", "Go on from {time}"),
    "talk.failed": Text("Non caricato: riprova", "Not loaded: try again"),
    "print.button": Text("Versione per la stampa", "Print version"),
    "print.title": Text("Valutazione di {id}", "Evaluation of {id}"),
    "print.back": Text("Torna al contatto", "Back to the contact"),
    "print.now": Text("Stampa", "Print"),
    "print.version": Text("Scheda, versione {version}", "Form, version {version}"),
    "print.machine": Text("Macchina", "Machine"),
    "print.review": Text("Revisione", "Review"),
    "print.person": Text("Revisione di {who}", "Review by {who}"),
    "print.contact": Text("Contatto", "Contact"),
    "print.when": Text("Quando", "When"),
    "print.agent": Text("Operatore", "Agent"),
    "print.grade": Text("Qualità della trascrizione", "Grade of the transcript"),
    "print.answered": Text("Criteri con risposta", "Criteria answered"),
    "print.criterion": Text("Criterio", "Criterion"),
    "print.why": Text("Perché", "Why"),
    "print.signs": Text("Firme", "Signatures"),
    "print.sign.evaluator": Text("Valutatore", "Evaluator"),
    "print.sign.agent": Text("Operatore, per presa visione", "Agent, as read"),
    "print.sign.day": Text("Data", "Date"),
    "print.printed": Text("Stampato da {who}, {when}.", "Printed by {who}, {when}."),
    "print.transcript": Text("trascrizione", "transcript"),
}  # fmt: skip
