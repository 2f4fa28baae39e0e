"""How bad a detractor case is: by how low the customer answered, and by what the comment gives away."""

import re
from collections.abc import Mapping

from qm.analysis.normalise_text import normalise
from qm.domain.case_plan import Severity

MARKS = {
    "legal": (
        r"avvocat\w*", r"(?:vie|azion[ei]|mio|mia|nostro|un) legal[ei]", r"denunci\w*", r"querel\w*", "tribunale",
        "giudice di pace", "associazion[ei] (?:dei )?consumatori", "altroconsumo", "codacons", "agcom", "agcm", "arera",
        "garante", "ivass", "corecom", "conciliazione", "(?:ai|sui) giornali", "lawyer", "solicitor", "attorney",
        "(?:sue|suing) (?:you|them)", "legal action", "ombudsman", "ofcom", "ofgem", "small claims",
        "trading standards", "(?:to|in) the press",
    ),
    "leaving": (
        r"disdett\w*", "disdico", r"recess[oi]", "recedo",
        r"cambi\w* (?:\w+ )?(?:gestore|fornitore|operatore|compagnia)",
        r"pass(?:o|are|ato|ata) (?:a|ad|alla) (?:un )?(?:altr|concorren)\w+", r"mai piu (?:client\w|con voi|da voi)",
        r"cancel(?:ling|led)? (?:\w+ )?(?:contract|account|subscription|service)",
        r"switch(?:ing|ed)? (?:\w+ )?(?:provider|supplier|operator|company)", "leaving you", "going elsewhere",
        "new (?:provider|supplier)",
    ),
    "vulnerable": (
        r"disabil\w*", "invalid[oiae]", "invalidita", "legge 104", "non vedente", r"dializz\w*", "ossigeno",
        "salvavita", r"macchinari\w* medic\w+", "ospedale", "malat[oaie]", r"neonat\w+", r"anzian[oa] sol\w",
        "disabled", "disability", "wheelchair", "oxygen", "dialysis", "hospital", "newborn", "life support",
        "medical equipment",
    ),
    "again": (
        "(?:terza|quarta|quinta|sesta|ennesima) (?:volta|chiamata|telefonata|segnalazione)",
        "(?:[3-9]|10|tre|quattro|cinque|sei|dieci) (?:volte|chiamate|telefonate)", "da (?:settimane|mesi)",
        "sempre lo stesso problema", "(?:third|fourth|fifth|umpteenth) (?:time|call)",
        "(?:[3-9]|10|three|four|five|six|ten) (?:times|calls)", "for (?:weeks|months)", "same problem again",
    ),
}  # fmt: skip
"""What in a comment makes a case worse, as patterns over normalised words, Italian and English.

Only the order of the queue and what may be offered hang on it, so it is deliberately simple: a denied wish ("non farò
disdetta") counts as well, and people see which mark was found.
"""
_PATTERNS = {name: re.compile(rf"\b(?:{'|'.join(patterns)})\b") for name, patterns in MARKS.items()}
LONGEST_LOOKED_AT = 20_000
"""Characters of a comment that are looked at; what a customer writes by hand is far shorter."""


def marks_of(comment: str) -> tuple[str, ...]:
    """Which marks a comment carries, in the order of `MARKS`.

    >>> marks_of("È la terza volta che chiamo, mi rivolgo all'avvocato!")
    ('legal', 'again')
    """
    words = " ".join(normalise(comment[:LONGEST_LOOKED_AT]))
    return tuple(name for name, pattern in _PATTERNS.items() if pattern.search(words))


def severity_of(
    scores: Mapping[str, float], at_most: Mapping[str, float], lows: Mapping[str, float], marks: tuple[str, ...]
) -> Severity:
    """Severity of a case.

    By the lowest answer in proportion to its limit: in the lowest third of low..limit (NPS 0 to 2) high, in the middle
    one (3, 4) medium, else low; a mark raises it by one, the mark `legal` to high.

    Args:
        scores: the answers that count, by scale; low without any.
        lows: lowest value of each scale, 0 where it isn't named.
    """
    if "legal" in marks:
        return Severity.HIGH
    depths = [_depth(value, lows.get(scale, 0.0), at_most[scale]) for scale, value in scores.items()]
    depth = min(depths, default=1.0)
    by_score = Severity.HIGH if depth <= 1 / 3 else Severity.MEDIUM if depth <= 2 / 3 else Severity.LOW
    return Severity(min(by_score + bool(marks), Severity.HIGH))


def _depth(value: float, low: float, limit: float) -> float:
    """0 at the lowest answer, 1 at the limit."""
    return (value - low) / (limit - low) if limit > low else 0.0
