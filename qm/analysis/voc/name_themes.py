"""Names themes by their own words: those that are said within a theme and seldom outside it."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from qm.analysis.normalise_text import normalise
from qm.analysis.voc.function_words import STOP_WORDS
from qm.analysis.word_forms import stem_of
from qm.domain.text import Language

LONGEST_TERM = 3
"""Words of a term, one more after a denial; small words may stand inside ("tempi di attesa"), not at the ends."""
MOST_TERMS = 6
LEAST_SHARE = 0.08
"""A term that fewer of a theme's statements hold than this names it badly."""
DENIALS = frozenset(
    "non mai senza nessun nessuno nessuna not never no without nobody dont doesnt didnt isnt wasnt".split()
)
"""They turn what follows, so a term that began after them would say the contrary."""
_CLAUSE = re.compile(r"[,.;:!?()\"]+")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’](?=\w))?")
_STOP = frozenset().union(*STOP_WORDS.values())
Key = tuple[str, ...]


def content_stems(text: str) -> list[str]:
    """Stems of the words that mean something, small words left out; both languages' stemmers one after the other."""
    return [_stem(word) for word in normalise(text) if word not in _STOP and not word.isdigit()]


def name_themes(statements: Sequence[str], labels: Sequence[int], counts: Sequence[int]) -> list[tuple[str, ...]]:
    """For each theme its terms, the most telling first; empty where its statements hold no word of meaning.

    A term's value is its share of the theme's statements times `log(1 + A / f)`, with f its frequency in all
    statements and A the mean of frequencies a theme (class-based TF-IDF: Grootendorst 2022); longer terms gain, terms
    that share a word with a better one are left out. A term is shown as it's said most often.
    """
    found: dict[int, Counter[Key]] = defaultdict(Counter)
    shown: dict[Key, Counter[str]] = defaultdict(Counter)
    sizes: Counter[int] = Counter()
    for text, label, count in zip(statements, labels, counts, strict=True):
        sizes[label] += count
        for key, surface in dict(_terms(text)).items():
            found[label][key] += count
            shown[key][surface] += count
    every: Counter[Key] = sum(found.values(), Counter())
    mean = sum(every.values()) / max(1, len(found))
    themes = range(max(labels, default=-1) + 1)
    return [_best(found[theme], sizes[theme], every, mean, shown) for theme in themes]


def theme_id(terms: Sequence[str], place: int) -> str:
    """A short id made of the first two terms; by its place where a theme has none.

    >>> theme_id(("tempi di attesa", "linea", "caduta"), 0)
    'tempi-di-attesa-linea'
    """
    return "-".join(word for term in terms[:2] for word in normalise(term))[:60].strip("-") or f"theme-{place + 1}"


def _best(
    own: Counter[Key], size: int, every: Counter[Key], mean: float, shown: dict[Key, Counter[str]]
) -> tuple[str, ...]:
    def value(key: Key) -> float:
        # Half a point for each further word: "tempi di attesa" says more than "attesa", but not twice as much.
        gain = 1 + 0.5 * (len(key) - 1)
        return own[key] / size * math.log(1 + mean / every[key]) * gain

    common = [key for key in own if own[key] >= max(2, LEAST_SHARE * size) or size < 3]
    picked: list[Key] = []
    for key in sorted(common, key=lambda key: (-value(key), key)):
        if not any(set(key) & set(other) for other in picked):
            picked.append(key)
        if len(picked) == MOST_TERMS:
            break
    return tuple(min(shown[key].items(), key=lambda pair: (-pair[1], pair[0]))[0] for key in picked)


def _terms(text: str) -> Iterable[tuple[Key, str]]:
    """Stems of the words of meaning in each term of a text, and the term as written; none goes over a comma."""
    for clause in _CLAUSE.split(text):
        tokens = [token.lower().replace("’", "'") for token in _TOKEN.findall(clause)]
        plain = ["".join(normalise(token)) for token in tokens]
        means = [len(word) > 1 and word not in _STOP for word in plain]
        for first, last in _spans(plain, means):
            inside = [at for at in range(first, last + 1) if means[at] or at == first]
            yield tuple(_stem(plain[at]) for at in inside), " ".join(tokens[first : last + 1]).replace("' ", "'")


def _spans(plain: Sequence[str], means: Sequence[bool]) -> Iterable[tuple[int, int]]:
    """First and last word of each term: words of meaning at both ends, or a denial at the first ("mai richiamato")."""
    for first, word in enumerate(plain):
        denies = word in DENIALS
        reach = LONGEST_TERM + 1 if denies else LONGEST_TERM
        for last in range(first + denies, min(first + reach, len(plain))):
            if means[last] and (means[first] or denies):
                yield first, last


def _stem(word: str) -> str:
    return stem_of(stem_of(word, Language.ITALIAN), Language.ENGLISH)
