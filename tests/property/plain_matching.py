"""The phrase language done slowly and plainly: what the index must find, and no more. Import from tests only."""

from qm.analysis.compile_phrases import Gap, Kind, Literal, compile_phrase
from qm.analysis.find_likeness import GRAM, GRAM_SHARE
from qm.analysis.read_numbers import numbers_at
from qm.analysis.scope_negation import NEGATORS, is_negated_before


def plain_hits(phrases, stream, language, names=()):
    """First word, last word and negation of each hit, by trying every wording at every word."""
    patterns = [pattern for phrase in phrases for pattern in compile_phrase(phrase, language=language)]
    hits, at = [], 0
    while at < len(stream):
        ends = [(end, p) for p in patterns if (end := _match(p.elements, 0, stream, at, names, language)) is not None]
        if not ends:
            at += 1
            continue
        found = [(end, _is_negated(stream, at, end, p, language)) for end, p in ends]
        last, negated = max(found, key=lambda each: (each[0], not each[1]))
        hits.append((at, last, negated))
        at = last + 1
    return hits


def _match(elements, element, stream, at, names, language):
    if element == len(elements):
        return at - 1
    item = elements[element]
    if isinstance(item, Gap):
        for skip in range(item.most + 1):
            if at + skip >= len(stream) or stream.is_broken(at + skip):
                return None
            end = _match(elements, element + 1, stream, at + skip, names, language)
            if end is not None:
                return end
        return None
    if at >= len(stream) or (element and stream.is_broken(at)):
        return None
    if item.kind is Kind.VALUE:
        stops = numbers_at(stream.texts, at).get(item.key, [])
        whole = [stop for stop in stops if not any(stream.is_broken(place) for place in range(at + 1, stop))]
        ends = [_match(elements, element + 1, stream, stop, names, language) for stop in whole]
        return next((end for end in ends if end is not None), None)
    if not item.accepts(stream.texts[at], names, language):
        return None
    return _match(elements, element + 1, stream, at + 1, names, language)


def _is_negated(stream, first, last, pattern, language):
    if is_negated_before(stream, first, 0, language):
        return True
    if not any(isinstance(item, Gap) or item.kind is Kind.ANY for item in pattern.elements):
        return False
    asked_for = {item.text for item in pattern.elements if isinstance(item, Literal)}
    return any(word in NEGATORS[language] - asked_for for word in stream.texts[first : last + 1])


def stretches(letters, text):
    """Letters of a text in windows of a phrase's length that hold enough of its groups, tried one by one."""
    groups = {letters[at : at + GRAM] for at in range(len(letters) - GRAM + 1)}
    places = [at for at in range(len(text) - GRAM + 1) if text[at : at + GRAM] in groups]
    for first in places:
        if sum(first <= at <= first + len(letters) - GRAM for at in places) >= GRAM_SHARE * len(groups):
            yield first
