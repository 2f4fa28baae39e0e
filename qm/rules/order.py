"""Which answers a condition asks for, and the order of answering that this asks for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from graphlib import CycleError, TopologicalSorter

from qm.rules.conditions import Answered, Condition, Say


def answered_in(part: object) -> Iterator[Answered]:
    """Every `answered` of a condition, however deep."""
    if isinstance(part, Answered):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from answered_in(inner)
    elif is_dataclass(part) and not isinstance(part, Say):
        for item in fields(part):
            yield from answered_in(getattr(part, item.name))


def asked_by(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Ids of the criteria that conditions read, each once."""
    return tuple(dict.fromkeys(part.criterion_id for one in conditions for part in answered_in(one)))


def answering_order(asked: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The order of answering and, where there is none, a cycle; the other one is empty.

    >>> answering_order({"a": ("b",), "b": (), "c": ()})[0]
    ('b', 'c', 'a')
    >>> answering_order({"a": ("b",), "b": ("a",)})[1]
    ('a', 'b', 'a')
    """
    sorter = TopologicalSorter({name: [other for other in others if other in asked] for name, others in asked.items()})
    try:
        order = tuple(sorter.static_order())
    except CycleError as error:
        return (), _from_first(tuple(error.args[1]), asked)
    return order, ()


def _from_first(cycle: tuple[str, ...], asked: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A cycle from the criterion that stands first in the form, each before what it asks for."""
    forward = cycle if cycle[1] in asked[cycle[0]] else tuple(reversed(cycle))
    ring = list(forward[:-1])
    start = min(range(len(ring)), key=lambda at: list(asked).index(ring[at]))
    turned = ring[start:] + ring[:start]
    return (*turned, turned[0])
