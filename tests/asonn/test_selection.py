"""Version 3: boxes of several orders, and as few of them as suffice."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from asonn.construction import GrowthRules
from asonn.graph import associate
from asonn.seed_order import order_of_seeds
from asonn.selection import choose_cover, construct_and_select

RULES = GrowthRules(
    try_next_best=True, min_discrimination=1, require_positive=False, balance=True, within_class=True,
    normalisation="objects", distance_scale="attribute",
)  # fmt: skip


def plain_greedy(members, multiplicity, support):
    """Counts everything anew before each choice."""
    missing, chosen = set().union(*map(set, members)), []
    while missing:
        added = [sum(multiplicity[i] for i in objects if i in missing) for objects in members]
        best = max(range(len(members)), key=lambda k: (added[k], support[k], -k))
        chosen.append(best)
        missing -= set(members[best])
    return sorted(chosen)


@given(st.lists(st.sets(st.integers(0, 11), min_size=1), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_cover_is_that_of_the_plain_greedy_algorithm(sets, random):
    multiplicity = np.array([random.randint(1, 3) for _ in range(12)])
    support = np.array([random.randint(1, 3) for _ in sets])
    members = [np.array(sorted(objects)) for objects in sets]
    assert choose_cover(members, multiplicity, support) == plain_greedy(members, multiplicity, support)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 25).flatmap(
        lambda rows: st.tuples(
            hnp.arrays(np.float64, (rows, 3), elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan])),
            hnp.arrays(np.int64, rows, elements=st.integers(0, 2)),
        )
    )
)
def test_every_object_stays_represented_and_boxes_stay_free_of_foreign_objects(table):
    X, y = table
    graph = associate(X, y, int(y.max()) + 1)
    orders = [order_of_seeds(graph, "random", np.random.RandomState(k)) for k in range(3)]
    costs = np.ones(3)
    kept = construct_and_select(graph, orders, costs, RULES)
    covered = np.zeros(graph.n_objects, dtype=int)
    for k, own in enumerate(kept.classes):
        low, high = kept.low[k], kept.high[k]
        within = ((low < 0) | ((graph.ranks >= low) & (graph.ranks <= high))).all(axis=1)
        if kept.discrimination[k] == 0:
            within = np.arange(graph.n_objects) == kept.seeds[k]
        assert (graph.classes[within] == own).all()
        assert kept.support[k] == graph.multiplicity[within].sum()
        covered += within
    np.testing.assert_array_equal(kept.coverage, covered)
    assert (covered >= 1).all()
    boxes = {tuple(np.concatenate([kept.low[k], kept.high[k], [kept.classes[k]]])) for k in range(len(kept.classes))}
    assert len(boxes) == len(kept.classes)
