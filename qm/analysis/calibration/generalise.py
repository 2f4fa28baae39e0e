"""Generalisability theory: how far scores hold beyond the raters and contacts that were drawn (Cronbach 1972)."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qm.analysis.calibration.count_disagreements import once_each
from qm.analysis.calibration.draw_components import draw_components
from qm.analysis.calibration.split_variance import Components, Part, split_variance
from qm.analysis.voc.rounded_figure import rounded
from qm.domain.figures import Figure
from qm.domain.generalisability import Dependability, GeneralisabilityStudy, SpreadPart

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
FACETS = ("contact", "rater", "criterion")
LEAST_CONTACTS = 10
LEAST_RATERS = 2
SHOWN_RATERS = (1, 2, 3, 5)
ENDS = (0.025, 0.975)


@dataclass(frozen=True)
class ScoreSpread:
    """Variances of a contact's form score, in points squared: estimate and draws.

    The form's criteria are fixed: a score stands for this form, not for other criteria that might have been asked.

    Attributes:
        contact: between contacts, as all raters together would see them.
        rater: between raters over all contacts.
        together: what a rater makes of a contact, and chance.
    """

    contact: Floats
    rater: Floats
    together: Floats

    def relative(self, raters: int) -> Floats:
        """G coefficient of the mean of so many raters."""
        return self.contact / np.maximum(self.contact + self.together / raters, 1e-9)

    def absolute(self, raters: int) -> Floats:
        """Phi of the mean of so many raters."""
        return self.contact / np.maximum(self.contact + (self.rater + self.together) / raters, 1e-9)


def as_cube(ratings: "pd.DataFrame") -> Floats:
    """Ratings as contacts x raters x criteria in points (100 met, 0 not met); NaN: no answer."""
    once = once_each(ratings)
    codes = [np.unique(once[name].astype(str), return_inverse=True)[1] for name in ("contact_id", "rater", "criterion")]
    cube = np.full([int(code.max(initial=-1)) + 1 for code in codes], np.nan)
    cube[tuple(codes)] = 100.0 * once["value"].to_numpy(dtype=float)
    return cube


def generalise(ratings: "pd.DataFrame", rng: np.random.Generator) -> tuple[GeneralisabilityStudy, ScoreSpread | None]:
    """Components of variance, G and phi with 95 % intervals, and the spread of scores that a plan starts from.

    Args:
        ratings: as `study_raters` takes them.
        rng: draws for the intervals.
    """
    cube = as_cube(ratings)
    contacts, raters, criteria = cube.shape
    study = GeneralisabilityStudy(contacts, raters, criteria, int((~np.isnan(cube)).sum()))
    why = _thin(cube)
    if why:
        return replace(study, why=why), None
    try:
        found = split_variance(cube)
        draws = draw_components(found, cube, rng)
    except ValueError:
        return replace(study, why="not_crossed"), None
    spread = scores_spread(found, draws)
    shown = tuple(_dependability(spread, number, contacts) for number in SHOWN_RATERS)
    return replace(study, parts=_parts(found, draws, study.answers), dependability=shown), spread


def _thin(cube: Floats) -> str:
    known = ~np.isnan(cube)
    refusals = (
        (not known.any(), "nothing_rated"),
        (cube.shape[1] < LEAST_RATERS, "one_rater"),
        (cube.shape[0] < LEAST_CONTACTS, "few_contacts_rated"),
        (known.any() and np.ptp(cube[known]) == 0, "all_the_same"),
    )
    return next((code for holds, code in refusals if holds), "")


def _parts(found: Components, draws: Floats, n: int) -> tuple[SpreadPart, ...]:
    whole = np.maximum(found.variances, 0).sum()
    ends = np.sqrt(np.quantile(draws, ENDS, axis=0))
    return tuple(
        SpreadPart(
            tuple(FACETS[axis] for axis in part),
            rounded(np.sqrt(max(variance, 0)), ends[0, i], ends[1, i], n, 2),
            round(float(max(variance, 0) / whole), 4),
        )
        for i, (part, variance) in enumerate(zip(found.parts, found.variances, strict=True))
    )  # fmt: skip


def scores_spread(found: Components, draws: Floats) -> ScoreSpread:
    """Components of the mean over the form's criteria, criteria fixed (Brennan 2001, ch. 4.4); the estimate first."""
    table = np.vstack([np.maximum(found.variances, 0.0), draws])
    criteria = found.sizes[2]

    def of(part: Part) -> Floats:
        with_criterion = (*part, 2)
        total = np.zeros(len(table))
        for other, divisor in ((part, 1.0), (with_criterion, criteria)):
            if other in found.parts:
                total += table[:, found.parts.index(other)] / divisor
        return total

    return ScoreSpread(of((0,)), of((1,)), of((0, 1)))


def _dependability(spread: ScoreSpread, raters: int, contacts: int) -> Dependability:
    return Dependability(
        raters, *(_figure(part, contacts) for part in (spread.relative(raters), spread.absolute(raters)))
    )


def _figure(values: Floats, n: int) -> Figure:
    """The first is the estimate, the rest are draws."""
    lo, hi = np.quantile(values[1:], ENDS)
    return rounded(values[0], min(lo, values[0]), max(hi, values[0]), n)
