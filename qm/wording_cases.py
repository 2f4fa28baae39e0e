"""Words about detractor cases that command line and pages share, in both languages."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from qm.domain.case import Change, ChangeKind
from qm.domain.case_plan import CasePlan
from qm.domain.case_report import Part
from qm.domain.text import Language, Text

CASE_WORDS = {
    "state.open": Text("da assegnare", "nobody's yet"),
    "state.assigned": Text("assegnato", "assigned"),
    "state.closed": Text("chiuso", "closed"),
    "severity.low": Text("bassa", "low"),
    "severity.medium": Text("media", "medium"),
    "severity.high": Text("alta", "high"),
    "value.unknown": Text("non noto", "not known"),
    "value.low": Text("basso", "low"),
    "value.medium": Text("medio", "medium"),
    "value.high": Text("alto", "high"),
    "next.attempt": Text("chiamare il cliente", "call the customer"),
    "next.appointment": Text("appuntamento fissato", "appointment made"),
    "next.withdrawn": Text("sondaggio corretto: da chiudere", "survey corrected: to be closed"),
    "next.close": Text("risolvere e chiudere", "solve and close"),
    "outcome.recovered": Text("recuperato", "recovered"),
    "outcome.not_recovered": Text("non recuperato", "not recovered"),
    "outcome.declined": Text("non vuole parlarne", "doesn't want to talk"),
    "outcome.unreachable": Text("irraggiungibile", "can't be reached"),
    "outcome.no_detractor": Text("non era insoddisfatto (voto per errore)", "wasn't unhappy (answered by mistake)"),
    "channel.phone": Text("telefono", "phone"),
    "channel.email": Text("e-mail", "e-mail"),
    "channel.sms": Text("SMS", "SMS"),
    "channel.chat": Text("chat", "chat"),
    "channel.visit": Text("visita", "visit"),
    "channel.letter": Text("lettera", "letter"),
    "answer.satisfied": Text("soddisfatto", "satisfied"),
    "answer.unsatisfied": Text("ancora insoddisfatto", "still unhappy"),
    "answer.no_answer": Text("nessuna risposta", "no answer"),
    "answer.not_asked": Text("non ancora chiesto", "not asked yet"),
    "side.agent": Text("operatore", "agent"),
    "side.process": Text("processo", "process"),
    "side.product": Text("prodotto", "product"),
    "mark.legal": Text("parla di avvocati, autorità o giornali", "speaks of lawyers, authorities or the press"),
    "mark.leaving": Text("parla di andarsene", "speaks of leaving"),
    "mark.vulnerable": Text("persona fragile o salute", "vulnerable person or health"),
    "mark.again": Text("non è la prima volta", "not the first time"),
    "unit.overdue": Text("in ritardo di {n}", "overdue by {n}"),
    "unit.days": Text("{n} giorni lavorativi", "{n} working days"),
    "scale.nps": Text("NPS", "NPS"),
    "scale.satisfaction": Text("soddisfazione", "satisfaction"),
    "scale.csat": Text("CSAT", "CSAT"),
    "scale.ces": Text("CES", "CES"),
    "no_scores": Text("nessun voto", "no marks"),
    "change.opened": Text("Caso aperto dal sondaggio: {scores}", "Case opened by the survey: {scores}"),
    "change.survey": Text("Il sondaggio è stato corretto: {scores}", "The survey was corrected: {scores}"),
    "change.survey_no": Text(
        "Il sondaggio è stato corretto e non è più di un cliente insoddisfatto: {scores}",
        "The survey was corrected and is no longer an unhappy customer's: {scores}",
    ),
    "change.link": Text("Ora riguarda il contatto {to} (prima {from})", "Is about contact {to} now ({from} before)"),
    "change.link_none": Text("Non è più collegato al contatto {from}", "Is no longer linked to contact {from}"),
    "change.assigned": Text("Assegnato a {to}", "Assigned to {to}"),
    "change.attempt_yes": Text("Cliente raggiunto ({channel}, {at})", "Customer reached ({channel}, {at})"),
    "change.attempt_no": Text("Tentativo senza risposta ({channel}, {at})", "Tried in vain ({channel}, {at})"),
    "change.cause": Text("Causa: {cause} ({side})", "Cause: {cause} ({side})"),
    "change.remedy": Text("Rimedio offerto: {remedy}", "Remedy offered: {remedy}"),
    "change.remedy_no": Text("Rimedio offerto, fuori tabella: {remedy}", "Remedy offered, outside the table: {remedy}"),
    "change.appointment": Text("Appuntamento: {at}", "Appointment: {at}"),
    "change.closed": Text("Chiuso: {outcome}", "Closed: {outcome}"),
    "change.reopened": Text("Riaperto, da chiudere entro {close_due}", "Reopened, to be closed by {close_due}"),
    "change.answer": Text("Il cliente, dopo: {answer}", "The customer, afterwards: {answer}"),
    "change.answer_score": Text("Il cliente, dopo: {answer}, voto {score}",
                                "The customer, afterwards: {answer}, score {score}"),
}  # fmt: skip
"""By key; `{name}` stands for a value."""
_BY_FACT = {
    (ChangeKind.SURVEY, "stands", "no"): "survey_no",
    (ChangeKind.LINK, "to", ""): "link_none",
    (ChangeKind.ATTEMPT, "reached", "yes"): "attempt_yes",
    (ChangeKind.ATTEMPT, "reached", "no"): "attempt_no",
    (ChangeKind.REMEDY, "offered", "no"): "remedy_no",
}
"""Where the wording of a change hangs on a fact."""
_WORDED_FACTS = {"channel": "channel", "outcome": "outcome", "side": "side", "answer": "answer"}
_WITH_SCORES = frozenset({ChangeKind.OPENED, ChangeKind.SURVEY})
DAYS_FROM = 3
"""So many working days are told in days: "in ritardo di 72,0 h" says less."""
_MOMENTS = frozenset({"at", "close_due"})


def case_word(key: str, language: Language, **values: object) -> str:
    """The wording of a key."""
    return CASE_WORDS[key].said_in(language).format(**values)


def hours_text(hours_left: float | None, day_h: float, *, is_overdue: bool, language: Language) -> str:
    """Working hours left, or by how many a case is overdue; days from three on; empty for a closed case.

    Args:
        day_h: working hours of a day.

    >>> hours_text(-3.25, 24, is_overdue=True, language=Language.ITALIAN)
    'in ritardo di 3,2 h'
    >>> hours_text(-240, 24, is_overdue=True, language=Language.ENGLISH)
    'overdue by 10 working days'
    """
    if hours_left is None:
        return ""
    hours = abs(hours_left)
    if hours >= DAYS_FROM * day_h:
        shown = case_word("unit.days", language, n=round(hours / day_h))
    else:
        number = f"{hours:.1f}"
        shown = f"{number.replace('.', ',') if language is Language.ITALIAN else number} h"
    return case_word("unit.overdue", language, n=shown) if is_overdue else shown


def scores_text(scores: Mapping[str, float], language: Language) -> str:
    """Answers by scale, as `NPS 1, soddisfazione 2`."""
    return ", ".join(f"{scale_word(scale, language)} {_mark(value, language)}" for scale, value in scores.items())


def scale_word(scale: str, language: Language) -> str:
    """A short name of a scale; its id where it's one of the site's own."""
    text = CASE_WORDS.get(f"scale.{scale}")
    return text.said_in(language) if text else scale.replace("_", " ")


def _mark(value: float, language: Language) -> str:
    return f"{value:g}".replace(".", ",") if language is Language.ITALIAN else f"{value:g}"


def tell_change(change: Change, plan: CasePlan, language: Language) -> str:
    """A line of a case's history as a sentence; a cause or remedy that the plan no longer has stands by its id."""
    facts = dict(change.facts)
    for name, text in facts.items():
        if name in _WORDED_FACTS:
            facts[name] = case_word(f"{_WORDED_FACTS[name]}.{text}", language)
        elif name in _MOMENTS:
            facts[name] = moment_text(datetime.fromisoformat(text), plan.calendar.zone)
        elif name in ("cause", "remedy"):
            title = plan.cause_title(text) if name == "cause" else plan.remedy_title(text)
            facts[name] = title.said_in(language) if title else text
    if change.kind in _WITH_SCORES:
        scores = {name: float(text) for name, text in facts.items() if name != "stands"}
        told = scores_text(scores, language) or case_word("no_scores", language)
        return case_word(f"change.{_key_of(change)}", language, scores=told)
    return case_word(f"change.{_key_of(change)}", language, **facts)


def moment_text(moment: datetime, zone: str) -> str:
    """Day and time in the site's time zone.

    >>> moment_text(datetime.fromisoformat("2026-11-23T10:01:19+00:00"), "Europe/Rome")
    '23/11/2026 11:01'
    """
    return f"{moment.astimezone(ZoneInfo(zone)):%d/%m/%Y %H:%M}"


def part_text(part: Part, language: Language) -> str:
    """A share with counts and interval; the counts alone below the minimum n."""
    counts = f"{part.count.hits}/{part.count.n}" if part.count.n else "–"
    figure = part.figure
    if figure.value is None or figure.lo is None or figure.hi is None:
        return counts
    text = f"{100 * figure.value:.0f} % ({100 * figure.lo:.0f}-{100 * figure.hi:.0f})"
    return f"{text if language is Language.ITALIAN else text.replace(' %', '%')}, {counts}"


def _key_of(change: Change) -> str:
    """What follows `change.` in the key of its wording."""
    for (kind, name, text), key in _BY_FACT.items():
        if change.kind is kind and change.facts.get(name) == text:
            return key
    if change.kind is ChangeKind.ANSWER and "score" in change.facts:
        return "answer_score"
    return change.kind.value
