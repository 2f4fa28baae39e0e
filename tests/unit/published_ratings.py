"""Small tables of ratings from the literature, whose coefficients are published. Counts are turned into ratings."""

import numpy as np

_DIAGNOSES = """
4 4 4 4 4 4
2 2 2 5 5 5
2 3 3 3 3 5
5 5 5 5 5 5
2 2 2 4 4 4
1 1 3 3 3 3
3 3 3 3 5 5
1 1 3 3 3 4
1 1 4 4 4 4
5 5 5 5 5 5
1 4 4 4 4 4
1 2 4 4 4 4
2 2 2 3 3 3
1 4 4 4 4 4
2 2 4 4 4 5
3 3 3 3 3 5
1 1 1 4 5 5
1 1 1 1 1 2
2 2 4 4 4 4
1 3 3 5 5 5
5 5 5 5 5 5
2 4 4 4 4 4
2 2 4 5 5 5
1 1 4 4 4 4
1 4 4 4 4 5
2 2 2 2 2 4
1 1 1 1 5 5
2 2 4 4 4 4
1 3 3 3 3 3
5 5 5 5 5 5
"""
"""30 patients, 6 psychiatrists, 5 diagnoses: Fleiss, Psychological Bulletin 76 (1971)."""

_SIX_RATERS = """
0 0 0 6 0
0 3 0 0 3
0 1 4 0 1
0 0 0 0 6
0 3 0 3 0
2 0 4 0 0
0 0 4 0 2
2 0 3 1 0
2 0 0 4 0
0 0 0 0 6
1 0 0 5 0
1 1 0 4 0
0 3 3 0 0
1 0 0 5 0
0 2 0 3 1
"""
"""Patients by diagnosis, how many of 6 psychiatrists gave each: 15 of them in Gwet, Handbook (2014)."""

_WINES = """
1 2 0 1
1 3 3 2
3 8 1 4
6 4 3 3
6 5 5 6
7 5 6 2
8 7 7 9
9 9 9 8
"""
"""8 wines, 4 judges: real-statistics.com, intraclass correlation."""

_QUESTIONS = """
3 2 4 1 4 5 1 4 3 2
5 4 6 3 5 1 2 5 5 5
7 3 5 5 6 4 3 3 6 5
2 4 3 3 2 2 2 6 6 3
6 5 6 5 4 4 4 6 7 5
1 2 3 4 2 5 2 3 5 2
4 3 5 3 5 2 1 2 4 3
2 4 4 3 7 2 2 4 6 5
6 5 5 5 1 6 5 2 3 2
5 4 6 4 3 5 3 1 7 2
4 3 5 2 5 3 2 3 4 1
4 2 3 2 5 3 4 2 3 4
5 5 6 2 3 3 2 4 4 5
6 5 5 4 2 2 1 4 6 5
4 3 5 5 3 1 3 2 3 4
"""
"""15 people, 10 questions: real-statistics.com, Cronbach."""

_FOUR_RATERS = """
1 1 nan 1
2 2 3 2
3 3 3 3
3 3 3 3
2 2 2 2
1 2 3 4
4 4 4 4
1 1 2 1
2 2 2 2
nan 5 5 5
nan nan 1 1
nan nan 3 nan
"""
"""12 units, 4 raters: Krippendorff's data as Gwet (2014) gives them, with another rater of the last unit."""

_ABSTRACTORS = """
13 0 0
0 20 7
0 4 56
"""
"""100 records by what two abstractors found: Gwet (2014)."""


def _table(text: str) -> np.ndarray:
    return np.array([[float(cell) for cell in line.split()] for line in text.strip().splitlines()])


def ratings_of_counts(counts: np.ndarray) -> np.ndarray:
    """One row a unit: each category as often as raters gave it. Who gave what is lost, and isn't needed."""
    rows = [[k for k, times in enumerate(row) for _ in range(int(times))] for row in counts]
    width = max(map(len, rows))
    return np.array([row + [np.nan] * (width - len(row)) for row in rows], dtype=float)


def ratings_of_cells(cells: np.ndarray) -> np.ndarray:
    """Two raters' ratings from their table of counts."""
    return np.array([(a, b) for a, row in enumerate(cells) for b, times in enumerate(row) for _ in range(int(times))])


DIAGNOSES = _table(_DIAGNOSES)
SIX_RATERS = ratings_of_counts(_table(_SIX_RATERS))
WINES = _table(_WINES)
QUESTIONS = _table(_QUESTIONS)
ABSTRACTORS = ratings_of_cells(_table(_ABSTRACTORS))
FOUR_RATERS = _table(_FOUR_RATERS)
