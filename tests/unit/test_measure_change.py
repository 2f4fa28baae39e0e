"""Change after coaching: planted truths are told, and no effect isn't taken for one although the worst was picked."""

import numpy as np

from qm.analysis.measure_change import Counted, Verdict, measure_change
from qm.domain.figures import Count

NONE = Count(0, 0)


def counted(picked=NONE, fresh=NONE, after=NONE, team=(NONE, NONE, NONE)):
    return Counted(picked, fresh, after, *team)


def test_a_planted_improvement_is_told_beside_a_steady_team():
    team = (Count(300, 500), NONE, Count(305, 500))
    change = measure_change(counted(Count(8, 40), NONE, Count(32, 40), team), criteria=10, least=10)
    assert (change.verdict, change.has_control, change.is_picked_period) == (Verdict.BETTER, True, True)
    assert change.difference.value == 0.6
    assert change.beyond_team.lo > 0


def test_what_changed_for_everybody_isnt_the_sessions_doing():
    team = (Count(100, 500), NONE, Count(400, 500))
    change = measure_change(counted(Count(8, 40), NONE, Count(32, 40), team), criteria=10, least=10)
    assert (change.verdict, change.difference.value) == (Verdict.UNCLEAR, 0.6)


def test_a_decline_is_told():
    change = measure_change(counted(Count(36, 40), NONE, Count(8, 40)), criteria=1, least=10)
    assert (change.verdict, change.has_control) == (Verdict.WORSE, False)


def test_too_few_contacts_show_no_value():
    change = measure_change(counted(Count(0, 40), NONE, Count(4, 4)), criteria=5, least=10)
    assert (change.verdict, change.lacking) == (Verdict.UNCLEAR, 6)
    assert (change.difference.value, change.own[1].value, change.own[1].n) == (None, None, 4)


def test_nothing_at_all_is_no_error():
    change = measure_change(counted(), criteria=0, least=0)
    assert (change.verdict, change.own[0].value) == (Verdict.UNCLEAR, None)


def test_contacts_after_the_picking_are_the_before_where_there_are_enough():
    change = measure_change(counted(Count(0, 40), Count(12, 20), Count(12, 20)), criteria=10, least=10)
    assert (change.is_picked_period, change.own[0].value) == (False, 0.6)


def false_better(rounds, criteria, n, *, fresh):
    """Share of rounds with "better" where nothing changes and the worst of all criteria is picked."""
    draw, found = np.random.default_rng(7), 0
    for _ in range(rounds):
        share = draw.uniform(0.5, 0.9)
        tried = draw.binomial(n, share, criteria)
        team = tuple(Count(int(draw.binomial(m, share)), m) for m in (400, 200, 400))
        later = [Count(int(draw.binomial(n, share)), n) for _ in range(2)]
        counts = Counted(Count(int(tried.min()), n), later[0] if fresh else NONE, later[1], *team)
        found += measure_change(counts, criteria, least=10).verdict is Verdict.BETTER
    return found / rounds


def test_regression_to_the_mean_is_no_success():
    rates = {(n, fresh): false_better(2000, 12, n, fresh=fresh) for n in (12, 30, 80) for fresh in (False, True)}
    assert max(rates.values()) <= 0.05, rates
