"""Words about drivers, in both languages: what was looked at, what it does, what can't be said and why."""

from collections.abc import Mapping

from qm.domain.drivers import Effect, LeftOut, Verdict
from qm.domain.figures import Count
from qm.domain.text import Language, Text

TITLES = {
    "transfer": Text("Un trasferimento", "A transfer"),
    "hold": Text("Una messa in attesa", "A hold"),
    "transfer_or_hold": Text("Un trasferimento o una messa in attesa", "A transfer or a hold"),
    "wait": Text("Un minuto in più di attesa in coda", "One minute more in the queue"),
    "ivr": Text("Un minuto in più nel risponditore", "One minute more in the IVR"),
    "talk": Text("Cinque minuti in più di conversazione", "Five minutes more of talk"),
    "repeat": Text(
        "Un cliente che aveva già chiamato nei 7 giorni prima", "A customer who had called in the 7 days before"
    ),
    "resolved": Text("Un problema risolto, secondo il cliente", "A problem solved, in the customer's view"),
    "came_back": Text("Un cliente che richiama entro 7 giorni", "A customer who calls again within 7 days"),
    "m:silence_share": Text("10 punti in più di silenzio", "10 points more of silence"),
    "m:agent_talk_share": Text("10 punti in più di parlato dell'operatore", "10 points more of talk by the agent"),
    "m:agent_interruption_count": Text("Un'interruzione in più dell'operatore", "One more interruption by the agent"),
    "m:agent_words_per_minute": Text(
        "20 parole al minuto in più dell'operatore", "The agent speaking 20 words a minute faster"
    ),
    "m:agent_response_delay_median_s": Text(
        "L'operatore risponde un secondo più tardi", "The agent answering one second later"
    ),
    "m:agent_longest_monologue_s": Text(
        "Un monologo dell'operatore più lungo di 10 secondi", "The agent's longest monologue 10 seconds longer"
    ),
}
"""What is there, or what there is more of, by key."""
NAMES = {
    "ivr": Text("Tempo nel risponditore", "Time in the IVR"),
    "wait": Text("Attesa in coda", "Time in the queue"),
    "talk": Text("Durata della conversazione", "Talk time"),
    "transfer": Text("Trasferimenti", "Transfers"),
    "hold": Text("Messe in attesa", "Holds"),
    "repeat": Text("Contatti ripetuti entro 7 giorni", "Repeat contacts within 7 days"),
    "resolved": Text("Problema risolto, secondo il cliente", "Problem solved, in the customer's view"),
    "came_back": Text("Cliente che richiama entro 7 giorni", "Customer who calls again within 7 days"),
}
"""The predictor itself, where nothing is said of its effect."""
REASONS = {
    "not_delivered": Text("mai fornito", "never delivered"),
    "never_applied": Text("mai con risposta sì o no", "never answered with met or not met"),
    "mostly_missing": Text("manca in più della metà dei contatti", "missing in more than half of the contacts"),
    "always_same": Text("uguale in tutti i contatti", "the same on all contacts"),
    "few_known": Text("pochi contatti con una risposta", "few contacts with an answer"),
    "few_level": Text("pochi contatti di uno dei due casi", "few contacts on one of the two sides"),
    "separated": Text(
        "in uno dei due casi i clienti hanno risposto tutti allo stesso modo: un effetto non si può misurare",
        "on one side all customers answered alike: an effect can't be measured",
    ),
    "same_as": Text("non distinguibile da un'altra voce", "can't be told apart from another one"),
    "few_agents": Text("dipende da troppo pochi operatori", "rests on too few agents"),
}
"""Why nothing is said of one predictor."""
REFUSALS = {
    "none_surveyed": Text(
        "Nessun contatto con una risposta su questa scala: non c'è niente da confrontare.",
        "No contact has an answer on this scale: there is nothing to compare.",
    ),
    "one_agent": Text(
        "Un solo operatore: non si può distinguere ciò che piace ai clienti dalle sue abitudini.",
        "One agent only: what customers like can't be told apart from that agent's habits.",
    ),
    "few_contacts": Text(
        "Meno di 100 contatti con una risposta: gli effetti sarebbero solo rumore.",
        "Fewer than 100 contacts with an answer: effects would be noise only.",
    ),
    "one_class": Text(
        "I clienti sono tutti soddisfatti, o tutti insoddisfatti: non si può dire che cosa li distingua.",
        "All customers are satisfied, or none is: nothing can be said of what sets them apart.",
    ),
    "few_on_one_side": Text(
        "Meno di 20 clienti soddisfatti, o meno di 20 insoddisfatti: troppo pochi per un confronto.",
        "Fewer than 20 satisfied or fewer than 20 dissatisfied customers: too few to compare.",
    ),
    "few_agents": Text(
        "Meno di 10 operatori: con così pochi nessun intervallo sarebbe affidabile.",
        "Fewer than 10 agents: with so few no interval could be relied on.",
    ),
    "no_predictors": Text(
        "Nessuna domanda e nessun dato con abbastanza contatti: vedi sotto che cosa manca.",
        "No question and no data with enough contacts: see below what is missing.",
    ),
    "separated": Text(
        "Alcune voci insieme dividono del tutto i clienti soddisfatti dagli altri: il modello non ha una soluzione.",
        "Some predictors together divide satisfied customers from the others completely: the model has no solution.",
    ),
}
"""Why nothing is said at all."""
VERDICTS = {
    Verdict.MATTERS: Text("conta", "matters"),
    Verdict.HINT: Text("indizio", "hint"),
    Verdict.NEGLIGIBLE: Text("non sposta nulla", "moves nothing"),
    Verdict.UNCLEAR: Text("non si può dire", "can't be told"),
}
LABELS = {
    "heading": Text("Che cosa conta per i clienti", "What matters to customers"),
    "none_yet": Text("Nessun calcolo: `qm drivers`.", "Not computed yet: `qm drivers`."),
    "answers": Text("Soddisfatti", "Satisfied"),
    "agents": Text("operatori", "agents"),
    "alone": Text(
        "Pochi dati: ogni voce è stata guardata da sola, senza tenere conto delle altre.",
        "Thin data: each predictor was looked at alone, without regard to the others.",
    ),
    "association": Text(
        "Sono associazioni tra chi ha risposto: nessuno ha tirato a sorte chi viene trasferito. Non provano una causa.",
        "These are associations among those who answered: nobody drew lots who is transferred. They prove no cause.",
    ),
    "alike": Text("Vanno insieme, gli effetti non si distinguono", "Go together, effects can't be told apart"),
    "left_out": Text("Non si può dire", "Can't be said"),
    "history": Text("Ciò che precede la conversazione e l'accompagna", "What comes before and along with the talk"),
    "criteria": Text("Domande della scheda (soddisfatta invece di no)", "Questions of the form (met rather than not)"),
    "measures": Text("Misure della conversazione", "Measures of the talk"),
    "predictor": Text("Voce", "Predictor"),
    "points": Text("Punti (intervallo al 95 %)", "Points (95% interval)"),
    "importance": Text("Peso", "Importance"),
    "verdict": Text("Che cosa si può dire", "What can be said"),
    "contacts": Text("Contatti", "Contacts"),
}
_RAISES = Text(
    "{title}: la probabilità di un cliente soddisfatto sale di {points} punti "
    "(intervallo al 95 %: da {lo} a {hi} punti), n = {n}.",
    "{title}: the probability of a satisfied customer rises by {points} points "
    "(95 % interval: {lo} to {hi} points), n = {n}.",
)
_LOWERS = Text(
    "{title}: la probabilità di un cliente soddisfatto scende di {points} punti "
    "(intervallo al 95 %: da {lo} a {hi} punti), n = {n}.",
    "{title}: the probability of a satisfied customer falls by {points} points "
    "(95 % interval: {lo} to {hi} points), n = {n}.",
)
_NOT_SHOWN = Text(
    "{title}: nessun effetto dimostrato; tra {lo} e {hi} punti, n = {n}.",
    "{title}: no effect shown; between {lo} and {hi} points, n = {n}.",
)


