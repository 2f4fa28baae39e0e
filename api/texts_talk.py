"""Words of long conversations, and of an evaluation on paper."""

from qm.domain.text import Text

WORDS: dict[str, Text] = {
    "talk.whole": Text(
        "Conversazione lunga: il resto arriva scorrendo. Tutta in una pagina",
        "A long conversation: the rest comes as you scroll. All on one page",
    ),
    "talk.from": Text("Continua da {time}", "Go on from {time}"),
    "talk.failed": Text("Non caricato: riprova", "Not loaded: try again"),
}  # fmt: skip
