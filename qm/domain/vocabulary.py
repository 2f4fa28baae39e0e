"""Names and products that the recogniser should expect, by process and queue."""

from dataclasses import dataclass

from qm.domain.contact import Contact


@dataclass(frozen=True)
class Term:
    """One name or product. Where it is expected: an empty language, process or queue means any.

    >>> Term("Fibra Ultraveloce", "it").text
    'Fibra Ultraveloce'
    """

    text: str
    language: str = ""
    process: str = ""
    queue: str = ""

    def is_expected(self, contact: Contact) -> bool:
        """True where the contact may be about it; a contact whose language isn't known may be in any."""
        return self.language in {"", contact.language or self.language} and self.is_expected_at(
            contact.process, contact.queue
        )

    def is_expected_at(self, process: str, queue: str) -> bool:
        """True where a contact of this process in this queue may be about it; case doesn't matter, as in rules.

        >>> Term("Fibra", process="Guasti").is_expected_at("guasti", "nord")
        True
        """
        return self.process.casefold() in {"", process.casefold()} and self.queue.casefold() in {"", queue.casefold()}


@dataclass(frozen=True)
class Vocabulary:
    """All terms of a site."""

    all: tuple[Term, ...] = ()

    def terms(self, contact: Contact) -> str:
        """Those to expect in a contact, in the order of the list, separated by commas; each once."""
        return ", ".join(dict.fromkeys(term.text for term in self.all if term.is_expected(contact)))