def title_of(key: str) -> Text:
    """Title of a predictor that isn't a criterion; its key where it has none."""
    return TITLES.get(key) or Text(key, key)


def name_of(key: str) -> Text:
    """What a predictor is called where no effect is told."""
    return NAMES.get(key) or title_of(key)


def sentence(effect: Effect, title: Text, language: Language) -> str:
    """The effect of one predictor in a sentence, its size with interval and n."""
    value, lo, hi = effect.points.value or 0.0, effect.points.lo or 0.0, effect.points.hi or 0.0
    values = {"title": title.said_in(language), "n": whole(effect.points.n, language)}
    if lo <= 0 <= hi:
        return _NOT_SHOWN.said_in(language).format(lo=signed(lo, language), hi=signed(hi, language), **values)
    near, far = sorted((abs(lo), abs(hi)))
    words = _RAISES if value > 0 else _LOWERS
    shown = {"points": plain(abs(value), language), "lo": plain(near, language), "hi": plain(far, language)}
    return words.said_in(language).format(**shown, **values)


def why(one: LeftOut, titles: Mapping[str, Text], language: Language) -> str:
    """Why nothing is said of a predictor, with the plain counts where there are some."""
    text = REASONS[one.reason].said_in(language)
    if one.like:
        text += f" ({titles[one.like].said_in(language)})"
    if one.present.n and one.absent.n:
        return f"{text} ({share_of(one.present, language)}; {share_of(one.absent, language)})"
    return f"{text}, n = {whole(one.n, language)}"


def interval(effect: Effect, language: Language) -> str:
    """`+4,2 (1,8…6,6)`."""
    value, lo, hi = effect.points.value or 0.0, effect.points.lo or 0.0, effect.points.hi or 0.0
    return f"{signed(value, language)} ({signed(lo, language)}…{signed(hi, language)})"


def share_of(count: Count, language: Language) -> str:
    """`12 di 40`."""
    return f"{whole(count.hits, language)} {'di' if language is Language.ITALIAN else 'of'} {whole(count.n, language)}"


def signed(value: float, language: Language) -> str:
    """One decimal, always with its sign.

    >>> signed(-0.04, Language.ITALIAN), signed(-2.35, Language.ENGLISH)
    ('0,0', '−2.4')
    """
    text = plain(abs(value), language)
    if round(abs(value), 1) == 0:
        return text
    return ("+" if value > 0 else "−") + text


def plain(value: float, language: Language) -> str:
    """One decimal, with the language's sign for it."""
    text = f"{value:.1f}"
    return text.replace(".", ",") if language is Language.ITALIAN else text


def whole(number: int, language: Language) -> str:
    """A count with thousands marked.

    >>> whole(12000, Language.ITALIAN), whole(12000, Language.ENGLISH)
    ('12.000', '12,000')
    """
    text = f"{number:,}"
    return text.replace(",", ".") if language is Language.ITALIAN else text
