"""Words of the pages about comments, in both languages."""

from qm.domain.text import Text
from qm.wording_comments import COMMENT_WORDS

SHARED = ("sentiment_", "cannot_", "method_")
"""Beginnings of the keys that pages take over from the command line."""
WORDS: dict[str, Text] = {
    "comments.title": Text("Che cosa scrivono i clienti", "What customers write"),
    "comments.title_turns": Text("Che cosa dicono i clienti", "What customers say"),
    "comments.lead": Text(
        "I commenti dei sondaggi, raggruppati dal significato e non da un elenco fisso: ogni tema prende il nome dalle "
        "parole che lo distinguono. Un commento può avere più temi, quindi le quote non fanno 100.",
        "Survey comments grouped by what they mean, not by a fixed list: each theme is named by the words that set it "
        "apart. A comment can have several themes, so shares don't add up to 100.",
    ),
    "comments.lead_words": Text(
        "I commenti dei sondaggi, raggruppati per parole in comune (senza il modello dei significati: sinonimi e "
        "lingue diverse restano separati). Un commento può avere più temi, quindi le quote non fanno 100.",
        "Survey comments grouped by the words they share (without the model of meanings: synonyms and other languages "
        "stay apart). A comment can have several themes, so shares don't add up to 100.",
    ),
    "comments.switch": Text("Che cosa guardare", "What to look at"),
    "comments.source_comments": Text("Commenti dei sondaggi", "Survey comments"),
    "comments.source_turns": Text("Parole nelle conversazioni", "Words in conversations"),
    "comments.empty": Text("Niente ancora da mostrare", "Nothing to show yet"),
    "comments.empty_hint": Text("I temi si calcolano con questo comando:", "Themes are worked out by this command:"),
    "comments.computed": Text(
        "Calcolato il {day} alle {hour} su {n} testi ({method}){period}.",
        "Worked out on {day} at {hour} from {n} texts ({method}){period}.",
    ),
    "comments.period": Text(", dal {since} al {until} escluso", ", from {since} up to, not including, {until}"),
    "comments.beginning": Text("primo", "the first"),
    "comments.end": Text("l'ultimo compreso", "the last one's day after"),
    "comments.left_out": Text(
        "{no_words} senza parole; {cut} più lunghi di 4000 lettere, letti fin lì; {other} in altre lingue.",
        "{no_words} without words; {cut} longer than 4,000 letters, read that far; {other} in other languages.",
    ),
    "comments.shares": Text("Di che cosa parlano", "What they speak of"),
    "comments.shares_note": Text(
        "Quota dei testi che parla del tema; la linea è l'intervallo al 95 %.",
        "Share of texts that speak of the theme; the line is the 95% interval.",
    ),
    "comments.sentiment": Text("Contenti o scontenti", "Pleased or displeased"),
    "comments.sentiment_note": Text(
        "Letto dal solo testo del cliente, mai dalla voce e mai dell'operatore; sbaglia, soprattutto con l'ironia.",
        "Read from the customer's text alone, never from the voice, never of the agent; it errs, above all with irony.",
    ),
    "comments.checked": Text(
        "Verifica su questi clienti: contento o scontento secondo le parole va d'accordo con l'NPS che hanno dato "
        "(9–10 o 0–6) in {hits} casi su {n}: {share}.",
        "Checked on these customers: pleased or displeased by the words agrees with the NPS that they gave (9–10 or "
        "0–6) in {hits} of {n}: {share}.",
    ),
    "comments.table": Text("Gli stessi dati in tabella", "The same as a table"),
    "comments.csv": Text("Scarica CSV", "Download CSV"),
    "comments.col_theme": Text("Tema", "Theme"),
    "comments.col_n": Text("Testi", "Texts"),
    "comments.col_share": Text("Quota (95 %)", "Share (95%)"),
    "comments.col_negative": Text("Scontenti (95 %)", "Displeased (95%)"),
    "comments.col_positive": Text("Contenti (95 %)", "Pleased (95%)"),
    "comments.col_detractors": Text("Detrattori (95 %)", "Detractors (95%)"),
    "comments.col_elsewhere": Text("Detrattori tra gli altri", "Detractors among the rest"),
    "comments.col_group": Text("Dove e quando", "Where and when"),
    "comments.other": Text("Senza tema", "Without a theme"),
    "comments.other_note": Text(
        "scrivono di cose che tornano in meno di {min_n} testi", "write of what comes up in fewer than {min_n} texts"
    ),
    "comments.themes": Text("Tema per tema", "Theme by theme"),
    "comments.open_one": Text(
        "Apri un tema per leggere che cosa scrivono e dove.", "Open a theme to read what they write and where."
    ),
    "comments.words": Text("Parole che lo distinguono", "Words that set it apart"),
    "comments.centre": Text("La frase più tipica", "The most typical sentence"),
    "comments.examples": Text("Esempi", "Examples"),
    "comments.examples_note": Text(
        "Numeri lunghi, indirizzi e-mail, IBAN e codici fiscali sono tolti; i nomi no.",
        "Long numbers, e-mail addresses, IBANs and Italian tax codes are taken out; names aren't.",
    ),
    "comments.no_contact": Text("non collegato a un contatto", "not linked to a contact"),
    "comments.nps": Text("NPS {n}", "NPS {n}"),
    "comments.by_process": Text("Per processo", "By process"),
    "comments.by_team": Text("Per team", "By team"),
    "comments.by_month": Text("Per mese", "By month"),
    "comments.group_share": Text("{hits} su {n}", "{hits} of {n}"),
    "comments.criteria": Text(
        "Criteri mancati più o meno spesso dove il cliente ne parla",
        "Criteria missed more or less often where customers speak of it",
    ),
    "comments.criteria_note": Text(
        "Un legame non è una causa. Si mostra solo ciò che resta dopo aver tenuto conto dei {tested} confronti fatti "
        "(Benjamini-Hochberg).",
        "A link isn't a cause. Shown is only what remains after allowing for the {tested} comparisons made "
        "(Benjamini-Hochberg).",
    ),
    "comments.criteria_none": Text("Nessun legame confermato con i criteri.", "No confirmed link with criteria."),
    "comments.unmet_with": Text("Mancato con il tema", "Missed with the theme"),
    "comments.unmet_without": Text("Mancato senza", "Missed without"),
    "comments.difference": Text("Differenza in punti (95 %)", "Difference in points (95%)"),
    "comments.stands": Text("confermato", "confirmed"),
    "comments.alike": Text("Criteri che forse parlano della stessa cosa", "Criteria that may be about the same thing"),
    "comments.criterion": Text("Criterio", "Criterion"),
    "comments.cannot": Text("Che cosa non si può dire", "What can't be said"),
    **{f"comments.{key}": text for key, text in COMMENT_WORDS.items() if key.startswith(SHARED)},
}  # fmt: skip
"""By key."""
