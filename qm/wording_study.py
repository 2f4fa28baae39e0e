"""Words about raters, difficulty, drift and what a score tells of satisfaction, in both languages."""

from qm.domain.text import Language, Text

STUDY_WORDS = {
    "why_nothing_rated": Text(
        "Nessuna sessione di calibrazione chiusa con risposte per questa scheda.",
        "No closed calibration session has answers on this form.",
    ),
    "why_one_rater": Text(
        "Ha valutato una persona sola: la severità si vede solo dal confronto con qualcun altro.",
        "Only one rater: severity shows only beside somebody else.",
    ),
    "why_nothing_shared": Text(
        "Nessun contatto è stato valutato da più di una persona: chi ha avuto contatti diversi non si può confrontare.",
        "No contact was rated by more than one: raters who had different contacts can't be compared.",
    ),
    "why_groups_apart": Text(
        "Ci sono gruppi di valutatori senza contatti in comune: il confronto vale solo dentro ciascun gruppo.",
        "There are groups of raters who share no contact: comparisons hold within each group only.",
    ),
    "why_alone": Text("nessun contatto in comune con altri", "no contact shared with others"),
    "why_never_apart": Text("mai una risposta diversa dagli altri", "never answered otherwise than the others"),
    "why_few_apart": Text("troppo poche risposte diverse (meno di 10)", "too few differing answers (below 10)"),
    "why_only_easier": Text(
        "ogni volta che c'è differenza è dalla parte del «soddisfatto»: una misura non è possibile",
        "wherever there is a difference it's on the side of *met*: no measure is possible",
    ),
    "why_only_harder": Text(
        "ogni volta che c'è differenza è dalla parte del «non soddisfatto»: una misura non è possibile",
        "wherever there is a difference it's on the side of *not met*: no measure is possible",
    ),
    "why_one_sided": Text(
        "le differenze con gli altri vanno tutte nello stesso verso: una misura non è possibile",
        "all differences from the others go the same way: no measure is possible",
    ),
    "why_few_contacts": Text(
        "le risposte differiscono su troppo pochi contatti (meno di 10)",
        "answers differ on too few contacts (below 10)",
    ),
    "why_not_comparable": Text(
        "non confrontabile con prima: mancano contatti, differenze o colleghi presenti in entrambi i periodi",
        "can't be compared with before: too few contacts, differences or raters present both times",
    ),
    "why_few_contacts_rated": Text("meno di 10 contatti valutati", "fewer than 10 contacts rated"),
    "why_all_the_same": Text("tutte le risposte sono uguali", "all answers are the same"),
    "why_not_crossed": Text(
        "i contatti in comune sono troppo pochi per separare le fonti di differenza",
        "too few shared contacts to tell the sources of difference apart",
    ),
    "why_no_answers": Text(
        "Nessun sondaggio con questa domanda è collegato a un contatto con un punteggio.",
        "No survey with this question is linked to a contact with a score.",
    ),
    "why_few_answers": Text("Meno di 50 risposte collegate.", "Fewer than 50 linked answers."),
    "why_one_class": Text(
        "Tutti i clienti hanno risposto allo stesso modo: non c'è nulla da distinguere.",
        "All customers answered alike: there is nothing to tell apart.",
    ),
    "why_few_of_one_class": Text(
        "Meno di 20 clienti soddisfatti, o meno di 20 non soddisfatti.",
        "Fewer than 20 satisfied customers, or fewer than 20 others.",
    ),
    "why_one_agent": Text(
        "I contatti sono di un solo operatore: varrebbe per lui, non per la scheda.",
        "All contacts are one agent's: it would hold for that agent, not for the form.",
    ),
    "why_few_agents": Text(
        "Meno di 10 operatori: un intervallo non sarebbe affidabile.",
        "Fewer than 10 agents: an interval couldn't be relied on.",
    ),
    "why_one_score": Text("Tutti i contatti hanno lo stesso punteggio.", "All contacts have the same score."),
    "why_falls": Text(
        "I clienti sono più spesso soddisfatti dove il punteggio è più basso: la scheda premia altro da ciò che "
        "vogliono.",
        "Customers are more often satisfied where the score is lower: the form rewards something else than they want.",
    ),
    "why_tells_nothing": Text(
        "Con questi dati il punteggio non distingue i clienti soddisfatti dagli altri.",
        "On these data the score doesn't tell satisfied customers from others.",
    ),
    "facet_contact": Text("contatto", "contact"),
    "facet_rater": Text("valutatore", "rater"),
    "facet_criterion": Text("domanda", "question"),
    "machine": Text("macchina", "machine"),
    "raters_title": Text("Severità dei valutatori", "Severity of raters"),
    "criteria_title": Text("Difficoltà delle domande", "Difficulty of questions"),
    "drift_title": Text("Cambiamenti nel tempo", "Changes over time"),
    "spread_title": Text("Da dove vengono le differenze", "Where differences come from"),
    "plan_title": Text("Quanti contatti servono", "How many contacts are needed"),
    "map_title": Text("Punteggio e soddisfazione", "Score and satisfaction"),
    "col_rater": Text("Valutatore", "Rater"),
    "col_criterion": Text("Domanda", "Question"),
    "col_met": Text("Soddisfatto", "Met"),
    "col_apart": Text("Più severo degli altri", "Stricter than others"),
    "col_evens": Text("Dice «soddisfatto» nei casi a metà", "Says *met* on even cases"),
    "col_effect": Text("Severità (log-odds)", "Severity (log-odds)"),
    "col_apart_criteria": Text("Non superata dove un'altra lo è", "Missed where another is met"),
    "col_effect_criteria": Text("Difficoltà (log-odds)", "Difficulty (log-odds)"),
    "col_evens_criteria": Text("Superata nei contatti a metà", "Met on even contacts"),
    "col_stands": Text("Diverso dalla media", "Differs from the mean"),
    "col_period": Text("Mese", "Month"),
    "col_contacts": Text("Contatti", "Contacts"),
    "col_change": Text("Cambiamento (log-odds)", "Change (log-odds)"),
    "col_change_evens": Text("Ora, dove prima era 50 %", "Now, where it was 50%"),
    "col_alarm": Text("Avviso", "Alarm"),
    "col_source": Text("Fonte", "Source"),
    "col_spread": Text("Scarto (punti)", "Spread (points)"),
    "col_share": Text("Quota", "Share"),
    "col_relative": Text("G (confronto)", "G (comparison)"),
    "col_absolute": Text("Phi (assoluto)", "Phi (absolute)"),
    "col_raters": Text("Valutatori", "Raters"),
    "col_needed": Text("Contatti per ±{width} punti", "Contacts for ±{width} points"),
    "col_reliable": Text("Contatti per phi {phi}", "Contacts for phi {phi}"),
    "col_score": Text("Punteggio", "Score"),
    "col_said": Text("Previsto", "Predicted"),
    "col_came": Text("Soddisfatti", "Satisfied"),
    "with_chance": Text(" (con il caso)", " (with chance)"),
    "yes": Text("sì", "yes"),
    "no": Text("no", "no"),
    "never": Text("nessun numero basta", "no number is enough"),
    "unknown": Text("non si sa", "not known"),
    "group": Text("gruppo {n}", "group {n}"),
    "form_line": Text(
        "{form}: {answers} risposte su {contacts} contatti, {sessions} sessioni",
        "{form}: {answers} answers on {contacts} contacts, {sessions} sessions",
    ),
    "map_line": Text(
        "{form}: {hits} clienti soddisfatti su {n}, {agents} operatori",
        "{form}: {hits} of {n} customers satisfied, {agents} agents",
    ),
    "ranking_line": Text(
        "Di due clienti, uno soddisfatto e uno no, il punteggio più alto è del soddisfatto nel {value} ({lo}…{hi}) "
        "dei casi; 50 % è il caso.",
        "Of two customers, one satisfied and one not, the higher score is the satisfied one's in {value} ({lo}…{hi}) "
        "of cases; 50% is chance.",
    ),
}  # fmt: skip
"""By key."""


def study_word(key: str, language: Language, **values: object) -> str:
    """The words of a key; `why_` and a code tells a refusal."""
    return STUDY_WORDS[key].said_in(language).format(**values)
