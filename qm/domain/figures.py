"""Numbers that people read: always with n and an interval, or not at all."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """An estimate with its 95 % interval.

    Attributes:
        value: `None` where n is below the minimum or nothing was counted; `lo` and `hi` with it.
        n: how many observations stand behind it; shown even where the value isn't.
    """

    value: float | None
    lo: float | None
    hi: float | None
    n: int

    def __post_init__(self) -> None:
        if self.n < 0:
            raise ValueError(f"n: must not be negative, got {self.n}")
        if (self.value is None) != (self.lo is None) or (self.value is None) != (self.hi is None):
            raise ValueError("value, lo and hi: given together or not at all")

    def in_hundredths(self) -> "Figure":
        """A share in hundredths.

        >>> Figure(0.5, 0.25, 0.75, 8).in_hundredths()
        Figure(value=50.0, lo=25.0, hi=75.0, n=8)
        """
        if self.value is None or self.lo is None or self.hi is None:
            return self
        return Figure(100 * self.value, 100 * self.lo, 100 * self.hi, self.n)


@dataclass(frozen=True)
class Count:
    """A numerator and its denominator; the rate is derived, never stored."""

    hits: int
    n: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.n:
            raise ValueError(f"hits: must lie in 0..{self.n}, got {self.hits}")

    @property
    def rate(self) -> float | None:
        """Hits over n; `None` for n = 0."""
        return self.hits / self.n if self.n else None
