"""Pages about raters and about score and satisfaction, their twins, and what they say when there is nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest

from benchmarks.voc_study_made import Rated, make_pairs, make_ratings
from qm.analysis.calibration.generalise import generalise
from qm.analysis.calibration.plan_figures import plan_figures
from qm.analysis.calibration.rater_drift import by_period, find_drift
from qm.analysis.calibration.rater_severity import study_raters
from qm.analysis.calibration.score_to_satisfaction import map_score
from qm.documents import dump
from qm.domain.figures import Figure
from qm.services.rater_study import MAPS, RATERS
from qm.services.study_views import MapReport, PlanReport, RaterReport

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
NOTHING = Figure(None, None, None, 0)
FORM = "servizio-clienti"
NASTY = "=<script>alert(1)</script>"


def rng():
    return np.random.default_rng(1)


@cache
def rater_report():
    made = Rated(30, np.array([-1.0, 0.0, 1.0]), np.linspace(-1, 1, 6))
    ratings = make_ratings(made, rng()).replace({"rater": {"r000": NASTY, "r001": "machine"}})
    later = make_ratings(made, np.random.default_rng(2), 2, 1000).replace({"rater": {"r000": NASTY, "r001": "machine"}})
    import pandas as pd

    both = pd.concat([ratings, later])
    spread, scores = generalise(both, rng())
    study = replace(study_raters(both), drifts=find_drift(by_period(both)))
    plan = PlanReport(5.0, 0.8, NOTHING, NOTHING, plan_figures(None, scores, 5.0, 0.8))
    return RaterReport(FORM, NOW, ("K001",), study, spread, plan)


@cache
def map_report(shape="straight"):
    return MapReport(NOW, map_score(make_pairs(400, 20, rng(), shape), FORM, "satisfaction"))


@pytest.fixture
def filled(empty_client):
    with empty_client.app.state.services.database.unit_of_work() as unit:
        unit.documents.save(RATERS, FORM, dump(rater_report()))
        unit.documents.save(MAPS, FORM, dump(map_report()))
    return empty_client


@pytest.mark.parametrize("name", ["raters", "map"])
@pytest.mark.parametrize(("lang", "words"), [("it", "Niente ancora da mostrare"), ("en", "Nothing to show yet")])
def test_nothing_yet_names_the_command(empty_client, name, lang, words):
    page = empty_client.get(f"/calibration/{name}?lang={lang}")
    assert page.status_code == 200
    assert words in page.text
    assert f"qm calibrate {name}" in page.text
    assert empty_client.get(f"/api/v1/calibration/{name}").json()["report"] is None
    assert empty_client.get(f"/api/v1/calibration/{name}.csv").text.count("\n") == 1


def test_the_raters_page_draws_and_tells_the_same(filled):
    page = filled.get("/calibration/raters?lang=it").text
    assert page.count('<svg class="chart') == 3
    assert "macchina" in page
    assert "<script>alert" not in page
    assert "style=" not in page
    severe = filled.get("/api/v1/calibration/raters").json()["report"]["study"]["raters"]
    value = next(one["effect"]["value"] for one in severe if one["id"] == "r002")
    assert f"{value:.2f}".replace(".", ",") in page


def test_csv_runs_no_formulas_and_holds_every_row(filled):
    text = filled.get("/api/v1/calibration/raters.csv").text
    assert "rater,'=<script>" in text
    study = rater_report().study
    assert text.count("\n") == 1 + len(study.raters) + len(study.criteria) + len(study.drifts)


def test_the_map_page_draws_curve_band_and_bins(filled):
    page = filled.get("/calibration/map?lang=it").text
    assert "<polyline" in page
    assert "<polygon" in page
    found = filled.get("/api/v1/calibration/map").json()["report"]["map"]
    assert page.count('<circle class="dot"') == len(found["bins"])
    assert filled.get("/api/v1/calibration/map.csv").text.count("\n") == 1 + len(found["curve"]) + len(found["bins"])


def test_a_refused_map_says_why_and_draws_no_curve(filled):
    with filled.app.state.services.database.unit_of_work() as unit:
        unit.documents.save(MAPS, FORM, dump(map_report("flat")))
    page = filled.get("/calibration/map?lang=it").text
    assert "non distingue i clienti soddisfatti" in page
    assert "<polyline" not in page


def test_an_unknown_form_shows_nothing(filled):
    assert filled.get("/api/v1/calibration/map?form=none").json()["report"] is None
    assert "Niente ancora" in filled.get("/calibration/raters?form=none&lang=it").text
