"""Takes obvious personal data out of a text before it's shown: numbers and addresses that have a form of their own.

Names, streets and what a customer tells of themselves stay: they have no form to be known by.
"""

import re

MARK = {
    "email": "[e-mail]",
    "iban": "[IBAN]",
    "tax_code": "[codice fiscale]",
    "link": "[link]",
    "number": "[…]",
}
"""What stands in their place."""
LEAST_DIGITS = 6
"""Digits in a row, blanks and marks between them allowed, that may be a telephone, card, account or policy number."""
_PATTERNS = (
    ("link", re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("email", re.compile(r"[^\s@<>()\[\],;:]{1,64}@[^\s@<>()\[\],;:]{1,190}\.[a-z]{2,24}\b", re.IGNORECASE)),
    ("iban", re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", re.IGNORECASE)),
    (
        "tax_code",
        re.compile(r"\b[A-Z]{6}[\dLMNP-V]{2}[A-EHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]\b", re.IGNORECASE),
    ),
    ("number", re.compile(rf"\+?\d(?:[\s./()-]{{0,2}}\d){{{LEAST_DIGITS - 1},}}")),
)


def redact_text(text: str) -> str:
    """Without links, e-mail addresses, IBANs, Italian tax codes and numbers of six or more digits.

    >>> redact_text("chiamatemi al 333 123 4567 o a mario@example.it")
    'chiamatemi al […] o a [e-mail]'
    >>> redact_text("ho aspettato 40 minuti, voto 10")
    'ho aspettato 40 minuti, voto 10'
    """
    for kind, pattern in _PATTERNS:
        text = pattern.sub(MARK[kind], text)
    return text
