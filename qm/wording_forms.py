"""Words about forms in both languages: types of answers, classes of criteria, ways to weigh."""

from qm.domain.text import Text

FORM_WORDS = {
    "type.yes_no": Text("sì o no", "yes or no"),
    "type.single_choice": Text("una scelta", "one choice"),
    "type.multiple_choice": Text("più scelte", "several choices"),
    "type.number": Text("numero", "number"),
    "type.date": Text("data", "date"),
    "type.text": Text("testo", "text"),
    "critical.customer": Text("critico per il cliente", "customer-critical"),
    "critical.business": Text("critico per l'azienda", "business-critical"),
    "critical.compliance": Text("critico per la conformità", "compliance-critical"),
    "fails.form": Text("azzera la scheda", "fails the form"),
    "fails.section": Text("azzera la sezione", "fails the section"),
    "weighting.section": Text("pesi per sezione", "weights by section"),
    "weighting.question": Text("pesi per domanda", "weights by question"),
    "weighting.points": Text("a punti", "by points"),
    "status.draft": Text("bozza", "draft"),
    "status.published": Text("pubblicata", "published"),
    "form.bonus": Text("bonus", "bonus"),
    "form.people_only": Text("solo a mano", "people only"),
    "form.not_scored": Text("senza punteggio", "not scored"),
    "form.conditional": Text("sotto condizione", "conditional"),
    "form.driver": Text("leva", "driver"),
    "form.used": Text("valutazioni", "evaluations"),
    "form.criteria": Text("criteri", "criteria"),
    "form.sections": Text("sezioni", "sections"),
    "form.pass_mark": Text("soglia", "pass mark"),
    "form.unknown_use": Text("uso non noto", "use unknown"),
    "form.imported": Text(
        "{form} {version}: importata come bozza in {folder}", "{form} {version}: taken in as a draft, in {folder}"
    ),
    "form.published": Text("{form} {version}: pubblicata e bloccata", "{form} {version}: published and locked"),
    "form.no_warnings": Text("nessun avviso", "no warnings"),
    "form.warnings": Text("{n} avvisi", "{n} warnings"),
}
"""By key; `qm.wording.say` finds them as well."""
