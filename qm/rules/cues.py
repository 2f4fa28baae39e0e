"""What the forms expect agents to say: phrases that help to tell who the agent is."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass

from qm.domain.transcript import Role
from qm.rules.conditions import Negated, Not, Say
from qm.rules.pack import Pack


def agent_cues(packs: Sequence[Pack]) -> dict[str, tuple[str, ...]]:
    """Phrases by language that some rule wants an agent, and nobody else, to say; each once, in order of the packs."""
    plain = [
        rule for pack in packs for rule in pack.rules if not rule.options
    ]  # an option may be the wrong thing to say
    says = [say for rule in plain for say in _says(rule.met) if _is_an_agents(say)]
    found: dict[str, dict[str, None]] = {}
    for language, phrases in (spoken for say in says for spoken in say.phrases):
        found.setdefault(language.value, {}).update(dict.fromkeys(phrases))
    return {language: tuple(phrases) for language, phrases in sorted(found.items())}


def _is_an_agents(say: Say) -> bool:
    return say.roles == frozenset({Role.AGENT}) and say.negated is not Negated.ONLY


def _says(part: object) -> Iterator[Say]:
    """Every `Say` of a condition, however deep; what stands under a `Not` must not be said, and is left out."""
    if isinstance(part, Say):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from _says(inner)
    elif is_dataclass(part) and not isinstance(part, Not):
        for field in fields(part):
            yield from _says(getattr(part, field.name))
