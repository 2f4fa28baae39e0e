"""Requests at a rate: what people who look at pages do to the API while something else goes on."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.figures import BenchFigure
from qm.config import Settings
from qm.domain.people import Person, PersonState, Right, Role
from qm.operations.passwords import Passwords
from qm.services.sign_in import SignInService
from qm.storage.database import Database
from qm.units import Seconds

PEOPLE = 32
"""Requests under way at once; where the server is slower than the rate, it's this many that wait."""
PATIENCE_S: Seconds = 60.0
TOKEN_LASTS = timedelta(days=2)
REFUSED, NOT_THERE = 400, 404
"""What isn't there yet is no trouble; whoever isn't let in measures nothing."""
SECONDS = ("p50", 50), ("p95", 95), ("p99", 99)


@dataclass(frozen=True)
class Mix:
    """What is asked for: a path made by a draw, and how often among the others."""

    name: str
    share: float
    path: Callable[[random.Random], str]


@dataclass
class Answers:
    """What came back.

    Attributes:
        taken_s: by name of the mix, from sending to the last byte.
        troubles: answers of 400 and more by code, but for what isn't there, and requests that got none by kind.
    """

    taken_s: dict[str, list[Seconds]] = field(default_factory=dict)
    troubles: Counter[str] = field(default_factory=Counter)
    wall_s: Seconds = 0.0

    @property
    def n(self) -> int:
        """Requests in all."""
        return sum(len(each) for each in self.taken_s.values())

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.n / self.wall_s if self.wall_s else 0.0

    def merge(self, other: "Answers") -> None:
        """Take over what another one counted."""
        for name, taken in other.taken_s.items():
            self.taken_s.setdefault(name, []).extend(taken)
        self.troubles.update(other.troubles)
        self.wall_s += other.wall_s

    def figures(self, wanted_rate: float) -> dict[str, BenchFigure]:
        """Rate, latency of all and of each kind, troubles."""
        every = [taken for each in self.taken_s.values() for taken in each]
        told = ", ".join(f"{name}: {count}" for name, count in sorted(self.troubles.items())) or "none"
        figures = {
            "api_rate": BenchFigure(round(self.rate, 2), "requests/s", self.n, target=f">= {0.99 * wanted_rate:g}"),
            "api_troubles": BenchFigure(float(self.troubles.total()), "requests", self.n, target="0", peer=told),
        }
        figures |= {f"api_{name}": _percentile(every, at) for name, at in SECONDS}
        figures |= {f"api_p95_{name}": _percentile(taken, 95) for name, taken in sorted(self.taken_s.items())}
        return figures


def _percentile(taken: Sequence[Seconds], at: int) -> BenchFigure:
    return BenchFigure(round(1000 * float(np.percentile(taken, at)), 1) if taken else 0.0, "ms", len(taken))


def looker(settings: Settings, *rights: Right) -> dict[str, str]:
    """The header of a program that looks at pages with an analyst's token, and with these rights of theirs alone."""
    database = Database(settings.database_url, settings.database_password_file, "qm bench")
    # Always the same: sites are compared row by row, and this one is in each of them.
    owner = Person("bench", "bench", "Bench", Role.ANALYST, state=PersonState.ACTIVE)
    service = SignInService(database.unit_of_work, database.reading, Passwords(), lambda: datetime.now(UTC))
    try:
        with database.unit_of_work() as unit:
            if unit.people.by_login(owner.login) is None:
                unit.people.add(owner)
        secret, _token = service.make_token(owner, "bench", frozenset(rights), owner.sees, TOKEN_LASTS, owner.login)
    finally:
        database.close()
    return {"authorization": f"Bearer {secret}"}


def ask(
    base: str, mixes: Sequence[Mix], rate: float, over: Callable[[], bool], headers: Mapping[str, str], seed: int = 1
) -> Answers:  # fmt: skip
    """Ask at a rate until it's over.

    Args:
        headers: of every request: who asks (`looker`).
    """
    return asyncio.run(_ask(base, mixes, rate, over, headers, random.Random(seed)))


async def _ask(
    base: str, mixes: Sequence[Mix], rate: float, over: Callable[[], bool], headers: Mapping[str, str],
    draw: random.Random,
) -> Answers:  # fmt: skip
    import httpx2

    answers, turns, began = Answers(), count(), perf_counter()
    async with httpx2.AsyncClient(base_url=base, timeout=PATIENCE_S, headers=headers) as client:

        async def person() -> None:
            while not over():
                due = began + next(turns) / rate
                await asyncio.sleep(max(0.0, due - perf_counter()))
                (mix,) = draw.choices(mixes, [one.share for one in mixes])
                await _one(client, mix, mix.path(draw), answers)

        await asyncio.gather(*(person() for _ in range(PEOPLE)))
    answers.wall_s = perf_counter() - began
    return answers


async def _one(client: Any, mix: Mix, path: str, answers: Answers) -> None:
    import httpx2

    began = perf_counter()
    try:
        response = await client.get(path)
        if response.status_code >= REFUSED and response.status_code != NOT_THERE:
            answers.troubles[_code(response)] += 1
    except httpx2.HTTPError as error:
        answers.troubles[type(error).__name__] += 1
    answers.taken_s.setdefault(mix.name, []).append(perf_counter() - began)


def _code(response: Any) -> str:
    try:
        return str(response.json()["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return f"HTTP {response.status_code}"
