"""Words of the pages about estimates, in both languages."""

from qm.domain.text import Text
from qm.wording_estimates import ESTIMATE_WORDS

WORDS: dict[str, Text] = {
    **ESTIMATE_WORDS,
    "estimates.lead": Text(
        "Quanti clienti sono soddisfatti, anche tra quelli che nessuno ha sentito: una stima dai dati dei contatti, "
        "pronta prima di trascrizioni e sondaggi. È un'indicazione per guardare, non un voto a una persona.",
        "How many customers are satisfied, those included whom nobody asked: an estimate from contact data, there "
        "before any transcript or survey. It says where to look; it's no mark for a person.",
    ),
    "estimates.computed": Text(
        "Calcolato il {day} alle {hour}. Scala: {scale}.", "Computed on {day} at {hour}. Scale: {scale}."
    ),
    "estimates.empty": Text("Nessuna stima ancora", "No estimate yet"),
    "estimates.empty_hint": Text("Si calcola con questo comando:", "This command computes it:"),
    "estimates.day": Text("Giorno", "Day"),
    "estimates.show": Text("Mostra", "Show"),
    "estimates.day_title": Text("{day}, prima di ogni sondaggio", "{day}, before any survey"),
    "estimates.of_100": Text(
        "clienti soddisfatti su 100 (intervallo al 95 %: da {lo} a {hi})",
        "satisfied customers of 100 (95 % interval: {lo} to {hi})",
    ),
    "estimates.today_observed": Text(
        "Intanto hanno risposto in {n}: soddisfatti {hits}.", "Meanwhile {n} have answered: {hits} satisfied."
    ),
    "estimates.drift": Text("È cambiato qualcosa?", "Has something changed?"),
    "estimates.mark": Text("inizio del cambiamento", "change begins"),
    "estimates.line": Text("Clienti soddisfatti su 100, giorno per giorno", "Satisfied customers of 100, day by day"),
    "estimates.key_estimate": Text("stima con intervallo al 95 %", "estimate with 95 % interval"),
    "estimates.key_observed": Text("chi ha risposto quel giorno", "who answered that day"),
    "estimates.observed_of": Text("{day}: {share} su 100 (n={n})", "{day}: {share} of 100 (n={n})"),
    "estimates.observed_n": Text("{share} (n {n})", "{share} (n {n})"),
    "estimates.expected": Text("stima per chi ha risposto", "estimate for those who answered"),
    "estimates.inside": Text("dentro?", "within?"),
    "estimates.yes": Text("sì", "yes"),
    "estimates.no": Text("no", "no"),
    "estimates.of": Text("{hits} su {n}", "{hits} of {n}"),
    "estimates.table": Text("Tabella", "Table"),
    "estimates.csv": Text("Scarica i giorni (CSV)", "Download the days (CSV)"),
    "estimates.groups_csv": Text("Scarica i gruppi (CSV)", "Download the groups (CSV)"),
    "estimates.test_note": Text(
        "Ogni giorno passato è stimato solo con quello che si sapeva prima, poi confrontato con chi ha risposto.",
        "Each past day is estimated from what was known before it alone, then compared with those who answered.",
    ),
    "estimates.groups": Text("Per gruppo, se avessero risposto tutti", "By group, had everybody answered"),
    "estimates.groups_note": Text(
        "Contatti dal {since} al {until}: risposte vere dove ci sono, stime per gli altri. In ordine alfabetico: dove "
        "gli intervalli si sovrappongono non c'è una classifica.",
        "Contacts from {since} to {until}: true answers where there are any, estimates for the rest. In alphabetical "
        "order: where intervals overlap there is no ranking.",
    ),
    "estimates.whole": Text(
        "Tutti: {points} soddisfatti su 100, {n} contatti, {answered} con risposta.",
        "All: {points} satisfied of 100, {n} contacts, {answered} answered.",
    ),
    "estimates.trust": Text("Quanto ci si può fidare", "How far to trust it"),
    "estimates.said": Text("probabilità stimata", "estimated probability"),
    "estimates.were": Text("soddisfatti davvero", "truly satisfied"),
}
"""By key."""
