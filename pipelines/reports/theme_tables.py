"""Themes of comments on the terminal."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from qm.analysis.estimate_quality import wilson
from qm.domain.comment import Sentiment, Theme, ThemeReport
from qm.domain.figures import Count, Figure
from qm.domain.text import Language
from qm.units import Seconds
from qm.wording_comments import comment_word

SHOWN_TERMS = 4


@dataclass
class Stopwatch:
    """Shows progress, and how long encoding took and the rest.

    Attributes:
        clock: seconds that only grow.
        show: told how many statements are done, and of how many.
    """

    clock: Callable[[], Seconds]
    show: Callable[[int, int], None]
    statements: int = 0
    encoding_s: Seconds = 0.0
    rest_s: Seconds = 0.0

    def __post_init__(self) -> None:
        self._begun_s = self._last_s = self.clock()
        self._first = 0

    def tell(self, done: int, total: int) -> None:
        """Note that some statements are encoded."""
        now = self.clock()
        if self.statements:
            self.encoding_s += now - self._last_s
        else:
            self._first = done  # the first lot waits for gathering and loading: it tells nothing about the rate
        self._last_s, self.statements = now, done
        self.show(done, total)

    def stop(self) -> None:
        """Note that all is done."""
        self.rest_s = self.clock() - self._last_s

    @property
    def rate(self) -> float | None:
        """Statements a second; `None` where too few were encoded to tell."""
        return (self.statements - self._first) / self.encoding_s if self.encoding_s > 0 else None


def print_themes(out: Console, report: ThemeReport, language: Language) -> None:
    """The themes with counts and intervals, each with its most central passage, and what can't be said."""

    def word(key: str, **values: object) -> str:
        return comment_word(key, language, **values)

    out.print(word("read", source=word(f"source_{report.source}"), n=report.n, method=word(f"method_{report.method}"),
                   no_words=report.no_words, cut=report.cut, other=report.other_language))  # fmt: skip
    if report.themes:
        out.print(_table(report, language))
        out.print(word("other", hits=report.other.hits, n=report.other.n))
    if report.checked.n >= report.min_n:
        lo, hi = (number(100 * end, language) for end in wilson(report.checked))
        out.print(word("checked", hits=report.checked.hits, n=report.checked.n, lo=lo, hi=hi))
    for reason in report.cannot:
        out.print(word(f"cannot_{reason}", min_n=report.min_n, n=report.n, other=report.other_language))


def print_speed(out: Console, watch: Stopwatch, language: Language) -> None:
    """How long it took, where that can be told."""
    if watch.rate is not None:
        out.print(comment_word(
            "took", language, n=watch.statements, seconds=number(watch.encoding_s, language),
            rate=number(watch.rate, language), rest=number(watch.rest_s, language),
        ))  # fmt: skip


def number(value: float, language: Language) -> str:
    """One decimal, with the language's sign.

    >>> number(12.34, Language.ITALIAN)
    '12,3'
    """
    text = f"{value:.1f}"
    return text.replace(".", ",") if language is Language.ITALIAN else text


def _table(report: ThemeReport, language: Language) -> Table:
    table = Table(box=None, pad_edge=False)
    for key in ("theme", "n", "share", "negative", "detractors"):
        table.add_column(comment_word(key, language), justify="left" if key == "theme" else "right")
    for theme in report.themes:
        table.add_row(*_cells(theme, report.min_n, language))
    return table


def _cells(theme: Theme, min_n: int, language: Language) -> list[str]:
    said = comment_word("example", language, text=theme.centre)
    name = f"{' · '.join(theme.terms[:SHOWN_TERMS]) or theme.name}\n  {said}"
    negative = theme.sentiment.of(Sentiment.NEGATIVE) if theme.sentiment else Count(0, 0)
    return [
        name, str(theme.n), _figure(theme.share, language), _count(negative, min_n, language),
        _count(theme.detractors, min_n, language),
    ]  # fmt: skip


def _figure(figure: Figure, language: Language) -> str:
    if figure.value is None or figure.lo is None or figure.hi is None:
        return f"n={figure.n}"
    return " ".join([f"{number(100 * figure.value, language)} %",
                     f"({number(100 * figure.lo, language)}–{number(100 * figure.hi, language)})"])  # fmt: skip


def _count(count: Count, min_n: int, language: Language) -> str:
    if count.n < min_n or not count.n:
        return f"n={count.n}"
    lo, hi = wilson(count)
    return f"{_figure(Figure(count.hits / count.n, lo, hi, count.n), language)} n={count.n}"
