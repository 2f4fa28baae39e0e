"""Comments made of planted themes, for benches and tests: who wrote what about what is known. A table of data.

Each statement is put together from parts, so that no two thousand of them are the same and none is far from its theme.
"""

from dataclasses import dataclass

import numpy as np

PARTS: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "wait": {
        "it": (
            (
                "ho aspettato {n} minuti",
                "attesa di {n} minuti",
                "{n} minuti in coda",
                "tempi di attesa troppo lunghi",
                "attesa infinita",
            ),
            ("prima di parlare con qualcuno", "al telefono", "con la musichetta", "per avere un operatore", ""),
        ),
        "en": (
            ("I waited {n} minutes", "{n} minutes on hold", "waiting time far too long", "endless queue"),
            ("before anyone answered", "to speak to an agent", "with that music", ""),
        ),
    },
    "kind": {
        "it": (
            (
                "operatore gentile",
                "la signora è stata cortese",
                "il ragazzo molto educato",
                "operatrice paziente e gentile",
            ),
            ("e disponibile", "e preparato", "e chiaro nelle spiegazioni", ""),
        ),
        "en": (
            ("the agent was kind", "a very polite lady", "friendly and courteous operator"),
            ("and helpful", "and patient", ""),
        ),
    },
    "bill": {
        "it": (
            (
                "la fattura è sbagliata",
                "importo errato in bolletta",
                "bolletta troppo alta",
                "mi avete addebitato {n} euro in più in fattura",
            ),
            ("questo mese", "e nessuno la corregge", "di nuovo", ""),
        ),
        "en": (
            ("the bill is wrong", "I was overcharged {n} pounds on my bill", "wrong amount on the invoice"),
            ("this month", "again", ""),
        ),
    },
    "line": {
        "it": (
            (
                "internet non funziona",
                "la linea internet cade",
                "la connessione è lenta",
                "il modem perde la connessione",
            ),
            ("da {n} giorni", "ogni sera", "in continuazione", ""),
        ),
        "en": (
            ("the internet does not work", "my broadband keeps dropping", "the connection is slow"),
            ("since {n} days", "every evening", ""),
        ),
    },
    "technician": {
        "it": (
            ("il tecnico non è venuto", "appuntamento con il tecnico saltato", "il tecnico non si è presentato"),
            ("all'appuntamento", "senza avvisare", "per la seconda volta", ""),
        ),
        "en": (
            ("the technician did not come", "the engineer never showed up", "technician missed the appointment"),
            ("without notice", "twice", ""),
        ),
    },
    "menu": {
        "it": (
            ("il menù automatico è complicato", "il risponditore non capisce", "troppe opzioni nel menù vocale"),
            ("e non si riesce a parlare con una persona", "premi uno premi due", ""),
        ),
        "en": (
            (
                "the automatic menu is complicated",
                "too many options in the phone menu",
                "the voice robot understands nothing",
            ),
            ("press one press two", "and you never reach a person", ""),
        ),
    },
    "refund": {
        "it": (
            ("aspetto ancora il rimborso", "rimborso mai arrivato", "non mi avete rimborsato i soldi"),
            ("dopo {n} giorni", "promesso a gennaio", ""),
        ),
        "en": (
            ("I am still waiting for my refund", "refund never arrived", "you did not give me my money back"),
            ("after {n} days", ""),
        ),
    },
    "site": {
        "it": (
            (
                "il sito non si apre",
                "l'app dà errore al login",
                "non riesco a entrare nell'area clienti",
                "la password dell'app non funziona",
            ),
            ("dal telefono", "da ieri", ""),
        ),
        "en": (
            ("the website does not open", "the app shows an error at login", "I cannot log in to my account online"),
            ("from my phone", "since yesterday", ""),
        ),
    },
}
"""By theme and language, beginnings and ends of statements."""
GOOD = frozenset(["kind"])
"""Themes that praise."""
STRAY = (
    (
        "mio zio",
        "la gatta",
        "il prossimo governo",
        "a tall ship",
        "the old gardener",
        "our choir",
        "un libro giallo",
        "la neve",
        "grandma",
        "a red bicycle",
        "il panettiere",
        "the museum",
        "la squadra di calcio",
        "my birthday",
        "Giove",
    ),
    (
        "dorme",
        "canta",
        "arrives in",
        "remembers",
        "compra",
        "paints",
        "ha dimenticato",
        "dreams of",
        "lascia",
        "smells like",
        "attraversa",
        "is older than",
        "cucina",
        "measures",
        "saluta",
    ),
    (
        "domani",
        "Palermo",
        "the moon",
        "un violino",
        "seven lemons",
        "the harbour",
        "il teatro",
        "a castle",
        "la torta",
        "chess",
        "il giardino",
        "winter",
        "una farfalla",
        "philosophy",
        "Leeds",
    ),
)
"""Subjects, verbs and objects of statements about nothing that others write about."""


@dataclass(frozen=True)
class MadeComment:
    """A comment and the themes that were put into it (none for a stray one)."""

    text: str
    language: str
    themes: tuple[str, ...]


def make_statement(theme: str, language: str, draw: np.random.Generator) -> str:
    """One statement about a theme."""
    begin, end = (str(draw.choice(part)) for part in PARTS[theme][language])
    return f"{begin} {end}".format(n=int(draw.integers(10, 90))).strip()


def make_comments(
    n: int, seed: int, italian: float = 0.7, stray: float = 0.1, second: float = 0.25
) -> list[MadeComment]:
    """Comments with one theme or two, some with none.

    Args:
        italian: share in Italian; the rest is English.
        stray: share without a theme.
        second: share with two themes.
    """
    draw = np.random.default_rng(seed)
    names = sorted(PARTS)
    made = []
    for _comment in range(n):
        language = "it" if draw.random() < italian else "en"
        if draw.random() < stray:
            made.append(MadeComment(" ".join(str(draw.choice(part)) for part in STRAY), language, ()))
            continue
        themes = tuple(str(name) for name in draw.choice(names, 2 if draw.random() < second else 1, replace=False))
        made.append(MadeComment(". ".join(make_statement(name, language, draw) for name in themes), language, themes))
    return made
