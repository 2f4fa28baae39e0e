"""Average marginal effects and their errors, against statsmodels and against the formulas written out at length."""

import numpy as np
import pytest
from scipy.special import expit
from statsmodels.discrete.discrete_model import Logit

from qm.analysis.voc.clustered_margins import Contrast, fit_clustered, margins


def made(seed=3, clusters=12, spread=0.7):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(8, 40, clusters)
    cluster = np.repeat(np.arange(clusters), sizes)
    n = len(cluster)
    yes = (rng.random(n) < expit(rng.normal(0.5, spread, clusters))[cluster]).astype(float)
    minutes = rng.gamma(2.0, 1.0, n)
    odds = 0.4 + 0.9 * yes - 0.3 * minutes + rng.normal(0, 0.5, clusters)[cluster]
    return np.column_stack([np.ones(n), yes, minutes]), (rng.random(n) < expit(odds)).astype(float), cluster


def everyone(design):
    return np.ones(len(design), dtype=bool)


def test_effects_are_those_of_statsmodels():
    design, outcome, cluster = made()
    model = fit_clustered(design, outcome, cluster)
    oracle = Logit(outcome, design).fit(disp=False)
    assert model.beta == pytest.approx(oracle.params, abs=1e-6)
    yes = margins(model, [Contrast(1, everyone(design))])[0]
    assert yes.effect == pytest.approx(oracle.get_margeff(dummy=True).margeff[0], abs=1e-8)
    tiny = margins(model, [Contrast(2, everyone(design), 1e-5)])[0]
    assert tiny.effect / 1e-5 == pytest.approx(oracle.get_margeff().margeff[1], rel=1e-4)


def at_length(design, outcome, cluster, column):
    """CR2 with every matrix written out (Pustejovsky & Tipton 2018, eq. 6 and 11), for a yes/no column."""
    beta = Logit(outcome, design).fit(disp=False).params
    p = expit(design @ beta)
    root = np.sqrt(p * (1 - p))
    x, residual = design * root[:, None], (outcome - p) / root
    bread = np.linalg.inv(x.T @ x)
    high, low = design.copy(), design.copy()
    high[:, column], low[:, column] = 1, 0
    rise, fall = expit(high @ beta), expit(low @ beta)
    change = rise - fall
    gradient = ((rise * (1 - rise))[:, None] * high - (fall * (1 - fall))[:, None] * low).mean(axis=0)
    maker = np.eye(len(x)) - x @ bread @ x.T
    total, vectors = 0.0, []
    for one in np.unique(cluster):
        own = cluster == one
        values, turned = np.linalg.eigh(maker[np.ix_(own, own)])
        adjust = turned @ np.diag(values**-0.5) @ turned.T
        weights = adjust @ x[own] @ bread @ gradient
        total += (weights @ residual[own] + (change[own] - change.mean()).sum() / len(x)) ** 2
        vectors.append(maker[:, own] @ weights)
    gram = np.array(vectors) @ np.array(vectors).T
    return change.mean(), np.sqrt(total), np.trace(gram) ** 2 / np.sum(gram**2)


@pytest.mark.parametrize("clusters", [6, 12, 60])
def test_errors_and_degrees_of_freedom_are_those_of_cr2(clusters):
    """60 clusters go by the series, 6 by eigenvalues."""
    design, outcome, cluster = made(clusters=clusters)
    found = margins(fit_clustered(design, outcome, cluster), [Contrast(1, everyone(design))])[0]
    effect, error, df = at_length(design, outcome, cluster, 1)
    assert (found.effect, found.error, found.df) == pytest.approx((effect, error, df), rel=1e-5)


def test_only_rows_with_a_value_are_averaged():
    design, outcome, cluster = made()
    rows = design[:, 2] < 2
    model = fit_clustered(design, outcome, cluster)
    odds = design[rows] @ model.beta - design[rows, 1] * model.beta[1]
    wanted = np.mean(expit(odds + model.beta[1]) - expit(odds))
    assert margins(model, [Contrast(1, rows)])[0].effect == pytest.approx(wanted)


def test_what_varies_in_one_cluster_only_rests_on_no_degrees_of_freedom():
    design, outcome, cluster = made()
    design[:, 1] = np.where(cluster == 0, np.arange(len(cluster)) % 2, 0)
    outcome[cluster == 0] = np.arange((cluster == 0).sum()) % 3 == 0
    found = margins(fit_clustered(design, outcome, cluster), [Contrast(1, everyone(design))])[0]
    assert (found.df, found.p, found.reach) == (0, 1, np.inf)


def test_separated_classes_have_no_model():
    design, outcome, cluster = made()
    assert fit_clustered(design, (design[:, 2] > 1.5).astype(float), cluster) is None
    del outcome


def test_intervals_are_wider_than_those_that_take_contacts_for_independent():
    design, outcome, cluster = made(clusters=15)
    design[:, 1] = cluster % 2  # a habit of agents: contacts of one agent tell it only once
    alone = fit_clustered(design, outcome, np.arange(len(cluster)))
    together = fit_clustered(design, outcome, cluster)
    contrast = [Contrast(1, everyone(design))]
    assert margins(together, contrast)[0].reach > 1.3 * margins(alone, contrast)[0].reach
