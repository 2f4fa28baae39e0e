"""Figures as they are told: rounded."""

from qm.domain.figures import Figure


def rounded(value: float, lo: float, hi: float, n: int, digits: int = 4) -> Figure:
    """A figure with its interval, rounded to what's worth telling.

    >>> rounded(0.123456, 0.1, 0.2, 30, 2)
    Figure(value=0.12, lo=0.1, hi=0.2, n=30)
    """
    return Figure(round(float(value), digits), round(float(lo), digits), round(float(hi), digits), n)
