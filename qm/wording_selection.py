"""Words about who answers surveys and what that does to the figures, shared by command line and pages."""

from collections.abc import Callable

from qm.domain.satisfied_mark import SatisfiedMark
from qm.domain.selection import Bounds, Headline
from qm.domain.text import Language, Text
from qm.domain.voc_plan import VocPlan

SELECTION_WORDS = {
    "selection.title": Text("Chi risponde ai sondaggi", "Who answers surveys"),
    "selection.says.no_contacts": Text("Nel periodo non ci sono contatti.", "There are no contacts in the period."),
    "selection.says.none_surveyed": Text(
        "Nessun contatto è stato invitato a un sondaggio: sulla soddisfazione non si può dire niente.",
        "No contact was asked: nothing can be said about satisfaction.",
    ),
    "selection.says.all_surveyed": Text(
        "Tutti i contatti sono stati invitati: la scelta di chi invitare non può falsare nulla, chi non risponde sì.",
        "All contacts were asked: whom to ask can't distort anything, who stays silent can.",
    ),
    "selection.says.all_answered": Text(
        "Hanno risposto tutti: non c'è nulla da correggere.", "Everybody answered: there is nothing to correct."
    ),
    "selection.says.no_silent": Text(
        "Nei dati ci sono solo i sondaggi con risposta: quanti invitati non hanno risposto non si sa. "
        "La quota di risposte qui non significa niente; i pesi usano tutti i contatti.",
        "The data holds answered surveys only: how many were asked in vain isn't known. "
        "Response rates mean nothing here; the weights use all contacts.",
    ),
    "selection.says.thin": Text(
        "Meno di 50 contatti con risposta, o meno di 50 senza: troppo pochi per pesare le risposte.",
        "Fewer than 50 contacts with an answer, or fewer than 50 without: too few to weigh the answers.",
    ),
    "selection.says.plan": Text(
        "I pesi tengono conto anche della probabilità con cui il piano di campionamento ha estratto ogni contatto.",
        "The weights also count how likely the sampling plan was to draw each contact.",
    ),
    "selection.says.unlinked": Text(
        "{n} sondaggi non sono collegati a un contatto e qui non contano.",
        "{n} surveys aren't linked to a contact and don't count here.",
    ),
    "selection.says.uncovered": Text(
        "{n} contatti non potevano essere invitati (per esempio clienti sentiti da poco): le cifre pesate non li "
        "riguardano.",
        "{n} contacts could not be asked (customers asked shortly before, for instance): weighted figures aren't about "
        "them.",
    ),
    "selection.raw": Text("come risposto", "as answered"),
    "selection.weighted": Text("pesato", "weighted"),
    "selection.among_invited": Text("caso peggiore, invitati", "worst case, asked"),
    "selection.among_all": Text("caso peggiore, tutti", "worst case, all"),
    "selection.figure": Text("Cifra", "Figure"),
    "selection.mean": Text("{title}: media", "{title}: mean"),
    "selection.share": Text("{title}: clienti soddisfatti (%)", "{title}: satisfied customers (%)"),
    "selection.mark_from": Text("{title}: soddisfatti = da {value} in su", "{title}: satisfied = {value} or more"),
    "selection.mark_to": Text("{title}: soddisfatti = fino a {value}", "{title}: satisfied = {value} or less"),
    "selection.stale": Text(
        "Calcolato con il piano di prima: rilanciare", "Computed with the plan as it was before; run this again:"
    ),
    "selection.weights": Text(
        "{n} risposte valgono come {effective} risposte uguali; {cut} pesi tagliati.",
        "{n} answers tell as much as {effective} equal ones; {cut} weights cut.",
    ),
    "selection.contacts": Text("contatti", "contacts"),
    "selection.invited": Text("invitati", "asked"),
    "selection.started": Text("aperti", "opened"),
    "selection.answered": Text("con risposta", "answered"),
    "selection.rate": Text("risposte su 100 invitati", "answers of 100 asked"),
    "selection.differs": Text(
        "Le quote di risposta differiscono più di quanto faccia il caso.",
        "The rates differ more than chance makes them.",
    ),
    "selection.no_difference": Text(
        "Differenze come queste le fa anche il caso.", "Chance alone makes differences like these."
    ),
    "selection.gaming": Text("Contatti invitati e altri, per operatore", "Asked contacts and others, by agent"),
    "selection.gaming.none_asked": Text("Nessuno è stato invitato.", "Nobody was asked."),
    "selection.gaming.all_asked": Text(
        "Sono stati invitati tutti i contatti: non c'è niente da confrontare.",
        "All contacts were asked: there is nothing to compare.",
    ),
    "selection.gaming.thin": Text(
        "Per ogni operatore servono almeno 20 contatti invitati e 20 altri: non basta ancora per nessuno.",
        "Each agent needs at least 20 asked contacts and 20 others: nobody has enough yet.",
    ),
    "selection.gaming.nobody": Text(
        "Di nessuno ({n} operatori con dati sufficienti) i contatti invitati differiscono dagli altri più del caso.",
        "Nobody's asked contacts differ from their others by more than chance ({n} agents with enough data).",
    ),
    "selection.gaming.look": Text(
        "I contatti invitati di questi operatori sono diversi dai loro altri. Guardate perché: può essere il turno, il "
        "tipo di chiamate o un difetto dell'invio. Non è una prova contro nessuno.",
        "These agents' asked contacts differ from their others. Look into why: it can be shifts, kinds of calls or a "
        "fault in sending. It proves nothing against anybody.",
    ),
    "selection.gaming.untold": Text(
        "Troppo pochi contatti per dirlo: {n} operatori.", "Too few contacts to tell: {n} agents."
    ),
    "selection.asked_is": Text("{name}: {asked} tra gli invitati, {others} tra gli altri",
                               "{name}: {asked} among asked, {others} among others"),
    "selection.untold": Text("n={n}, troppo poche", "n={n}, too few"),
}  # fmt: skip


