"""Grouping, naming, counting and linking themes."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import adjusted_rand_score

from benchmarks.comment_mixture import PARTS, make_comments
from models.fakes_encoder import HashingEncoder
from qm.analysis.voc import find_themes as module
from qm.analysis.voc.count_themes import check_sentiments, count_by_group, count_detractors
from qm.analysis.voc.find_themes import LIKE_BY_WORDS, find_themes, vectors_of_words
from qm.analysis.voc.link_themes import difference_interval, find_like_criteria, fisher_p, link_criteria
from qm.analysis.voc.name_themes import name_themes, theme_id
from qm.analysis.voc.split_comment import split_statements
from qm.domain.comment import Sentiment
from qm.domain.figures import Count

RNG = np.random.default_rng


def blobs(centres, each, seed=1, noise=0.05):
    draw = RNG(seed)
    rows = np.concatenate([centre + noise * draw.standard_normal((each, len(centre))) for centre in centres])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def ones(n):
    return np.ones(n, dtype=np.int64)


def test_well_parted_groups_are_found_and_the_rest_left_out():
    stray = np.eye(12, dtype=np.float32)[4:]
    vectors = np.concatenate([blobs(np.eye(12)[:3], 20), stray])
    labels = find_themes(vectors, ones(68), 0.45, 5)
    assert adjusted_rand_score(np.repeat([0, 1, 2], 20), labels[:60]) == 1
    assert set(labels[60:]) == {-1}


def test_groups_are_numbered_by_how_often_they_are_said():
    vectors = blobs(np.eye(4)[:2], 3)
    labels = find_themes(vectors, np.array([1, 1, 1, 5, 5, 5]), 0.45, 2)
    assert labels.tolist() == [1, 1, 1, 0, 0, 0]


@pytest.mark.parametrize("n", [0, 1, 2, 4])
def test_too_few_make_no_theme(n):
    assert (find_themes(blobs(np.eye(4)[:1], n) if n else np.zeros((0, 4), np.float32), ones(n), 0.45, 5) == -1).all()


def test_all_the_same_is_one_theme():
    assert find_themes(np.eye(3, dtype=np.float32)[:1], np.array([50]), 0.45, 5).tolist() == [0]


def test_more_themes_than_wanted_are_cut_off():
    vectors = blobs(np.eye(20)[:10], 10)
    labels = find_themes(vectors, ones(100), 0.45, 5, most=4)
    assert set(labels) <= {-1, 0, 1, 2, 3}
    assert labels.max() == 3


def test_a_sample_stands_for_many(monkeypatch):
    monkeypatch.setattr(module, "MOST_COMPARED", 100)
    labels = find_themes(blobs(np.eye(8)[:4], 500), ones(2000), 0.45, 5)
    assert adjusted_rand_score(np.repeat(range(4), 500), labels) == 1


def test_planted_themes_are_found_by_words_alone():
    texts, truth = [], []
    for made in make_comments(250, 3, italian=1.0):
        for at, text in enumerate(split_statements(made.text)):
            texts.append(text)
            truth.append(made.themes[at] if made.themes else "")
    labels = find_themes(vectors_of_words(texts), ones(len(texts)), LIKE_BY_WORDS, 5)
    told = np.array(truth) != ""
    pure = sum(max(np.unique(np.array(truth)[labels == k], return_counts=True)[1]) for k in range(labels.max() + 1))
    assert pure / (labels >= 0).sum() > 0.9
    assert (labels[told] >= 0).mean() > 0.8
    assert labels.max() + 1 >= len(PARTS)


def test_words_alone_need_no_words_of_meaning():
    assert vectors_of_words(["e di", "ma"]).shape[0] == 2
    assert vectors_of_words(["ciao"]).shape == (1, 1)


def test_names_are_what_sets_a_theme_apart():
    texts = ["tempi di attesa"] * 5 + ["la fattura è sbagliata"] * 4 + ["mai richiamato da voi"] * 3 + ["la gatta"]
    names = name_themes(texts, [0] * 5 + [1] * 4 + [2] * 3 + [-1], [1] * 13)
    assert [name[0] for name in names] == ["tempi di attesa", "fattura è sbagliata", "mai richiamato"]
    assert theme_id(names[0], 0) == "tempi-di-attesa"
    assert theme_id((), 3) == "theme-4"


def test_a_name_keeps_its_denial_and_stops_at_a_comma():
    (name,) = name_themes(["Non sono soddisfatto, saluti"] * 4, [0] * 4, [1] * 4)
    assert "non sono soddisfatto" in name
    assert not any("soddisfatto saluti" in term for term in name)


def test_detractors_and_the_site_s_own_check():
    nps = np.array([0.0, 6, 7, 9, np.nan])
    assert count_detractors(nps) == Count(2, 4)
    told = [Sentiment.NEGATIVE, Sentiment.POSITIVE, Sentiment.NEGATIVE, Sentiment.POSITIVE, Sentiment.POSITIVE]
    assert check_sentiments(told, nps) == Count(2, 3)


def test_groups_below_the_minimum_have_a_count_only():
    owners = pd.DataFrame({"process": ["a"] * 6 + ["b", ""], "team": "", "month": "2026-01"})
    found = count_by_group(owners, np.array([True, False] * 4), 5)
    assert [(g.by, g.key, g.count, g.share.value) for g in found] == [
        ("process", "a", Count(3, 6), 0.5),
        ("process", "b", Count(1, 1), None),
        ("month", "2026-01", Count(4, 8), 0.5),
    ]


def test_newcombe_s_published_interval():
    """Newcombe (1998), table II, method 10: 9/10 against 3/10 and 56/70 against 48/80."""
    assert difference_interval(Count(9, 10), Count(3, 10)) == pytest.approx((0.6, 0.1705, 0.8090), abs=5e-4)
    assert difference_interval(Count(56, 70), Count(48, 80)) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-4)


@pytest.mark.parametrize(
    "table", [(0, 5, 5, 5), (3, 10, 9, 12), (50, 80, 1, 60), (0, 7, 0, 9), (7, 7, 9, 9), (40, 200, 55, 210)]
)
def test_fisher_s_test_is_that_of_scipy(table):
    a, n, b, m = table
    wanted = stats.fisher_exact([[a, n - a], [b, m - b]]).pvalue
    assert fisher_p(Count(a, n), Count(b, m)) == pytest.approx(wanted, rel=1e-6)


def planted_answers(seed, effect):
    draw = RNG(seed)
    present = draw.random((400, 3)) < 0.3
    answers = {("f", f"c{k}"): (draw.random(400) < 0.7).astype(np.int8) for k in range(10)}
    answers["f", "c0"] = (draw.random(400) < np.where(present[:, 0], 0.7 - effect, 0.7)).astype(np.int8)
    return present, answers


def test_a_planted_link_stands_and_is_the_first():
    links, tested = link_criteria(*planted_answers(1, 0.4), 5)
    assert tested == 30
    assert (links[0][0].criterion_id, links[0][0].stands) == ("c0", True)
    assert links[0][0].lo > 0
    assert not any(link.stands for links_of in links[1:] for link in links_of)


def test_without_a_link_seldom_any_stands():
    wrong = sum(
        any(link.stands for found in link_criteria(*planted_answers(seed, 0.0), 5)[0] for link in found)
        for seed in range(40)
    )
    assert wrong <= 6  # at most 5 % of 40 expected; the exact test errs on the safe side


def test_what_was_hardly_ever_missed_is_not_tested():
    present = np.tile([[True], [False]], (50, 1))
    always = np.ones(100, dtype=np.int8)
    few = np.full(100, -1, dtype=np.int8)
    few[:4] = 0
    assert link_criteria(present, {("f", "a"): always, ("f", "b"): few}, 5) == ([()], 0)
    assert link_criteria(np.zeros((0, 0), bool), {}, 5) == ([], 0)


def test_titles_that_read_alike_are_named():
    encoder = HashingEncoder()
    wait, bill = encoder.encode(["tempi di attesa lunghi", "fattura sbagliata"])
    questions = [
        (("f", "wait"), encoder.encode(["tempi di attesa"])),
        (("f", "bill"), encoder.encode(["fattura giusta", "fattura"])),
    ]
    found = find_like_criteria(np.stack([wait, bill]), questions)
    assert [like[0].criterion_id for like in found] == ["wait", "bill"]
