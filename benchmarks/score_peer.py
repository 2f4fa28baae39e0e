"""The peer of `qm bench score`: the same phrases as patterns of spaCy's `PhraseMatcher` and `Matcher`.

It gets a part of the wordings, drawn evenly: with all of them it takes seconds a transcript. Wordings of plain words
go to the `PhraseMatcher`, all others to the `Matcher` as patterns of tokens: a beginning as a regular expression, a gap
as so many optional tokens, a class as a set. Numbers in words, agents' misspelt names, negation, likeness, windows and
everything after finding are left out, all to the peer's favour. It reads the same comparable words, split already: only
its vocabulary look-up, its matching and the listing of matches are timed.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from qm.analysis.compile_phrases import Gap, Kind, Literal, Pattern
from qm.analysis.word_stream import Stream
from qm.domain.text import Language

MOST_PLAIN, MOST_TOKENS = 600, 80
"""Wordings that the peer gets for each party; we look for all of them."""
NUMBERS = (
    r"^(\d+|due|tre|quattro|cinque|sei|sette|otto|nove|dieci|venti\w*|trenta\w*|cento\w*|two|three|four|five|ten)$"
)
"""Stands for a number; shorter than ours, which knows all of them."""
Search = Callable[[Stream, Language], int]


def make_peer(patterns: Mapping[Language, Iterable[Pattern]]) -> Search | None:
    """A function that counts the matches in a stream of the language that it's asked for; `None` without spaCy."""
    try:
        import spacy
        from spacy.matcher import Matcher, PhraseMatcher
    except ImportError:
        return None
    ready: dict[Language, tuple[Any, Any, Any]] = {}
    for language, own in patterns.items():
        blank = spacy.blank(language.value)
        plain, other = _split(own)
        phrases, tokens = PhraseMatcher(blank.vocab), Matcher(blank.vocab)
        docs = [spacy.tokens.Doc(blank.vocab, words=[item.text for item in each.elements if isinstance(item, Literal)])
                for each in plain]  # fmt: skip
        phrases.add("plain", docs)
        for number, each in enumerate(other):
            tokens.add(str(number), [_tokens(each)])
        ready[language] = blank.vocab, phrases, tokens

    def search(stream: Stream, language: Language) -> int:
        vocab, phrases, tokens = ready[language]
        doc = spacy.tokens.Doc(vocab, words=stream.texts)
        return len(phrases(doc)) + len(tokens(doc))

    return search


def _split(patterns: Iterable[Pattern]) -> tuple[list[Pattern], list[Pattern]]:
    """Wordings of plain words, and the others; each once, as many as the peer gets."""
    known = {each.elements: each for each in patterns}
    plain = [each for each in known.values() if all(_is_plain(item) for item in each.elements)]
    other = [each for each in known.values() if not all(_is_plain(item) for item in each.elements)]
    return _drawn(plain, MOST_PLAIN), _drawn(other, MOST_TOKENS)


def _drawn(patterns: list[Pattern], most: int) -> list[Pattern]:
    return patterns[:: max(1, -(-len(patterns) // most))]


def _is_plain(item: Literal | Gap) -> bool:
    return isinstance(item, Literal) and item.kind in (Kind.WORD, Kind.VALUE)


def _tokens(pattern: Pattern) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in pattern.elements:
        if isinstance(item, Gap):
            found.extend({"OP": "?"} for _ in range(item.most))
        else:
            found.append(_token(item))
    return found


def _token(item: Literal) -> dict[str, Any]:
    match item.kind:
        case Kind.BEGINNING | Kind.FORM:
            return {"ORTH": {"REGEX": f"^{item.text}"}}
        case Kind.NUMBER:
            return {"ORTH": {"REGEX": NUMBERS}}
        case Kind.CLASS:
            return {"ORTH": {"IN": sorted(item.words)}}
        case Kind.AGENT:
            return {"ORTH": {"IN": ["anna", "bianchi"]}}
        case Kind.ANY:
            return {}
        case _:
            return {"ORTH": item.text}
