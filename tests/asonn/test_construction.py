"""The kernels against the algorithm in plain Python with exact fractions, and what must hold of every construction."""

from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from asonn.construction import GrowthRules, construct, construct_with_extensions
from asonn.graph import associate, contradictory_objects
from asonn.parameters import READINGS as PARAMETERS
from asonn.seed_order import order_of_seeds

DEFAULTS = {
    "try_next_best": True,
    "min_discrimination": 1,
    "require_positive": False,
    "balance": True,
    "within_class": True,
    "normalisation": "objects",
    "distance_scale": "attribute",
    "squared": True,
    "count_coverage": True,
}


def problem(X, y, costs=None, seed_order="hardest", **rules):
    """What `construct` takes."""
    X, y = np.asarray(X, dtype=float), np.asarray(y)
    graph = associate(X, y, int(y.max()) + 1)
    seeds = order_of_seeds(graph, seed_order, np.random.RandomState(0))
    costs = np.ones(X.shape[1]) if costs is None else np.asarray(costs, dtype=float)
    return graph, seeds, costs, GrowthRules(**(DEFAULTS | rules))


def grow(X, y, **settings):
    return construct(*problem(X, y, **settings))


class PlainConstruction:
    """The specification, word for word: objects as tuples of ranks (None: missing), all counted again at each step."""

    def __init__(self, X, y, costs=None, seed_order="hardest", **rules):
        self.rules = DEFAULTS | rules
        self.m = len(X[0])
        self.costs = [Fraction(float(cost)) for cost in (costs if costs is not None else [1] * self.m)]
        columns = list(zip(*X, strict=True))
        self.values = [sorted({v for v in column if v == v}) for column in columns]
        objects = {}
        for row, label in zip(X, y, strict=True):
            ranks = tuple(self.values[a].index(v) if v == v else None for a, v in enumerate(row))
            objects[ranks, label] = objects.get((ranks, label), 0) + 1
        self.objects = sorted(
            objects.items(), key=lambda item: ([-1 if r is None else r for r in item[0][0]], item[0][1])
        )
        self.objects = [(ranks, label, count) for (ranks, label), count in self.objects]
        self.coverage = [0] * len(self.objects)
        self.steps = []  # of each combination: attribute, whether upward, whether a best extension
        self.combinations = [self.combination(i) for i in self.order(seed_order) if not self.coverage[i]]

    def order(self, seed_order):
        def shared_counts(i):
            ranks, label, _ = self.objects[i]
            counts = [0] * (self.m + 1)
            for other, other_label, multiplicity in self.objects:
                if other_label != label:
                    counts[self.m - sum(a == b and a is not None for a, b in zip(ranks, other, strict=True))] += (
                        multiplicity
                    )
            return counts

        sign = {"hardest": -1, "easiest": 1}[seed_order]
        return sorted(range(len(self.objects)), key=lambda i: [sign * count for count in shared_counts(i)])

    def unit(self, a, rank):
        values = [Fraction(v) for v in self.values[a]]
        return (values[rank] - values[0]) / (values[-1] - values[0]) if len(values) > 1 else Fraction(0)

    def inside(self, box, ranks):
        return sum(
            bounds is not None and (r is None or bounds[0] <= r <= bounds[1])
            for bounds, r in zip(box, ranks, strict=True)
        )

    def discrimination(self, box, own):
        most = max((self.inside(box, ranks) for ranks, label, _ in self.objects if label != own), default=0)
        return sum(bounds is not None for bounds in box) - most

    def next_rank(self, box, own, a, side):
        """The rank that a direction would include, or None if it is at its end."""
        if box[a] is None:
            return None
        rank = box[a][0] - 1 if side == 0 else box[a][1] + 1
        ahead = [
            ranks[a]
            for ranks, label, _ in self.objects
            if ranks[a] is not None and (label == own or not self.rules["within_class"])
        ]
        ahead = [r for r in ahead if (r <= rank if side == 0 else r >= rank)]
        return rank if ahead else None

    def extended(self, box, a, side):
        low, high = box[a]
        return [*box[:a], (low - 1, high) if side == 0 else (low, high + 1), *box[a + 1 :]]

    def strength(self, i, box, own):
        ranks, label, count = self.objects[i]
        near = Fraction(1 + self.inside(box, ranks), self.m)
        strength = (near**2 if self.rules["squared"] else near / self.m) * count
        if label != own:
            return -strength
        if self.rules["count_coverage"]:
            strength *= Fraction(1, 1 + self.coverage[i]) ** 2
        total = sum(count for _, _, count in self.objects)
        size = sum(count for _, label, count in self.objects if label == own)
        return strength * Fraction(total - size, size) if self.rules["balance"] and size < total else strength

    def coefficient(self, box, own, a, side):
        bound = self.unit(a, box[a][side])
        sign = {"printed": -1, "authors": -1 if side else 1}.get(self.rules["distance_scale"], 1)
        if self.rules["distance_scale"] == "attribute":
            scale = 1 + Fraction(1, max(len(self.values[a]) - 1, 1))
        elif self.rules["distance_scale"] == "authors":
            scale = Fraction(1)
        elif self.rules["distance_scale"] == "none":
            sign, scale = 0, Fraction(1)
        else:
            scale = (self.unit(a, box[a][1]) - self.unit(a, box[a][0])) or Fraction(1)
        total_strength, beyond, values_beyond = Fraction(0), 0, set()
        for i, (ranks, _, count) in enumerate(self.objects):
            r = ranks[a]
            if r is None or not (r < box[a][0] if side == 0 else r > box[a][1]):
                continue
            beyond += count
            values_beyond.add(r)
            delta = 1 - sign * abs(self.unit(a, r) - bound) / scale
            total_strength += delta**2 * self.strength(i, box, own)
        gamma = {"objects": beyond, "values": len(values_beyond), "none": 1}[self.rules["normalisation"]]
        coefficient = total_strength / gamma
        return coefficient * self.costs[a] if coefficient > 0 else coefficient / self.costs[a]

    def combination(self, seed):
        ranks, own, multiplicity = self.objects[seed]
        self.steps.append([])
        box = self.start(ranks)
        directions = self.directions()
        if self.discrimination(box, own) == 0:
            self.coverage[seed] += 1
            return self.opened(box), own, multiplicity, 0
        extended = True
        while extended:
            extended = False
            for a, side in directions:
                rank = self.next_rank(box, own, a, side)
                if rank is not None and all(label == own for r, label, _ in self.objects if r[a] == rank):
                    box, extended = self.extended(box, a, side), True
                    self.steps[-1].append((a, side == 1, False))
            open_directions = [(a, s) for a, s in directions if self.next_rank(box, own, a, s) is not None]
            ranked = sorted(open_directions, key=lambda d: -self.coefficient(box, own, *d))
            for a, side in ranked if self.rules["try_next_best"] else ranked[:1]:
                if self.rules["require_positive"] and self.coefficient(box, own, a, side) <= 0:
                    break
                candidate = self.extended(box, a, side)
                if self.discrimination(candidate, own) >= self.rules["min_discrimination"]:
                    box, extended = candidate, True
                    self.steps[-1].append((a, side == 1, True))
                    break
        support = 0
        for i, (other, label, count) in enumerate(self.objects):
            if label == own and self.inside(box, other) == sum(bounds is not None for bounds in box):
                self.coverage[i] += 1
                support += count
        return self.opened(box), own, support, self.discrimination(box, own)

    def start(self, ranks):
        return [None if r is None else (r, r) for r in ranks]

    def directions(self):
        return list(product(range(self.m), range(2)))

    def opened(self, box):
        """The box with the range of all values where the object that it started from has no value."""
        return [bounds or (0, len(values) - 1) for bounds, values in zip(box, self.values, strict=True)]


