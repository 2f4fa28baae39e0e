"""Words about estimated satisfaction, shared by command line and pages."""

from qm.domain.text import Language, Text

ESTIMATE_WORDS = {
    "estimates.title": Text("Soddisfazione stimata", "Estimated satisfaction"),
    "estimates.today": Text("{day}: clienti soddisfatti, stima", "{day}: satisfied customers, estimate"),
    "estimates.basis": Text(
        "{n} contatti del giorno, solo dai loro dati (attesa, pause, trasferimenti …); imparato da {learned} risposte "
        "arrivate prima.",
        "{n} contacts of the day, from their data alone (wait, holds, transfers …); learned from {learned} answers "
        "that came before.",
    ),
    "estimates.reason.no_contacts": Text("Quel giorno non ci sono contatti.", "There are no contacts on that day."),
    "estimates.reason.no_answers": Text(
        "Nessuna risposta ai sondaggi nel periodo: non c'è da che cosa imparare.",
        "No survey answers in the period: there is nothing to learn from.",
    ),
    "estimates.reason.thin": Text(
        "Servono almeno 100 risposte, con almeno 25 clienti soddisfatti e 25 no: una stima ora sarebbe un'invenzione.",
        "At least 100 answers are needed, 25 of satisfied customers and 25 of others: an estimate would be made up.",
    ),
    "estimates.reason.one_class": Text(
        "Tutte le risposte sono dello stesso segno: non si può imparare che cosa le distingue.",
        "All answers are of one kind: what sets them apart can't be learned.",
    ),
    "estimates.reason.no_signal": Text(
        "I dati dei contatti non distinguono i clienti soddisfatti dagli altri: una stima non avrebbe senso.",
        "Contact data doesn't tell satisfied customers from others: an estimate by contact would mean nothing.",
    ),
    "estimates.reason.few_days": Text(
        "Meno di 10 giorni con almeno 5 risposte: quanto sbaglia la stima non si sa ancora, quindi non si mostra.",
        "Fewer than 10 days with at least 5 answers: how far the estimate errs isn't known yet, so it isn't shown.",
    ),
    "estimates.reason.few_contacts": Text(
        "Contatti di quel giorno: {n}, meno dei {least} necessari. Una stima non direbbe quasi niente.",
        "Contacts of that day: {n}, fewer than the {least} needed. An estimate would say almost nothing.",
    ),
    "estimates.drift.quiet": Text(
        "Nessun allarme: le risposte seguono quello che dicono i dati dei contatti ({days} giorni).",
        "No alarm: answers follow what contact data says ({days} days).",
    ),
    "estimates.drift.thin": Text(
        "Per l'allarme servono 20 giorni con almeno 5 risposte: non ci sono ancora.",
        "The alarm needs 20 days with at least 5 answers: there aren't so many yet.",
    ),
    "estimates.drift.down": Text(
        "Allarme: dal {since} i clienti sono meno soddisfatti di quanto spieghino i dati dei contatti, in media di "
        "{points} punti.",
        "Alarm: since {since} customers are less satisfied than contact data explains, by {points} points on average.",
    ),
    "estimates.drift.up": Text(
        "Avviso: dal {since} i clienti sono più soddisfatti di quanto spieghino i dati dei contatti, in media di "
        "{points} punti.",
        "Note: since {since} customers are more satisfied than contact data explains, by {points} points on average.",
    ),
    "estimates.false_alarm": Text(
        "Se non cambia niente, l'allarme scatta per caso circa una volta ogni 1.000 giorni con risposte.",
        "With nothing changed, the alarm sounds by chance about once in 1,000 days with answers.",
    ),
    "estimates.test": Text("Quanto ci ha preso nei giorni passati", "How it did on past days"),
    "estimates.test.days": Text("giorni confrontati", "days compared"),
    "estimates.test.error": Text("errore medio (punti)", "mean error (points)"),
    "estimates.test.naive": Text("errore di chi dice sempre la media", "error of always saying the average"),
    "estimates.test.chance": Text("errore che il caso lascia comunque", "error that chance leaves anyway"),
    "estimates.test.bias": Text("scarto medio, risposte meno stima (punti)", "mean of answers less estimate (points)"),
    "estimates.test.covered": Text("giorni dentro l'intervallo", "days within the interval"),
    "estimates.test.no_better": Text(
        "Finora non batte la media di sempre: non usarla per il singolo giorno.",
        "So far it's no better than always saying the average: don't use it for a single day.",
    ),
    "estimates.test.without": Text(
        "I primi {n} giorni confrontati non hanno un intervallo: quanto è largo si impara da loro.",
        "The first {n} compared days have no interval: how wide it must be is learned from them.",
    ),
    "estimates.group": Text("Gruppo", "Group"),
    "estimates.contacts": Text("contatti", "contacts"),
    "estimates.answered": Text("con risposta", "answered"),
    "estimates.estimate": Text("soddisfatti su 100, se avessero risposto tutti", "satisfied of 100, had all answered"),
    "estimates.small": Text("n={n}, troppo pochi", "n={n}, too few"),
    "estimates.agents_untold": Text(
        "Meno di 5 operatori con risposte: che cosa è del singolo operatore non si può dire, e non è negli intervalli.",
        "Fewer than 5 agents with answers: what is an agent's own can't be told, and isn't in the intervals.",
    ),
    "estimates.auc": Text(
        "Tra un cliente soddisfatto e uno no, la stima riconosce quello soddisfatto {value} volte su 100 (da {lo} a "
        "{hi}; 50 è il caso).",
        "Of a satisfied customer and another one, the estimate picks the satisfied one {value} times of 100 ({lo} to "
        "{hi}; 50 is chance).",
    ),
    "estimates.slope": Text(
        "Pendenza della calibrazione {value} (da {lo} a {hi}; 1 è giusto, sotto 1 le stime sono troppo estreme).",
        "Calibration slope {value} ({lo} to {hi}; 1 is right, below 1 the estimates are too extreme).",
    ),
    "estimates.left_out": Text(
        "Lasciati fuori (troppo pochi dati): {names}.", "Left out (too little data): {names}."
    ),
    "estimates.written": Text(
        "{n} contatti senza risposta scritti in {file}", "{n} contacts without an answer written to {file}"
    ),
}  # fmt: skip


def estimate_word(key: str, language: Language, **values: object) -> str:
    """Words by key."""
    return ESTIMATE_WORDS[f"estimates.{key}"].said_in(language).format(**values)
