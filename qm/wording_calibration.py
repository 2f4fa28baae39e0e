"""Words about calibration sessions and agreement that command line and pages share, in both languages."""

from qm.domain.figures import Figure
from qm.domain.text import Language, Text

CALIBRATION_WORDS = {
    "purpose.rated": Text("contatti valutati dai clienti", "contacts that customers rated"),
    "purpose.disagreement": Text("contatti discutibili", "disputable contacts"),
    "purpose.random": Text("contatti a caso", "contacts at random"),
    "why.rated_low": Text("cliente insoddisfatto", "unhappy customer"),
    "why.rated_high": Text("cliente soddisfatto", "happy customer"),
    "why.doubtful": Text("risposte discutibili", "disputable answers"),
    "why.random": Text("a caso", "at random"),
    "stage.blind": Text("aperta, alla cieca", "open, blind"),
    "stage.due": Text("scaduta, da chiudere", "past its deadline, to be closed"),
    "stage.closed": Text("chiusa", "closed"),
    "pair.analysts": Text("analisti tra loro", "analysts among themselves"),
    "pair.machine_analysts": Text("macchina e analisti", "machine and analysts"),
    "pair.machine_key": Text("macchina e chiave", "machine and key"),
    "key.expert": Text("la chiave sono le risposte dell'esperto", "the key is what the expert answered"),
    "key.consensus": Text("la chiave è la risposta data da più della metà degli analisti",
                          "the key is what more than half of the analysts answered"),
    "key.labels": Text("le risposte degli analisti vengono da un file di etichette: non erano alla cieca, e un modello "
                       "addestrato su di esse concorda per forza",
                       "the analysts' answers come from a file of labels: they weren't blind, and a model that was "
                       "trained on them agrees by its making"),
    "coefficient.percent": Text("Concordanza", "Agreement"),
    "coefficient.kappa": Text("Kappa di Cohen", "Cohen's kappa"),
    "coefficient.ac1": Text("AC1 di Gwet", "Gwet's AC1"),
    "coefficient.alpha": Text("Alfa di Krippendorff", "Krippendorff's alpha"),
    "coefficient.weighted_kappa": Text("Kappa pesato sui punteggi", "Weighted kappa of scores"),
    "coefficient.score_alpha": Text("Alfa sui punteggi", "Alpha of scores"),
    "coefficient.icc": Text("ICC(2,1) sui punteggi", "ICC(2,1) of scores"),
    "unsaid.nobody_twice": Text("nessun contatto valutato da entrambe le parti", "no contact that both sides answered"),
    "unsaid.too_few": Text("troppo pochi contatti per dirlo", "too few contacts to tell"),
    "unsaid.one_answer": Text("tutti hanno dato sempre la stessa risposta: il caso spiegherebbe tutto",
                              "everybody always gave the same answer: chance would explain it all"),
    "unsaid.rare_answer": Text("quasi tutte le risposte sono uguali: deciderebbero pochissimi contatti",
                               "nearly all answers are the same: a handful of contacts would decide"),
    "unsaid.same_scores": Text("tutti i punteggi sono uguali", "all scores are the same"),
    "unsaid.no_difference": Text("nessuno ha dato un punteggio diverso: manca il margine d'errore",
                                 "nobody gave another score: there is no interval to tell"),
    "machine": Text("macchina", "machine"),
    "expert": Text("esperto", "expert"),
    "key": Text("chiave", "key"),
    "no_key": Text("nessuna (parità)", "none (tie)"),
    "whole_form": Text("Tutta la scheda", "The whole form"),
    "session": Text("Sessione", "Session"),
    "title": Text("Titolo", "Title"),
    "form": Text("Scheda", "Form"),
    "purpose": Text("Scopo", "Purpose"),
    "stage": Text("Stato", "State"),
    "due": Text("Scadenza", "Due"),
    "contacts": Text("Contatti", "Contacts"),
    "answered": Text("Risposte date", "Answered"),
    "criterion": Text("Criterio", "Criterion"),
    "pair": Text("Chi con chi", "Who with whom"),
    "met": Text("Soddisfatto", "Met"),
    "contact": Text("Contatto", "Contact"),
    "opened": Text("{id}: {n} contatti, {questions} domande a testa; si risponde fino al {due}",
                   "{id}: {n} contacts, {questions} questions each; answers until {due}"),
    "taken": Text("{rater}: {hits} risposte su {n}", "{rater}: {hits} answers of {n}"),
    "nothing": Text("Nessuna sessione di calibrazione.", "No calibration session."),
    "left_open": Text("La macchina ha lasciato aperte {hits} domande su {n}; {without} domande senza chiave.",
                      "The machine left {hits} of {n} questions open; {without} questions have no key."),
    "disagreements": Text("Domande con risposte diverse: {n}", "Questions with different answers: {n}"),
}  # fmt: skip
"""By key."""


def calibration_word(key: str, language: Language) -> str:
    """The word for a key."""
    return CALIBRATION_WORDS[key].said_in(language)


def shown_figure(figure: Figure, language: Language, *, as_percent: bool = False) -> str:
    """`0,71 (0,55…0,83)`, or in per cent; a dash where there is no value.

    >>> shown_figure(Figure(0.712, 0.554, 0.831, 40), Language.ITALIAN)
    '0,71 (0,55…0,83)'
    """
    if figure.value is None or figure.lo is None or figure.hi is None:
        return "–"
    ends = (figure.value, figure.lo, figure.hi)
    value, low, high = (f"{100 * end:.0f}" if as_percent else f"{end:.2f}" for end in ends)
    text = f"{value} % ({low}…{high})" if as_percent else f"{value} ({low}…{high})"
    text = text.replace("-0.00", "0.00").replace("-", "−")
    return text.replace(".", ",") if language is Language.ITALIAN else text
