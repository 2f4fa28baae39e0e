"""Wording of criteria that people read in different ways: two questions in one, vague words, hidden conditions."""

import re
from collections.abc import Mapping

from qm.domain.text import Language

_ITALIAN, _ENGLISH = Language.ITALIAN, Language.ENGLISH

VAGUE: Mapping[Language, re.Pattern[str]] = {
    _ITALIAN: re.compile(
        r"\b((?:in)?adeguat(?:o|a|i|e|amente)|appropriat(?:o|a|i|e|amente)|opportun(?:o|a|i|e|amente)|"
        r"buon(?:o|a|i|e)|professional(?:e|i|mente|ità)|sufficient(?:e|i|emente)|idone(?:o|a|i|e)|"
        r"efficac(?:e|i|emente)|soddisfacent(?:e|i)|congru(?:o|a|i|e)|debitamente)\b",
        re.IGNORECASE,
    ),
    _ENGLISH: re.compile(
        r"\b((?:in)?appropriate(?:ly)?|(?:in)?adequate(?:ly)?|good|proper(?:ly)?|professional(?:ly|ism)?|"
        r"sufficient(?:ly)?|suitabl[ey]|reasonabl[ey]|effective(?:ly)?|nice(?:ly)?|duly)\b",
        re.IGNORECASE,
    ),
}
"""Words that each rater measures by another yardstick."""

_STEMS = {
    _ITALIAN: (
        "accogli accert aggiorn annot annunci ascolt avvert chied chiud comunic conced conferm conged consegn consult "
        "controll cita cit dà dichiar dice dimostr evit formul forn garant identific illustr indic inform inser invit "
        "lasci legg manten mantien mostr nomin offr personalizz present promett propon raccogli rassicur registr "
        "riassum richied riepilog ringrazi risolv rispett rispond salut scus spieg us utilizz verific"
    ),
    _ENGLISH: (
        "acknowledge announce apologise apologize ask avoid check close confirm explain give greet guarantee identify "
        "inform introduce invite keep listen mention name note offer open personalise present promise propose read "
        "reassure record repeat resolve respect respond say show solve state summarise summarize take tell thank "
        "understand update use verify warn welcome"
    ),
}
_ENDINGS = {_ITALIAN: "(?:|a|e|ce|isce|are|arsi|ere|ersi|ire|irsi)", _ENGLISH: "(?:s|es|ed|d|ing|)"}
_JOINS = {_ITALIAN: frozenset("e ed o oppure".split()), _ENGLISH: frozenset(("and", "or"))}
_BETWEEN = {
    _ITALIAN: frozenset("si gli le lo la li ne ci vi non poi anche ad a".split()),
    _ENGLISH: frozenset("then also not to it them".split()),
}
"""What may stand between the joining word and the second verb."""


def _verbs(language: Language) -> re.Pattern[str]:
    stems = [stem.removesuffix("y") + "(?:y|i)" if stem.endswith("y") else stem for stem in _STEMS[language].split()]
    soft = [stem.removesuffix("e") + "e?" if stem.endswith("e") else stem for stem in stems]
    return re.compile(f"(?:{'|'.join(soft)}){_ENDINGS[language]}")


_VERBS = {language: _verbs(language) for language in Language}
_CONDITIONS = {
    _ITALIAN: re.compile(r"^(?:se|quando|qualora|ove|in caso)\b|, (?:se|quando|qualora|ove) ", re.IGNORECASE),
    _ENGLISH: re.compile(r"^(?:if|when|where|in case)\b|, (?:if|when) ", re.IGNORECASE),
}


def vague_words(text: str, language: Language) -> tuple[str, ...]:
    """Vague words in a text, each once.

    >>> vague_words("Greets in an appropriate way", Language.ENGLISH)
    ('appropriate',)
    """
    return tuple(dict.fromkeys(word.lower() for word in VAGUE[language].findall(text)))


def joined_questions(title: str, language: Language) -> str:
    """The word that joins two verbs of a title, so that one half can be met and the other not; empty where none does.

    >>> joined_questions("Saluta e si presenta", Language.ITALIAN)
    'e'
    >>> joined_questions("Names price and duration", Language.ENGLISH)
    ''
    """
    words: list[str] = re.findall(r"\w+", title.lower())
    for place, word in enumerate(words):
        if word not in _JOINS[language] or not any(_is_verb(one, language) for one in words[:place]):
            continue
        after = [one for one in words[place + 1 : place + 4] if one not in _BETWEEN[language]]
        if after and _is_verb(after[0], language):
            return word
    return ""


def has_condition(title: str, language: Language) -> bool:
    """True where a title names a condition ("if asked, …"), so that it won't apply to every contact.

    >>> has_condition("Se richiesto, dice il prezzo", Language.ITALIAN)
    True
    """
    return _CONDITIONS[language].search(title) is not None


def _is_verb(word: str, language: Language) -> bool:
    return _VERBS[language].fullmatch(word) is not None
