"""Words of the front page."""

from qm.domain.text import Text

WORDS: dict[str, Text] = {
    "overview.title": Text("La giornata in numeri", "The day in numbers"),
    "overview.contacts": Text("contatti", "contacts"),
    "overview.done": Text("elaborati", "processed"),
    "overview.quarantined": Text("contatti in quarantena", "contacts in quarantine"),
    "overview.quarantine_link": Text("vedi perché", "see why"),
    "overview.open": Text("risposte da dare a mano", "answers for a person"),
    "overview.open_of": Text("non valutabili su {n}", "cannot tell, of {n}"),
    "overview.open_link": Text("contatti da ascoltare", "contacts to listen to"),
    "overview.surveys": Text("sondaggi collegati", "surveys linked"),
    "overview.unlinked_link": Text("{n} senza contatto", "{n} without a contact"),
    "overview.teams": Text("Per team", "By team"),
    "overview.agents": Text("Per operatore", "By agent"),
    "overview.note": Text(
        "Il punto è la stima, la linea l'intervallo al 95 %. Sotto {n} osservazioni non si mostra nessun valore. "
        "L'ordine è alfabetico: dove gli intervalli si sovrappongono non c'è una classifica.",
        "The dot is the estimate, the line its 95 % interval. Below {n} observations no value is shown. "
        "The order is alphabetical: where intervals overlap there is no ranking.",
    ),
    "overview.people_only": Text("risposte solo a mano", "answers only people give"),
    "overview.people_only_why": Text("la scheda le lascia a una persona", "the form leaves them to a person"),
    "overview.noted_only": Text("{n} senza punteggio", "{n} count in no score"),
    "overview.classes": Text("Contatti senza errori critici", "Contacts without critical errors"),
    "overview.classes_note": Text(
        "Su 100 contatti valutati, quanti non hanno nessun errore della classe (come nel COPC CX Standard). "
        "Un contatto con una risposta ancora da decidere, che potrebbe essere un errore, non è contato e sta a parte, "
        "con i valori tra cui starebbe il risultato a seconda di come si decide. Sotto {n} contatti nessun valore.",
        "Of 100 evaluated contacts, how many have no error of the class (as in the COPC CX Standard). "
        "A contact with an answer still to be decided that could be an error isn't counted and stands apart, "
        "with the values between which the result would lie, depending on the decision. No value below {n} contacts.",
    ),
    "overview.whole_day": Text("tutta la giornata", "the whole day"),
    "overview.kind.day": Text("totale", "total"),
    "overview.kind.form": Text("scheda", "form"),
    "overview.kind.team": Text("team", "team"),
    "overview.kind.agent": Text("operatore", "agent"),
    "overview.unlinked": Text("Sondaggi senza contatto", "Surveys without a contact"),
    "overview.empty": Text("Nessun contatto ancora", "No contacts yet"),
    "overview.empty_hint": Text("Elabora una giornata con questo comando:", "Process a day with this command:"),
    "overview.untold": Text("Troppo pochi contatti per un valore:", "Too few contacts for a value:"),
    "overview.days": Text("Altre giornate", "Other days"),
    "overview.earlier": Text("Prima", "Before"),
    "overview.later": Text("Dopo", "After"),
    "overview.none_that_day": Text("Nessun contatto in questa giornata.", "No contacts on this day."),
    "overview.many_agents": Text(
        "{n} operatori: vedili uno per uno in Andamento", "{n} agents: see each in Dashboards"
    ),
    "overview.unlinked_some": Text("I primi {n} di {of}.", "The first {n} of {of}."),
}
