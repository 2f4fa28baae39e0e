"""Words about a form derived from the voice of the customer, in both languages."""

from collections.abc import Iterator

from qm.domain.derived_form import DerivedForm, Fate, ProposedCriterion, Validity
from qm.domain.figures import Figure
from qm.domain.text import Language, Text
from qm.wording_drivers import REASONS, REFUSALS, interval, plain, signed, whole

FATES = {
    Fate.DRIVER: Text("va con clienti soddisfatti", "goes with satisfied customers"),
    Fate.CRITICAL: Text("critica: resta comunque", "critical: stays in any case"),
    Fate.TRIAL: Text("in prova: dati insufficienti, peso minimo", "on trial: not enough data, least weight"),
    Fate.NEEDED: Text("resta: serve alla regola di un'altra domanda", "stays: another question's rule needs it"),
    Fate.UNSCORED: Text("senza peso, invariata", "without weight, unchanged"),
    Fate.IDLE: Text("tolta: non sposta nulla", "dropped: moves nothing"),
    Fate.AGAINST: Text(
        "tolta: dove è soddisfatta i clienti sono meno contenti", "dropped: where it's met customers are less pleased"
    ),
}
DERIVED_REFUSALS = {
    **REFUSALS,
    "thin": Text(
        "Dati insufficienti per confrontare le domande tra loro: un peso per ciascuna sarebbe inventato.",
        "Too little data to hold the questions against each other: a weight for each would be made up.",
    ),
    "nothing_drives": Text(
        "Nessuna domanda sposta la soddisfazione in modo dimostrabile: da questi dati non si può derivare una scheda.",
        "No question demonstrably moves satisfaction: no form can be derived from this data.",
    ),
}
WORDS = {
    "heading": Text("Proposta di scheda dalla voce del cliente", "A form proposed from the voice of the customer"),
    "basis": Text(
        "{form} {version}, {n} contatti con una risposta, {agents} operatori.",
        "{form} {version}, {n} contacts with an answer, {agents} agents.",
    ),
    "draft": Text(
        "È una bozza per le persone: dice che cosa va insieme alla soddisfazione, non che cosa la causa.",
        "It is a draft for people: it tells what goes with satisfaction, not what causes it.",
    ),
    "question": Text("Domanda", "Question"),
    "fate": Text("Che cosa ne è", "What becomes of it"),
    "weight": Text("Peso: prima, proposto", "Weight: before, proposed"),
    "effect": Text("Punti di soddisfazione (intervallo al 95 %), n", "Points of satisfaction (95% interval), n"),
    "new": Text("Temi dei commenti che nessuna domanda copre", "Themes of comments that no question covers"),
    "comments": Text("commenti", "comments"),
    "validity": Text(
        "Su operatori non usati per derivarla ({folds} gruppi, {repeats} volte): quante volte su 100 un cliente"
        " soddisfatto ha il punteggio più alto di uno insoddisfatto.",
        "On agents that it wasn't derived from ({folds} folds, {repeats} times): how often of 100 a satisfied customer"
        " has a higher score than a dissatisfied one.",
    ),
    "old": Text("scheda attuale", "form in use"),
    "proposed": Text("scheda proposta", "proposed form"),
    "difference": Text("differenza", "difference"),
    "better": Text("La scheda proposta predice meglio.", "The proposed form predicts better."),
    "worse": Text("La scheda proposta predice peggio.", "The proposed form predicts worse."),
    "same": Text(
        "Non è dimostrato che una delle due predica meglio.", "It isn't shown that either of the two predicts better."
    ),
    "no_validity": Text(
        "Le due schede non si possono confrontare: in qualche gruppo manca uno dei due tipi di clienti.",
        "The two forms can't be compared: some fold lacks one kind of customer.",
    ),
    "written": Text("Bozza scritta: {file}", "Draft written: {file}"),
}


def derived_word(key: str, language: Language, **values: object) -> str:
    """The wording of a key."""
    return WORDS[key].said_in(language).format(**values)


def evidence(criterion: ProposedCriterion, language: Language) -> str:
    """What a question's fate rests on: effect, interval and n, or why there is none."""
    if criterion.effect is not None:
        return f"{interval(criterion.effect, language)}, n = {whole(criterion.effect.points.n, language)}"
    reason = REASONS.get(criterion.reason)
    return reason.said_in(language) if reason else "–"


def verdict_of(validity: Validity, language: Language) -> str:
    """Which form predicts better, as far as that can be said."""
    lo, hi = validity.difference.lo or 0.0, validity.difference.hi or 0.0
    return derived_word("better" if lo > 0 else "worse" if hi < 0 else "same", language)


def validity_lines(validity: Validity, language: Language) -> Iterator[str]:
    """Old, new and difference, each with its interval and n, then what follows."""
    yield derived_word("validity", language, folds=validity.folds, repeats=validity.repeats)
    for key, figure in (("old", validity.old), ("proposed", validity.new)):
        yield f"{derived_word(key, language)}: {_hundredths(figure, language)}"
    value, lo, hi = (signed(100 * (one or 0.0), language) for one in _parts(validity.difference))
    yield f"{derived_word('difference', language)}: {value} ({lo}…{hi}), n = {whole(validity.difference.n, language)}"
    yield verdict_of(validity, language)


def guidelines(derived: DerivedForm, language: Language) -> str:
    """The proposal as a page of Markdown for those who will decide on it."""
    lines = [f"# {derived_word('heading', language)}", "", basis(derived, language), ""]
    lines += [derived_word("draft", language), ""]
    if derived.validity:
        lines += [*(f"- {line}" for line in validity_lines(derived.validity, language)), ""]
    for fate in Fate:
        if group := derived.of_fate(fate):
            lines += [f"## {FATES[fate].said_in(language)}", ""]
            lines += [f"- **{one.title.said_in(language)}** (`{one.id}`): {_line(one, language)}" for one in group]
            lines.append("")
    if derived.new:
        lines += [f"## {derived_word('new', language)}", ""]
        comments = derived_word("comments", language)
        lines += [f"- **{one.name}** (`{one.id}`, {one.n} {comments}): «{one.said}»" for one in derived.new]
        lines.append("")
    return "\n".join(lines)


def weights_text(criterion: ProposedCriterion, language: Language) -> str:
    """`12,5 %, 20,0 %`."""
    return f"{plain(100 * criterion.before, language)} %, {plain(100 * criterion.after, language)} %"


def basis(derived: DerivedForm, language: Language) -> str:
    """What it rests on, in a sentence."""
    values = {"form": derived.title.said_in(language), "version": derived.version}
    return derived_word("basis", language, n=whole(derived.n, language), agents=derived.agents, **values)


def _line(one: ProposedCriterion, language: Language) -> str:
    themes = f"; {', '.join(one.themes)}" if one.themes else ""
    return f"{evidence(one, language)}; {derived_word('weight', language)} {weights_text(one, language)}{themes}"


def _hundredths(figure: Figure, language: Language) -> str:
    value, lo, hi = (plain(100 * (one or 0.0), language) for one in _parts(figure))
    return f"{value} ({lo}…{hi}), n = {whole(figure.n, language)}"


def _parts(figure: Figure) -> tuple[float | None, float | None, float | None]:
    return figure.value, figure.lo, figure.hi
