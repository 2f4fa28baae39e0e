"""The 34 published coefficients, to the digit that was printed."""

import json
import os
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from qm.analysis.calibration.agreement_alpha import Level, krippendorff_alpha
from qm.analysis.calibration.agreement_icc import ICCS, cronbach_alpha, intraclass
from qm.analysis.calibration.agreement_kappas import (
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac,
    percent_agreement,
    scott_pi,
)
from qm.config import REPOSITORY
from tests.unit.published_ratings import (
    ABSTRACTORS,
    DIAGNOSES,
    FOUR_RATERS,
    QUESTIONS,
    SIX_RATERS,
    WINES,
    ratings_of_counts,
)

FOLDER = Path(os.environ.get("QM_SHARED_DATA") or REPOSITORY.parent / "shared" / "data") / "agreement"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the published coefficients aren't here: {FOLDER}")

STATISTICS = {
    "percent agreement": percent_agreement,
    "Cohen kappa": cohen_kappa,
    "Conger kappa": cohen_kappa,
    "Scott pi": scott_pi,
    "Fleiss kappa": fleiss_kappa,
    "Gwet AC1": gwet_ac,
    "Brennan-Prediger": brennan_prediger,
    "Krippendorff alpha": krippendorff_alpha,
    "Cronbach alpha": lambda scores: cronbach_alpha(scores).value,
    **{f"alpha {level}": lambda ratings, level=level: krippendorff_alpha(ratings, level) for level in Level},
    **{name: lambda scores, name=name: intraclass(scores)[name].value for name in ICCS},
}
TABLES = {
    "irr/csv/diagnoses.csv": DIAGNOSES,
    "irrCAC/inst/extdata/cont3x3abstractors.csv": ABSTRACTORS,
    "irrCAC/inst/extdata/distrib.6raters.csv": SIX_RATERS,
    "irrCAC/inst/extdata/cac.raw4raters.csv": FOUR_RATERS,
    "pingouin/icc.csv": WINES,
    "pingouin/cronbach_alpha.csv": QUESTIONS,
}


def table_of(name):
    if name in TABLES:
        return TABLES[name]
    lines = (FOLDER / name).read_text().split()
    given = np.array([[float(cell) for cell in line.split(",")] for line in lines if not line.startswith("A,")])
    return ratings_of_counts(given) if name == "wikipedia_fleiss.csv" else given


def published():
    file = FOLDER / "published_values.json"
    return json.loads(file.read_text(), parse_float=Decimal) if file.is_file() else []


@pytest.mark.parametrize("case", published(), ids=lambda case: f"{case['data']} {case['statistic']}")
def test_a_published_value(case):
    value = STATISTICS[case["statistic"]](table_of(case["data"]))
    printed = case["published"]
    assert Decimal(value).quantize(printed) == printed
    assert value == pytest.approx(float(case["recomputed"]), abs=5.1e-6)


def test_all_34_are_there():
    assert len(published()) == 34
