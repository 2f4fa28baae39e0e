"""Words of the search on the command line, in both languages."""

from qm.domain.text import Language, Text

WORDS = {
    "none": Text("Nessuna conversazione trovata.", "No conversation found."),
    "more": Text("Continua con --cursor {cursor}", "Go on with --cursor {cursor}"),
    "cut": Text(
        "Il tempo è finito prima di riempire la pagina: continua con --cursor {cursor}",
        "Time ran out before the page was full: go on with --cursor {cursor}",
    ),
    "rebuilt": Text(
        "Conversazioni aggiunte all'indice: {made}. Nuovi contatti per le ricerche conservate: {new}.",
        "Conversations taken into the index: {made}. New contacts for kept searches: {new}.",
    ),
}


def search_word(key: str, language: Language, **values: object) -> str:
    """A text with its values filled in."""
    return WORDS[key].said_in(language).format(**values)
