"""Versions 3 and 4: boxes of several orders, simplified, and as few of them as suffice."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.asonn.test_construction import DEFAULTS, check_combinations

from asonn.classifier import ASONNClassifier
from asonn.construction import GrowthRules, construct
from asonn.graph import associate
from asonn.seed_order import order_of_seeds
from asonn.selection import choose_cover, choose_most, members_of, select, select_short, simplified

RULES = GrowthRules(**DEFAULTS)


def plain_greedy(members, multiplicity, support, sizes, least, classes):
    """Counts everything again before each choice."""
    missing, chosen, left = set().union(*map(set, members)), [], set(range(len(members)))
    while True:
        added = [sum(multiplicity[i] for i in objects if i in missing) for objects in members]
        present = {classes[k] for k in chosen}
        left = {k for k in left if added[k] > 0 and (added[k] >= least or classes[k] not in present)}
        if not left:
            return sorted(chosen)
        best = max(left, key=lambda k: (added[k] / sizes[k], support[k], -k))
        chosen.append(best)
        missing -= set(members[best])


@given(
    st.lists(st.sets(st.integers(0, 11), min_size=1), min_size=1, max_size=12),
    st.integers(0, 3),
    st.randoms(use_true_random=False),
)
def test_the_cover_is_that_of_the_plain_greedy_algorithm(sets, least, random):
    multiplicity = np.array([random.randint(1, 3) for _ in range(12)])
    support = np.array([random.randint(1, 3) for _ in sets])
    members = [np.array(sorted(objects)) for objects in sets]
    sizes = np.array([random.choice([1.0, 2.0, 4.0]) for _ in sets])
    classes = np.array([random.randint(0, 1) for _ in sets])
    for terms in ((np.ones(len(sets)), 0, np.zeros(len(sets), dtype=int)), (sizes, least, classes)):
        plain = plain_greedy(members, multiplicity, support, *terms)
        assert sorted(choose_cover(members, multiplicity, support, *terms)) == plain


tables = st.integers(1, 25).flatmap(
    lambda rows: st.tuples(
        hnp.arrays(np.float64, (rows, 3), elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan])),
        hnp.arrays(np.int64, rows, elements=st.integers(0, 2)),
    )
)


def grown(table, orders=3):
    """The graph of a table, and its combinations from several orders."""
    X, y = table
    graph = associate(X, y, int(y.max()) + 1)
    seeds = [order_of_seeds(graph, "random", np.random.RandomState(k)) for k in range(orders)]
    return graph, [construct(graph, order, np.ones(graph.n_attributes), RULES) for order in seeds]


ALIKE = np.full((3, 3), np.nan)  # rows that contradict each other, so that boxes are alike
ALIKE[1, 0] = 0.0


@settings(max_examples=40, deadline=None)
@given(tables)
@example((ALIKE, np.array([0, 1, 1])))
def test_every_object_stays_represented_by_boxes_that_each_have_one_of_their_own(table):
    graph, parts = grown(table)
    kept = select(graph, parts)
    check_combinations(graph, kept)
    boxes = np.column_stack([kept.low, kept.high, kept.classes, kept.seeds * (kept.discrimination == 0)])
    assert len(np.unique(boxes, axis=0)) == len(boxes) <= len(parts[0].classes)
    for objects in members_of(graph, kept):
        assert (kept.coverage[objects] == 1).any()


@settings(max_examples=40, deadline=None)
@given(tables)
def test_boxes_of_version_4_represent_two_rows_or_are_the_first_of_their_class(table):
    graph, parts = grown(table)
    kept = select_short(graph, parts, 2)
    assert set(kept.classes) == set(table[1])
    for own in set(table[1]):
        assert (kept.support[kept.classes == own] < 2).sum() <= 1
    for objects in members_of(graph, kept):
        assert (kept.coverage[objects] == 1).any()


@settings(max_examples=40, deadline=None)
@given(tables, st.integers(1, 2))
def test_ranges_are_dropped_until_each_is_needed_and_nobody_foreign_comes_in(table, least):
    graph, parts = grown(table, 2)
    for full, simple in zip(parts, simplified(graph, parts, least), strict=True):
        check_combinations(graph, simple)
        for k, own in enumerate(simple.classes):
            foreign = graph.classes != own

            def excluding(low, high, foreign=foreign):
                return ((graph.ranks >= 0) & ((graph.ranks < low) | (graph.ranks > high)))[foreign]

            before = excluding(full.low[k], full.high[k]).sum(axis=1)
            outside = excluding(simple.low[k], simple.high[k])
            after = outside.sum(axis=1)
            assert (after >= np.minimum(before, least)).all()
            assert simple.discrimination[k] == after.min(initial=graph.n_attributes)
            last = np.diff(graph.offsets) - 1
            for attribute in np.flatnonzero((simple.low[k] > 0) | (simple.high[k] < last)):
                without = after - outside[:, attribute]
                assert (without < np.minimum(before, least)).any()


@settings(max_examples=30, deadline=None)
@given(tables, st.integers(1, 4))
def test_a_budget_keeps_the_boxes_that_represent_most(table, limit):
    graph, (full,) = grown(table, 1)
    kept = choose_most(graph, full, limit)
    assert len(kept.classes) == min(limit, len(full.classes))
    members = members_of(graph, full)
    largest = max(graph.multiplicity[objects].sum() for objects in members)
    assert graph.multiplicity[kept.coverage > 0].sum() >= largest


def test_nothing_depends_on_columns_signs_and_names_of_classes():
    rng = np.random.default_rng(0)
    for rows, values in ((60, 6), (40, 2), (50, 1000)):
        X = rng.integers(0, values, (rows, 5)).astype(float)
        y = rng.integers(0, 3, rows)
        columns, signs, names = rng.permutation(5), rng.choice([-1.0, 1.0], 5), np.array([2, 0, 1])
        for version, orders in ((3, 4), (4, 1), (4, 4)):
            one = ASONNClassifier(version=version, n_orders=orders).fit(X, y)
            other = ASONNClassifier(version=version, n_orders=orders).fit((X * signs)[:, columns], names[y])
            assert one.n_combinations_ == other.n_combinations_
            assert one.n_ranges_ == other.n_ranges_
            np.testing.assert_allclose(
                one.predict_proba(X), other.predict_proba((X * signs)[:, columns])[:, names], atol=1e-6
            )