def as_plain(combinations):
    found = (combinations.classes, combinations.support, combinations.discrimination)
    bounds = np.stack([combinations.low, combinations.high], axis=2).tolist()
    boxes = [[None if low < 0 else (low, high) for low, high in box] for box in bounds]
    return list(zip(boxes, *(values.tolist() for values in found), strict=True))


def random_table(seed, rows, attributes, values, classes, missing=0.0):
    rng = np.random.default_rng(seed)
    X = rng.choice(values, size=(rows, attributes))
    X[rng.random(X.shape) < missing] = np.nan
    return X.tolist(), rng.integers(0, classes, rows).tolist()


READINGS = [
    {},
    {"try_next_best": False},
    {"require_positive": True},
    {"min_discrimination": 2},
    {"balance": False, "within_class": False},
    {"normalisation": "values"},
    {"normalisation": "none", "distance_scale": "range"},
    {"seed_order": "easiest", "try_next_best": False, "distance_scale": "range"},
    {"costs": [3.0, 1.0, 0.5]},
    {"distance_scale": "none"},
    PARAMETERS["printed"] | {"try_next_best": False},
    PARAMETERS["authors"] | {"squared": False, "count_coverage": False},
]


@pytest.mark.parametrize("reading", READINGS, ids=str)
@pytest.mark.parametrize(
    "shape",
    [
        {"rows": 9, "values": [0.0, 1.0], "classes": 2},
        {"rows": 14, "values": [0.0, 1.0, 3.0, 4.0], "classes": 3},
        {"rows": 12, "values": np.linspace(-2.0, 5.0, 30).round(1), "classes": 2},
        {"rows": 12, "values": [1.0, 2.0, 5.0], "classes": 2, "missing": 0.25},
    ],
    ids=("binary", "few values", "many values", "missing values"),
)
def test_kernels_build_the_combinations_of_the_plain_algorithm_by_the_same_steps(shape, reading):
    for seed in range(4):
        X, y = random_table(seed, attributes=3, **shape)
        combinations, extensions = construct_with_extensions(*problem(X, y, **reading))
        plain = PlainConstruction(X, y, **reading)
        assert as_plain(combinations) == plain.combinations
        columns = (extensions.attributes, extensions.upward, extensions.best)
        steps = list(zip(*(column.tolist() for column in columns), strict=True))
        assert [steps[first:last] for first, last in pairwise(extensions.starts)] == plain.steps
        without_steps = construct(*problem(X, y, **reading))
        for field, value in vars(combinations).items():
            np.testing.assert_array_equal(getattr(without_steps, field), value)


