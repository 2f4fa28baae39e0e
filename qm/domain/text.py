"""A text that people read, in every language of the product."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """Languages that recognition, rules and pages fully support."""

    ITALIAN = "it"
    ENGLISH = "en"


@dataclass(frozen=True)
class Text:
    """The same words in Italian and in English."""

    it: str
    en: str

    def __post_init__(self) -> None:
        if not self.it.strip() or not self.en.strip():
            raise ValueError("text: both `it` and `en` must be given")

    def said_in(self, language: Language) -> str:
        """The wording for `language`."""
        return self.it if language is Language.ITALIAN else self.en