def selection_word(key: str, language: Language, **values: object) -> str:
    """Words by key."""
    return SELECTION_WORDS[f"selection.{key}"].said_in(language).format(**values)


def headline_title(headline_id: str, plan: VocPlan, language: Language) -> str:
    """What a figure is.

    >>> headline_title("share:satisfaction", VocPlan(), Language.ENGLISH)
    'Satisfaction (IS): satisfied customers (%)'
    """
    if headline_id == "nps":
        return "NPS"
    kind, _colon, scale_id = headline_id.partition(":")
    titles = {scale.id: scale.title for scale in plan.scales}
    title = titles[scale_id].said_in(language) if scale_id in titles else scale_id
    return selection_word(kind, language, title=title)


def shown_scale(headline: Headline) -> tuple[float, int]:
    """Factor and digits with which a figure is shown: shares as per cent, NPS whole, means with two digits."""
    if headline.id.startswith("share:"):
        return 100.0, 1
    return 1.0, 1 if headline.id == "nps" else 2


def bounds_text(bounds: Bounds | None, factor: float, number: Callable[[float], str]) -> str:
    """`from … to …` by a function that writes numbers."""
    if bounds is None:
        return "–"
    return f"{number(bounds.lo * factor)}…{number(bounds.hi * factor)}"


def mark_text(mark: SatisfiedMark, plan: VocPlan, language: Language) -> str:
    """From which answer on a customer counts as satisfied, by the scale's title where the plan still has it.

    >>> mark_text(SatisfiedMark("satisfaction", 7.5), VocPlan(), Language.ITALIAN)
    'Soddisfazione (IS): soddisfatti = da 7,5 in su'
    """
    title = {scale.id: scale.title.said_in(language) for scale in plan.scales}.get(mark.scale, mark.scale)
    key = "mark_from" if mark.higher_is_better else "mark_to"
    value = f"{mark.threshold:g}".replace(".", "," if language is Language.ITALIAN else ".")
    return selection_word(key, language, title=title, value=value)