def test_more_attributes_than_one_block_of_the_board_give_the_combinations_of_the_plain_algorithm():
    X, y = random_table(0, rows=5, attributes=67, values=[0.0, 1.0, 2.0], classes=2)
    combinations = grow(X, y)
    assert as_plain(combinations) == PlainConstruction(X, y).combinations


tables = st.integers(1, 25).flatmap(
    lambda rows: st.tuples(
        hnp.arrays(np.float64, (rows, 3), elements=st.integers(0, 6).map(float)),
        hnp.arrays(np.int64, rows, elements=st.integers(0, 2)),
    )
)
readings = st.fixed_dictionaries(
    {
        "try_next_best": st.booleans(),
        "require_positive": st.booleans(),
        "within_class": st.booleans(),
        "min_discrimination": st.integers(1, 3),
        "distance_scale": st.sampled_from(["attribute", "range"]),
        "seed_order": st.sampled_from(["hardest", "easiest", "random"]),
    }
)


def check_combinations(graph, combinations):
    """Asserts that every object is represented, and that no object of another class lies in a combination."""
    covered = np.zeros(graph.n_objects, dtype=int)
    for k, own in enumerate(combinations.classes):
        ranks, low, high = graph.ranks, combinations.low[k], combinations.high[k]
        within = ((ranks < 0) | ((ranks >= low) & (ranks <= high))).all(axis=1)
        for a in np.flatnonzero(graph.nominal):
            within &= (ranks[:, a] < 0) | combinations.sets[k, graph.set_starts[a] + np.maximum(ranks[:, a], 0)]
        if combinations.discrimination[k] == 0:
            within = np.arange(graph.n_objects) == combinations.seeds[k]
        assert (graph.classes[within] == own).all()
        assert combinations.support[k] == graph.multiplicity[within].sum()
        covered += within
    np.testing.assert_array_equal(combinations.coverage, covered)
    assert (covered >= 1).all()


@settings(max_examples=150, deadline=None)
@given(tables, readings)
def test_every_object_is_covered_and_no_foreign_object_is_inside_a_discriminating_combination(table, reading):
    graph, *others = problem(*table, **reading)
    combinations = construct(graph, *others)
    check_combinations(graph, combinations)
    alone = combinations.seeds[combinations.discrimination == 0]
    np.testing.assert_array_equal(np.sort(alone), np.flatnonzero(contradictory_objects(graph)))


def test_growth_by_hand():
    # One attribute, values 0 1 2 3 with classes 0 0 1 1: each class one range that stops before the other class.
    combinations = grow([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    assert sorted(as_plain(combinations)) == [([(0, 1)], 0, 2, 1), ([(2, 3)], 1, 2, 1)]


def test_the_second_version_goes_on_where_the_first_stops():
    X, y = random_table(3, rows=40, attributes=3, values=np.arange(8.0), classes=2)
    first, second = grow(X, y, try_next_best=False), grow(X, y)
    assert len(second.low) < len(first.low)


def test_ranges_of_a_dear_attribute_grow_first():
    # Either attribute alone separates the classes; the dear one should be given up.
    X = [[float(i), float(i)] for i in range(8)]
    y = [0] * 4 + [1] * 4
    for dear in range(2):
        costs = [1.0, 1.0]
        costs[dear] = 100.0
        combinations = grow(X, y, costs=costs, within_class=False)
        widths = (combinations.high - combinations.low)[0]
        assert widths[dear] == 7
        assert widths[1 - dear] == 3
