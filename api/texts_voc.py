"""Words of the pages about surveys, in both languages."""

from qm.domain.text import Text

WORDS: dict[str, Text] = {
    "voc_nav": Text("Voce del cliente", "Voice of the customer"),
    "voc_nav.voc": Text("Sondaggi", "Surveys"),
    "voc_nav.cases": Text("Casi", "Cases"),
    "voc_nav.comments": Text("Commenti", "Comments"),
    "voc_nav.drivers": Text("Che cosa conta", "What matters"),
    "voc_nav.selection": Text("Chi risponde", "Who answers"),
    "voc_nav.estimates": Text("Stime", "Estimates"),
    "voc.title": Text("Che cosa rispondono i clienti", "What customers answer"),
    "voc.lead": Text(
        "Il punto è il valore, la linea l'intervallo al 95 %: dove il vero valore sta con buona certezza. Sotto {n} "
        "risposte non si mostra nessun valore.",
        "The dot is the value, the line its 95 % interval: where the true value lies with good certainty. Below {n} "
        "answers no value is shown.",
    ),
    "voc.since": Text("Dal", "From"),
    "voc.until": Text("Al", "To"),
    "voc.by": Text("Diviso per", "Divided by"),
    "voc.by.process": Text("processo", "process"),
    "voc.by.team": Text("team", "team"),
    "voc.by.agent": Text("operatore", "agent"),
    "voc.by.channel": Text("canale del sondaggio", "survey channel"),
    "voc.by.week": Text("solo nel tempo", "time only"),
    "voc.process": Text("Solo il processo", "Only the process"),
    "voc.team": Text("Solo il team", "Only the team"),
    "voc.contacts": Text("contatti nel periodo", "contacts in the period"),
    "voc.invited": Text("invitati a rispondere", "invited to answer"),
    "voc.invited_of": Text("{share} dei contatti", "{share} of contacts"),
    "voc.started": Text("{n} hanno aperto il sondaggio", "{n} opened the survey"),
    "voc.answered": Text("hanno risposto", "answered"),
    "voc.rate": Text("{share} degli invitati ({lo}…{hi})", "{share} of those invited ({lo}…{hi})"),
    "voc.delay": Text("metà ha risposto entro {h} ore dall'invito", "half of them within {h} hours of the invitation"),
    "voc.unlinked": Text("risposte senza contatto", "answers without a contact"),
    "voc.unlinked_why": Text("fuori da ogni valore;", "in no figure;"),
    "voc.unlinked_link": Text("il motivo di ognuna", "the reason of each"),
    "voc.beside": Text("{n} su contatti di prova, non contate", "{n} to test contacts, not counted"),
    "voc.over_time": Text("Nel tempo", "Over time"),
    "voc.by_group": Text("Confronto", "Side by side"),
    "voc.line_name": Text("{scale} nel tempo, con l'intervallo al 95 %", "{scale} over time, with its 95 % interval"),
    "voc.groups_name": Text("{scale} per gruppo, con l'intervallo al 95 %", "{scale} by group, with its 95 % interval"),
    "voc.legend": Text(
        "Linea tratteggiata grigia: il valore di tutti insieme. In colore chi si distingue dagli altri oltre il caso; "
        "in grigio chi non si distingue. L'ordine è alfabetico, non una classifica.",
        "Grey dashes: the value of all together. In colour who differs from the others beyond chance; in grey who "
        "can't be told apart. The order is alphabetical, no ranking.",
    ),
    "voc.legend_target": Text("Linea arancione: l'obiettivo.", "Orange line: the target."),
    "voc.mix": Text(
        "Chi gestisce contatti di altro tipo può avere valori diversi solo per questo: per un confronto alla pari "
        "scegliere un solo processo.",
        "Who handles other kinds of contacts may have other values for that reason alone: choose one process to "
        "compare like with like.",
    ),
    "voc.target": Text("obiettivo {value}", "target {value}"),
    "voc.satisfied": Text("Soddisfatti", "Satisfied"),
    "voc.promoters": Text("Promotori", "Promoters"),
    "voc.value": Text("Valore", "Value"),
    "voc.state": Text("Obiettivo", "Target"),
    "voc.standing": Text("Rispetto agli altri", "Beside the others"),
    "voc.answers": Text("Risposte", "Answers"),
    "voc.all": Text("Tutti", "All"),
    "voc.unknown": Text("non noto", "not known"),
    "voc.milestones": Text("Tappe", "Milestones"),
    "voc.csv": Text("Tabella in CSV", "Table as CSV"),
    "voc.no_plot": Text("Troppo poche risposte per un grafico.", "Too few answers for a plot."),
    "voc.many": Text(
        "Il grafico mostra i primi {n}; la tabella li ha tutti.", "The plot shows the first {n}; the table has all."
    ),
    "voc.table": Text("La tabella", "The table"),
    "voc.empty": Text("Nessuna risposta in questo periodo", "No answers in this period"),
    "voc.empty_hint": Text(
        "Importa le risposte del sondaggio con questo comando:", "Import survey answers with this command:"
    ),
    "voc.figure_few": Text("n {n}: troppo poche", "n {n}: too few"),
}
"""By key."""
