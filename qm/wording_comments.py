"""Words about customers' comments that command line and pages share, in both languages."""

from qm.domain.text import Language, Text

COMMENT_WORDS = {
    "sentiment_positive": Text("contento", "pleased"),
    "sentiment_negative": Text("scontento", "displeased"),
    "sentiment_neutral": Text("né l'uno né l'altro", "neither"),
    "sentiment_untold": Text("non si può dire", "can't tell"),
    "cannot_none": Text(
        "Nessun commento con parole nel periodo: niente da leggere.",
        "No comment with words in that time: nothing to read.",
    ),
    "cannot_too_few": Text(
        "Troppo pochi commenti per parlare di temi: ne servono almeno {min_n}.",
        "Too few comments to speak of themes: at least {min_n} are needed.",
    ),
    "cannot_no_theme": Text(
        "Nessun argomento torna in almeno {min_n} commenti: ognuno scrive d'altro.",
        "Nothing comes up in at least {min_n} comments: everybody writes of something else.",
    ),
    "cannot_no_nps": Text(
        "Meno di {min_n} commenti hanno un NPS: la quota di detrattori non si può dire.",
        "Fewer than {min_n} comments have an NPS: the share of detractors can't be told.",
    ),
    "cannot_not_linked": Text(
        "Nessun commento è collegato a un contatto: senza contatto non si sa chi e quale processo riguarda.",
        "No comment is linked to a contact: without one, whom and which process it concerns isn't known.",
    ),
    "cannot_no_criteria": Text(
        "Nessun legame con i criteri si può provare: servono almeno {min_n} contatti valutati con e senza il tema, e "
        "almeno 5 esiti di ciascun tipo.",
        "No link with criteria can be tested: at least {min_n} evaluated contacts with and without the theme are "
        "needed, and at least 5 outcomes of each kind.",
    ),
    "cannot_other_language": Text(
        "{other} commenti su {n} non sono né in italiano né in inglese: se chi scrive è contento, non si può dire.",
        "{other} of {n} comments are neither Italian nor English: whether their writers are pleased can't be told.",
    ),
    "cannot_sentiment_off": Text(
        "La lettura di contento e scontento è spenta (QM_SENTIMENT=no).",
        "Reading pleased and displeased is switched off (QM_SENTIMENT=no).",
    ),
    "method_meaning": Text("per significato", "by meaning"),
    "method_words": Text("per parole in comune", "by shared words"),
    "source_comments": Text("commenti dei sondaggi", "survey comments"),
    "source_turns": Text("parole dei clienti nelle conversazioni", "customers' words in conversations"),
    "theme": Text("Tema", "Theme"),
    "words": Text("Parole", "Words"),
    "n": Text("n", "n"),
    "share": Text("Quota (95 %)", "Share (95%)"),
    "negative": Text("Scontenti (95 %)", "Displeased (95%)"),
    "detractors": Text("Detrattori (95 %)", "Detractors (95%)"),
    "linked": Text("Criterio mancato più spesso (legame)", "Criterion missed more often (link)"),
    "other": Text("Senza tema: {hits} su {n}", "Without a theme: {hits} of {n}"),
    "read": Text(
        "{source}: {n} letti {method}; {no_words} senza parole, {cut} letti solo in parte, {other} in altra lingua",
        "{source}: {n} read {method}; {no_words} without words, {cut} read in part, {other} in another language",
    ),
    "checked": Text(
        "Contento o scontento secondo le parole, contro l'NPS dato: d'accordo {hits} su {n} ({lo}–{hi} %)",
        "Pleased or displeased by the words, against the NPS given: {hits} of {n} agree ({lo}–{hi}%)",
    ),
    "example": Text("“{text}”", "“{text}”"),
    "encoding": Text("frasi", "statements"),
    "took": Text(
        "{n} frasi diverse lette in {seconds} s ({rate} al secondo); il resto in {rest} s",
        "{n} different statements read in {seconds} s ({rate} a second); the rest in {rest} s",
    ),
}
"""By key. `{name}` stands for a value."""


def comment_word(key: str, language: Language, **values: object) -> str:
    """The text of a key with its values put in."""
    return COMMENT_WORDS[key].said_in(language).format(**values)
