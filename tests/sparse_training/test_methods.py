"""Training methods: their parts, how they are composed, and what a composition that cannot be says."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from sparse_training import gradients
from sparse_training.context import Context
from sparse_training.engine import unit_signals
from sparse_training.errors import SparseTrainingError
from sparse_training.gradients import Gradients
from sparse_training.initial import INITIAL_TOPOLOGIES, initial_topology
from sparse_training.initial.registry import link_counts
from sparse_training.links import SparseLayer
from sparse_training.measures import links_on_paths
from sparse_training.methods import METHODS, Method, modules_of
from sparse_training.network import SparseMLP
from sparse_training.pruning import PRUNING_RULES, pruning_rule
from sparse_training.pruning.soft_relative_importance import relative_importance
from sparse_training.regrowth import REGROWTH_RULES, NewLinks, regrowth_rule
from sparse_training.schedules import SCHEDULES
from sparse_training.selection import best_by_score, drawn_by_weight
from sparse_training.settings import TrainingSettings
from sparse_training.topology import merged_biases, update_topology
from sparse_training.training import initial_network, train
from tests.sparse_training.networks import MaskedDense, random_network

SEED = np.random.SeedSequence(0)
IMAGES = np.random.default_rng(0).normal(size=(200, 20)).astype(np.float32)
LABELS = (IMAGES @ np.random.default_rng(1).normal(size=20) > 0).astype(np.int64)
TASK = (IMAGES[:150], LABELS[:150], IMAGES[150:], LABELS[150:])


def of(number):
    return np.random.default_rng(number)


def context(layer, seed=0, **values):
    return Context(layer, of(seed), **values)


def layer_of(weights, n_in=1):
    weights = np.array(weights, np.float32)
    return SparseLayer.empty(n_in, len(weights) // n_in).with_links(np.arange(len(weights)), weights)


# --- schedules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in SCHEDULES if name != "constant"])
def test_a_schedule_rises_from_zero_to_one_and_is_through_when_it_is_told(name):
    way = [SCHEDULES[name](progress) for progress in np.linspace(0, 1, 101)]
    assert way[0] == pytest.approx(0)
    assert way[-1] == pytest.approx(1)
    assert np.all(np.diff(way) > 0)
    early = SCHEDULES.resolve(f"{name}(until=0.5)")
    assert early(0.25) == pytest.approx(SCHEDULES[name](0.5))
    assert early(0.5) == early(0.9) == pytest.approx(1)
    with pytest.raises(SparseTrainingError, match=r"until of a schedule must lie in \(0, 1\], got 0"):
        SCHEDULES.resolve(f"{name}(until=0)")(0.5)


def test_schedules_have_their_published_forms():
    assert [SCHEDULES["constant"](p) for p in (0, 0.4, 1)] == [0, 0, 0]
    assert SCHEDULES["cosine"](0.25) == pytest.approx((1 - math.cos(math.pi / 4)) / 2)
    assert SCHEDULES["cubic"](0.5) == 0.875
    assert SCHEDULES["sigmoid"](0.5) == pytest.approx(0.5)
    assert SCHEDULES["sigmoid"](0.2) == pytest.approx(1 - SCHEDULES["sigmoid"](0.8))
    assert SCHEDULES["linear"](0.3) == 0.3


# --- initial topologies ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(INITIAL_TOPOLOGIES))
@given(n_in=st.integers(1, 30), n_out=st.integers(1, 30), fraction=st.floats(0, 1), seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_an_initial_topology_places_exactly_the_links_that_are_asked_for(name, n_in, n_out, fraction, seed):
    count = max(1, round(fraction * n_in * n_out))
    images = of(seed).normal(size=(12, 7)).astype(np.float32)
    first = SparseLayer.empty(7, n_in)
    second = context(SparseLayer.empty(n_in, n_out), seed, layers=(first,), number=2, images=images)
    positions = INITIAL_TOPOLOGIES[name](second, count)
    assert len(positions) == count
    assert np.all(np.diff(positions) > 0)
    assert positions[0] >= 0
    assert positions[-1] < n_in * n_out


@given(
    sizes=st.lists(st.integers(1, 40), min_size=2, max_size=5),
    density=st.floats(0.001, 1),
)
def test_erk_densities_are_in_proportion_where_no_layer_is_full_and_sum_exactly(sizes, density):
    shapes = list(pairwise(sizes))
    counts = link_counts("erk", shapes, density)
    assert sum(counts) == round(density * sum(a * b for a, b in shapes))
    free = [(count, a + b) for count, (a, b) in zip(counts, shapes, strict=True) if count < a * b]
    rates = [count / units for count, units in free]
    for count, units in free:
        assert abs(count - np.mean(rates) * units) <= 2
    assert all(0 <= count <= a * b for count, (a, b) in zip(counts, shapes, strict=True))


def test_erk_gives_narrow_layers_more_density():
    assert link_counts("erk", [(784, 300), (300, 100)], 0.1) == [19372, 7148]  # as 1084 to 400
    assert link_counts("uniform", [(784, 300), (300, 100)], 0.1) == [23520, 3000]
    assert link_counts("erk", [(100, 100), (2, 2)], 0.5) == [4998, 4]  # the narrow layer is full


@pytest.mark.parametrize("name", ["constant_fan_in", "bipartite_receptive_field", "barabasi_albert"])
def test_every_unit_has_the_same_fan_in(name):
    placed = INITIAL_TOPOLOGIES[name](context(SparseLayer.empty(50, 40)), 130)
    fan_in = np.bincount(placed % 40, minlength=40)
    assert set(fan_in) == {3, 4}
    assert (fan_in == 4).sum() == 10


def ring_distances(positions, n_in, n_out):
    distance = np.abs(positions // n_out - (positions % n_out) * n_in / n_out)
    return np.minimum(distance, n_in - distance)


def test_a_receptive_field_runs_from_the_nearest_units_to_all():
    def mean_distance(randomness):
        place = INITIAL_TOPOLOGIES.resolve(f"bipartite_receptive_field(randomness={randomness})")
        return ring_distances(place(context(SparseLayer.empty(100, 80)), 800), 100, 80).mean()

    distances = [mean_distance(r) for r in (0, 0.1, 0.25, 0.5, 1)]
    assert distances == sorted(distances)
    assert distances[0] == pytest.approx(2.5, abs=0.2)  # ten nearest of a ring
    assert distances[-1] == pytest.approx(25, abs=1.5)  # uniform on a ring of 100


def test_the_chance_of_a_link_falls_with_distance_as_the_receptive_field_says():
    place = INITIAL_TOPOLOGIES.resolve("bipartite_receptive_field(randomness=0.5)")
    counts = np.zeros(9)
    for seed in range(400):
        placed = place(context(SparseLayer.empty(9, 9), seed), 9)  # one link a unit: an exact draw
        counts += np.bincount((placed // 9 - placed % 9) % 9, minlength=9)
    ring = np.minimum(np.arange(9), 9 - np.arange(9))
    expected = 3600 * (1 / (1 + ring)) / (1 / (1 + ring)).sum()
    assert np.all(np.abs(counts - expected) < 5 * np.sqrt(expected))


def squares(positions, n_in, n_out):
    """Pairs of sources that share two targets or more: what clusters a bipartite network."""
    links = np.zeros((n_in, n_out))
    links[positions // n_out, positions % n_out] = 1
    shared = links @ links.T
    np.fill_diagonal(shared, 0)
    return (shared * (shared - 1) / 2).sum() / 2


def test_a_watts_strogatz_layer_runs_from_a_clustered_lattice_to_a_random_one():
    layer = SparseLayer.empty(100, 100)
    placed = {
        rewired: INITIAL_TOPOLOGIES.resolve(f"watts_strogatz(rewired={rewired})")(context(layer), 600)
        for rewired in (0, 0.1, 1)
    }
    assert ring_distances(placed[0], 100, 100).max() <= 3
    moved = (ring_distances(placed[0.1], 100, 100) > 3).sum()
    assert 30 < moved < 90  # one link in ten, some of them back into the lattice
    clustering = [squares(positions, 100, 100) for positions in placed.values()]
    assert clustering[0] > clustering[1] > 3 * clustering[2]


@pytest.mark.parametrize("attractiveness", [0.5, 1, 4])
def test_the_links_of_sources_in_a_barabasi_albert_layer_follow_its_power_law(attractiveness):
    place = INITIAL_TOPOLOGIES.resolve(f"barabasi_albert(attractiveness={attractiveness})")
    degrees = np.bincount(place(context(SparseLayer.empty(2000, 2000)), 12_000) // 2000, minlength=2000)
    a, m, q = attractiveness, 6, np.arange(60)
    # Dorogovtsev, Mendes and Samukhin 2000, eq. 7: falls as q^−(2 + a)
    log_p = gammaln((m + 1) * a + 1) - gammaln(m * a) + gammaln(q + m * a) - gammaln(q + 2 + (m + 1) * a)
    found = np.bincount(np.minimum(degrees, 60), minlength=61)[:60] / 2000
    np.testing.assert_allclose(np.cumsum(found), np.cumsum((1 + a) * np.exp(log_p)), atol=0.03)


def test_correlated_inputs_are_linked_by_rank_of_their_correlation():
    images = of(0).normal(size=(300, 6)).astype(np.float32)
    images[:, 3] = images[:, 0] + 0.1 * images[:, 3]
    images[:, 4] = -images[:, 1] + 0.5 * images[:, 4]
    images[:, 5] = 7.0
    expected = np.abs(np.nan_to_num(np.corrcoef(images[:, :5].T)))
    np.fill_diagonal(expected, 0)
    placed = INITIAL_TOPOLOGIES["correlation"](context(SparseLayer.empty(6, 12), images=images), 8)
    pairs = {(int(p // 12), int(p % 12 // 2)) for p in placed}
    assert pairs == {(0, 3), (3, 0), (1, 4), (4, 1)}  # twice each, as units 2 k and 2 k + 1 stand for input k
    strongest = np.sort(expected.ravel())[-4:]
    assert all(expected[pair] in strongest for pair in pairs)
    with pytest.raises(SparseTrainingError, match="correlation needs the training images"):
        INITIAL_TOPOLOGIES["correlation"](context(SparseLayer.empty(6, 6)), 3)


def test_inputs_that_never_vary_are_not_linked_however_their_sum_rounds():
    images = of(0).normal(size=(60_000, 6)).astype(np.float32)
    images[:, 2:] = np.float32(-0.42421293)
    assert images[:, 2:].mean(axis=0).std() == 0 != images[0, 2] - images[:, 2].mean()  # the case that rounds
    placed = INITIAL_TOPOLOGIES["correlation"](context(SparseLayer.empty(6, 6), images=images), 2)
    assert placed.tolist() == [0 * 6 + 1, 1 * 6 + 0]


def test_correlations_take_images_of_the_inputs_alone():
    with pytest.raises(SparseTrainingError, match=r"must have the shape \(n_samples, 6\)"):
        INITIAL_TOPOLOGIES["correlation"](context(SparseLayer.empty(6, 6), images=np.zeros((9, 4))), 2)
    with pytest.raises(SparseTrainingError, match="must be finite"):
        INITIAL_TOPOLOGIES["correlation"](context(SparseLayer.empty(6, 6), images=np.full((9, 6), np.nan)), 2)


def test_in_a_layer_a_little_wider_than_the_inputs_the_second_copies_are_of_inputs_all_over_the_image():
    rng = of(0)
    images = np.repeat(rng.normal(size=(400, 20)), 2, axis=1) + 0.1 * rng.normal(size=(400, 40))  # pairs agree
    layer = SparseLayer.empty(50, 40)
    second = context(layer, layers=(SparseLayer.empty(40, 50),), number=2, images=images)
    placed = INITIAL_TOPOLOGIES["correlation"](second, 50)
    inputs = placed % 40 ^ 1  # that a source stands for: the other one of its pair is linked to it
    assert (placed // 40).tolist() == list(range(50))
    assert np.flatnonzero(np.bincount(inputs) == 2).tolist() == list(range(0, 40, 4))


# --- pruning ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(PRUNING_RULES))
@given(
    weights=st.lists(st.floats(-3, 3, width=32), min_size=1, max_size=60),
    fraction=st.floats(0, 1),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=60, deadline=None)
def test_a_pruning_rule_removes_exactly_the_links_that_are_asked_for(name, weights, fraction, seed):
    count = int(fraction * len(weights))
    kept = PRUNING_RULES[name](context(layer_of(weights), seed, progress=0.5), count)
    assert kept.dtype == bool
    assert (~kept).sum() == count


@pytest.mark.parametrize(
    ("weights", "count", "kept"),
    [
        ([3, -1, 2, -4], 2, [True, False, False, True]),
        ([3, -1, 2, -4], 0, [True, True, True, True]),
        ([1, 1, 1, 1], 2, [False, False, True, True]),  # of equal ones the first are removed
        ([0, 0, 5, 0], 1, [False, True, True, True]),
    ],
)
def test_the_smallest_weights_are_pruned(weights, count, kept):
    assert PRUNING_RULES["magnitude"](context(layer_of(weights)), count).tolist() == kept


def test_pruning_by_sign_takes_the_same_fraction_of_either_sign():
    weights = [1, 2, 3, 4, 5, 6, -0.1, -0.2, -0.3]
    kept = PRUNING_RULES["magnitude_by_sign"](context(layer_of(weights)), 3)
    assert kept.tolist() == [False, False, True, True, True, True, False, True, True]


def test_relative_importance_is_the_part_of_a_link_in_the_weights_of_its_two_units():
    layer = layer_of([1, -3, 2, 2], n_in=2)  # rows of W: sources
    np.testing.assert_allclose(relative_importance(context(layer)), [1 / 4 + 1 / 3, 3 / 4 + 3 / 5, 0.5 + 2 / 3, 0.9])


def test_soft_pruning_prefers_weak_links_and_hardens_with_progress():
    layer = layer_of(np.linspace(0.1, 1, 200))

    def mean_removed(progress):
        masks = [PRUNING_RULES["soft_magnitude"](context(layer, seed, progress=progress), 60) for seed in range(20)]
        return np.mean([layer.weights[~mask].mean() for mask in masks])

    hard = layer.weights[:60].mean()
    assert layer.weights.mean() > mean_removed(0) > mean_removed(0.5) > mean_removed(1) > hard
    assert mean_removed(1) < hard + 0.03


# --- choosing by score -----------------------------------------------------------------------------------------------


def test_a_draw_by_weight_has_the_chances_of_drawing_one_after_the_other():
    weights = np.array([1.0, 2.0, 4.0, 1.0])
    counts = np.zeros(4)
    for seed in range(4000):
        counts[drawn_by_weight(np.log(weights), 2, of(seed))] += 1
    p = weights / weights.sum()
    expected = [p[i] + sum(p[j] * p[i] / (1 - p[j]) for j in range(4) if j != i) for i in range(4)]
    np.testing.assert_allclose(counts / 4000, expected, atol=0.03)


@given(
    scores=st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=40),
    linked=st.integers(0, 20),
    soft=st.booleans(),
    data=st.data(),
)
@settings(max_examples=200, deadline=None)
def test_best_pairs_are_exactly_as_many_as_asked_for_and_hold_no_worse_one(scores, linked, soft, data):
    n_pairs = linked + len(scores) + 5
    layer = SparseLayer.empty(1, n_pairs).with_links(np.arange(linked), np.ones(linked, np.float32))
    positions = np.arange(linked, linked + len(scores))
    count = data.draw(st.integers(0, n_pairs - linked))
    scores = np.array(scores)
    new = best_by_score(scores, positions, layer, count, of(0), soft=soft)
    assert len(new.positions) == count
    assert np.all(np.diff(new.positions) > 0)
    assert not np.isin(new.positions, layer.positions).any()
    positive = int((scores > 0).sum())
    assert new.shortfall == max(0, count - positive)
    chosen = np.isin(positions, new.positions)
    if positive >= count and not soft and count:
        assert scores[chosen].min() >= scores[~chosen].max(initial=0)
    assert (scores > 0)[chosen].sum() == min(count, positive)


# --- gradients -------------------------------------------------------------------------------------------------------


def dense_gradients(network, images, labels):
    """Gradients of all pairs by automatic differentiation of the dense network, (n_in, n_out) a layer."""
    import torch

    dense = MaskedDense(network)
    torch.nn.functional.cross_entropy(dense.logits(images), torch.tensor(labels)).backward()
    return [weight.grad.numpy().T for weight in dense.weights[:-1]]


@pytest.mark.parametrize("samples", [5, 40, 150])
def test_gradients_of_all_pairs_are_those_of_the_dense_network(samples):
    network = random_network([20, 33, 17], 2, 0.1, seed=3)
    images, labels = IMAGES[:samples], LABELS[:samples]
    source = Gradients(network, images, labels, SEED, 1)
    for number, expected in enumerate(dense_gradients(network, images, labels), start=1):
        found = source.of_all_pairs(number, 1000)
        np.testing.assert_allclose(found, expected, atol=2e-6)
        positions = of(0).permutation(expected.size)[:50]
        np.testing.assert_allclose(source.of_pairs(number, positions, 1000), expected.ravel()[positions], atol=2e-6)


def test_derivatives_with_respect_to_the_images_are_those_of_the_dense_network():
    import torch

    network = random_network([20, 33, 17], 2, 0.1, seed=3)
    images = torch.tensor(IMAGES[:30], dtype=torch.float64, requires_grad=True)
    logits = MaskedDense(network).logits(images)
    torch.nn.functional.cross_entropy(logits, torch.tensor(LABELS[:30]), reduction="sum").backward()
    activations, errors = unit_signals(network, IMAGES[:30], LABELS[:30])
    np.testing.assert_allclose(errors[0].T, images.grad.numpy(), atol=2e-6)
    np.testing.assert_allclose(activations[-1].T, logits.detach().numpy(), atol=1e-5)


def test_gradients_are_of_samples_that_the_seed_draws_anew_each_epoch():
    network = random_network([20, 30], 2, 0.1, seed=3)
    first, again, later = (Gradients(network, IMAGES, LABELS, SEED, epoch).of_all_pairs(1, 16) for epoch in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, later)


def test_a_gradient_rule_says_that_a_layer_is_wider_than_memory_before_it_allocates(monkeypatch):
    monkeypatch.setattr(gradients, "_memory", lambda: 2**20)
    network = random_network([20, 40_000], 2, 0.001, seed=0)
    with pytest.raises(SparseTrainingError, match=r"of 20 × 40000 units takes .* GiB.*such as sampled_gradient"):
        train(network, *TASK, rule="rigl", settings=TrainingSettings(epochs=3), seed=0)


@pytest.mark.parametrize("rule", ["ch2l3", "ch2l3n", "ch3l3n"])
def test_a_soft_rule_says_that_a_layer_is_wider_than_memory_before_it_allocates(monkeypatch, rule):
    monkeypatch.setattr(gradients, "_memory", lambda: 2**20)
    network = random_network([20, 40_000], 2, 0.001, seed=0)
    method = Method(regrowth=f"{rule}(soft=True)")
    with pytest.raises(SparseTrainingError, match=rf"{rule}\(soft=True\) takes a table .* GiB.*: use {rule}"):
        update_topology(network, network.zeros_like(), method, of(0))


def test_so_does_the_topology_of_correlations(monkeypatch):
    monkeypatch.setattr(gradients, "_memory", lambda: 2**20)
    with pytest.raises(SparseTrainingError, match=r"correlation takes a table over all pairs .* such as uniform"):
        SparseMLP.random(
            [20, 40_000], n_classes=2, density=0.001, rng=of(0), initial_topology="correlation", images=IMAGES
        )


@pytest.mark.parametrize(
    ("topology", "message"),
    [
        ("watts_strogatz(rewired=3)", "option rewired must be a number from 0 to 1, got 3"),
        ("bipartite_receptive_field(randomness=-1)", "option randomness must be a number from 0 to 1, got -1"),
        ("barabasi_albert(attractiveness='much')", "option attractiveness must be a number of at least 0.001, got 'm"),
        ("barabasi_albert(attractiveness=0)", "option attractiveness must be a number of at least 0.001, got 0"),
    ],
)
def test_an_initial_topology_refuses_options_that_make_no_sense(topology, message):
    with pytest.raises(SparseTrainingError, match=message):
        SparseMLP.random([20, 30], n_classes=2, density=0.1, rng=of(0), initial_topology=topology)


def test_a_rule_that_needs_gradients_says_so_where_there_are_no_samples():
    network = random_network([20, 30], 2, 0.1, seed=3)
    with pytest.raises(SparseTrainingError, match="needs gradients, and there are no samples"):
        update_topology(network, network.zeros_like(), Method(regrowth="gradient"), of(0))


def test_gradient_regrowth_takes_the_largest_and_sampling_many_pairs_finds_the_same():
    network = random_network([20, 33, 17], 2, 0.1, seed=3)
    source = Gradients(network, IMAGES, LABELS, SEED, 1)
    layer = network.sparse_layers[0]
    magnitudes = np.abs(dense_gradients(network, IMAGES, LABELS)[0]).ravel()
    magnitudes[layer.positions] = 0
    expected = np.sort(np.argsort(-magnitudes)[:15])
    for rule in ("gradient(samples=200)", "sampled_gradient(samples=200, subset=400)"):
        new = REGROWTH_RULES.resolve(rule)(context(layer, source=source, layers=network.sparse_layers), 15)
        np.testing.assert_array_equal(new.positions, expected)
    few = REGROWTH_RULES["sampled_gradient"](context(layer, source=source, layers=network.sparse_layers), 15)
    assert np.isin(few.positions, expected).sum() > 0
    uniform = REGROWTH_RULES.resolve("sampled_gradient(guided=False)")(context(layer, source=source), 15)
    assert magnitudes[few.positions].sum() > magnitudes[uniform.positions].sum()  # the bound is a good guide


# --- updates ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("regrowth", ["ch3l3(soft=True)", "paths(soft=True)"])
def test_soft_regrowth_draws_exactly_as_many_pairs_with_a_path(regrowth):
    network = random_network([30, 40, 20], 3, 0.1, seed=1)
    updated, _, updates = update_topology(network, network.zeros_like(), Method(regrowth=regrowth), of(0))
    assert [layer.n_links for layer in updated.sparse_layers] == [layer.n_links for layer in network.sparse_layers]
    hard, _, _ = update_topology(network, network.zeros_like(), Method(regrowth=regrowth.partition("(")[0]), of(0))
    assert not np.array_equal(hard.sparse_layers[0].positions, updated.sparse_layers[0].positions)
    assert all(update.shortfall == 0 for update in updates)


def test_new_links_of_weight_zero_leave_the_function_of_the_network_alone():
    network = random_network([20, 30, 30], 2, 0.3, seed=0)
    method = Method(regrowth="random", new_weights="zero")
    updated, _, _ = update_topology(network, network.zeros_like(), method, of(0), zeta=0, counts=[400, 500])
    assert [layer.n_links for layer in updated.sparse_layers] == [400, 500]
    np.testing.assert_allclose(updated.logits(IMAGES), network.logits(IMAGES), rtol=1e-5, atol=1e-5)


def test_merged_biases_keep_what_the_network_computes_when_links_off_the_paths_go():
    would_be_lost = [merging_keeps_the_logits(seed) for seed in range(20)]
    assert sum(would_be_lost) > 10


def merging_keeps_the_logits(seed):
    """Asserts it, and returns whether the logits would change without merging."""
    network = random_network([20, 12, 12, 12], 3, 0.08, seed=seed)
    kept = [np.ones(layer.n_links, bool) for layer in network.sparse_layers]
    on_path = links_on_paths(network.sparse_layers, kept)
    biases = merged_biases(network.sparse_layers, kept, on_path)
    cut = [layer.select(mask) for layer, mask in zip(network.sparse_layers, on_path, strict=True)]
    lost = replace(network, sparse_layers=tuple(cut))
    merged = [replace(layer, bias=bias) for layer, bias in zip(cut, biases, strict=True)]
    np.testing.assert_allclose(
        replace(network, sparse_layers=tuple(merged)).logits(IMAGES), network.logits(IMAGES), rtol=1e-5, atol=1e-5
    )
    return not np.allclose(lost.logits(IMAGES), network.logits(IMAGES))


def test_merging_biases_is_an_option_of_training():
    network = SparseMLP.random([20, 30, 30], n_classes=2, density=0.05, rng=of(0))
    runs = [
        train(network, *TASK, rule="random", settings=TrainingSettings(epochs=4, merge_bias=merge), seed=0)
        for merge in (False, True)
    ]
    biases = [run.network.sparse_layers[1].bias for run in runs]
    assert not np.array_equal(*biases)


def test_an_update_after_the_last_epoch_is_an_option_that_changes_nothing_before_it():
    network = SparseMLP.random([20, 30, 30], n_classes=2, density=0.1, rng=of(0))
    plain, more = (
        train(network, *TASK, rule="ch3l3", settings=TrainingSettings(epochs=4, update_after_last_epoch=after), seed=0)
        for after in (False, True)
    )
    assert plain.history == more.history
    assert plain.topology[:6] == more.topology[:6]
    assert [row["regrown"] > 0 for row in plain.topology[6:]] == [False, False]
    assert [row["regrown"] > 0 for row in more.topology[6:]] == [True, True]


# --- compositions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("density_schedule", ["cubic", "sigmoid", "linear(until=0.5)"])
@pytest.mark.parametrize("regrowth", ["random", "static"])
@pytest.mark.parametrize("initial", ["uniform", "erk"])
def test_link_counts_follow_the_density_schedule_exactly(density_schedule, regrowth, initial):
    settings = TrainingSettings(
        epochs=7,
        density=0.05,
        initial_density=0.5,
        density_schedule=density_schedule,
        regrowth=regrowth,
        initial_topology=initial,
    )
    network = initial_network([20, 40, 30], n_classes=2, rule="random", settings=settings, rng=of(0))
    shapes = [(20, 40), (40, 30)]
    assert [layer.n_links for layer in network.sparse_layers] == link_counts(initial, shapes, 0.5)
    run = train(network, *TASK, rule="random", settings=settings, seed=0)
    way = SCHEDULES.resolve(density_schedule)
    for epoch in range(1, 8):
        density = 0.5 + (0.05 - 0.5) * way(min(epoch, 6) / 6)
        links = [row["links"] for row in run.topology if row["epoch"] == epoch]
        assert links == link_counts(initial, shapes, density)
    assert [layer.n_links for layer in run.network.sparse_layers] == link_counts(initial, shapes, 0.05)


def test_gradual_magnitude_pruning_keeps_the_largest_weights_and_grows_none():
    settings = TrainingSettings(
        epochs=2, density=0.1, initial_density=1.0, density_schedule="cubic", learning_rate=1e-9, regrowth="static"
    )
    network = initial_network([20, 30], n_classes=2, rule="random", settings=settings, rng=of(0))
    run = train(network, *TASK, rule="random", settings=settings, seed=0)
    largest = np.sort(np.argsort(-np.abs(network.sparse_layers[0].weights), kind="stable")[:60])
    np.testing.assert_array_equal(run.network.sparse_layers[0].positions, largest)
    assert [row["regrown"] for row in run.topology] == [0, 0]


def test_a_falling_pruned_fraction_follows_its_schedule():
    network = SparseMLP.random([20, 50], n_classes=2, density=0.5, rng=of(0))
    settings = TrainingSettings(epochs=11, zeta_schedule="cosine", remove_disconnected=False)
    run = train(network, *TASK, rule="random", settings=settings, seed=0)
    expected = [math.floor(500 * 0.3 * (1 + math.cos(math.pi * e / 10)) / 2 + 1e-9) for e in range(1, 11)]
    assert [row["regrown"] for row in run.topology] == [*expected, 0]


@pytest.mark.parametrize("name", list(METHODS))
def test_a_named_method_trains_from_its_own_initial_topology(name):
    settings = TrainingSettings(epochs=10, density=0.2, learning_rate=0.1, batch_size=16)
    network = initial_network([20, 40, 30], n_classes=2, rule=name, settings=settings, rng=of(0), images=IMAGES)
    run = train(network, *TASK, rule=name, settings=settings, seed=0)
    assert run.history[-1]["test_accuracy"] > 0.75
    counts = link_counts(METHODS[name].initial_topology, [(20, 40), (40, 30)], 0.2)
    assert [layer.n_links for layer in run.network.sparse_layers] == counts


def test_settings_replace_parts_of_a_method():
    settings = TrainingSettings(epochs=3, pruning="magnitude", initial_topology="watts_strogatz(rewired=0.5)")
    assert Method.of("set", settings) == Method("watts_strogatz(rewired=0.5)", "magnitude", "random")
    assert Method.of("ch3l3", TrainingSettings(epochs=3)) == Method(regrowth="ch3l3")
    assert Method.of(Method(regrowth="paths"), settings).pruning == "magnitude"


def test_the_code_of_a_method_is_that_of_its_parts():
    assert modules_of("set", TrainingSettings(epochs=3, pruning="soft_magnitude(last=5)")) == [
        "sparse_training.initial.erk",
        "sparse_training.methods.set",
        "sparse_training.pruning.soft_magnitude",
        "sparse_training.regrowth.random",
        "sparse_training.schedules.constant",
    ]
    assert "sparse_training.methods.random" not in modules_of("random", TrainingSettings(epochs=3))


@pytest.mark.parametrize(
    ("rule", "values", "message"),
    [
        ("nonsense", {}, r"unknown training method 'nonsense', expected one of .*rigl.*, or a regrowth rule, .*ch3l3"),
        ("set", {"pruning": "nonsense"}, r"unknown pruning rule 'nonsense', expected one of magnitude, "),
        ("set", {"initial_topology": "torus"}, r"unknown initial topology 'torus', expected one of .*uniform"),
        ("set", {"zeta_schedule": "steps"}, r"unknown schedule 'steps', expected one of constant, cosine"),
        ("set", {"zeta_schedule": "cosine(end=1)"}, r"schedule cosine has no option end: its options are until"),
        ("set", {"pruning": "magnitude(end=1)"}, r"pruning rule magnitude has no option end: it has none"),
        ("set", {"zeta_schedule": "cosine(0.5"}, r"a schedule is written as name or name\(option=value, …\), got 'cos"),
        ("set", {"zeta_schedule": "cosine(0.5)"}, r"a schedule is written as name or name\(option=value"),
        ("set", {"density_schedule": "cubic"}, "cubic needs initial_density and density, .* got None and None"),
        ("set", {"initial_density": 0.5}, "choose a density_schedule of cosine, cubic, linear, sigmoid"),
        (
            "static",
            {"density_schedule": "cubic", "initial_density": 0.1, "density": 0.2},
            "cannot grow from 0.1 to 0.2 with the regrowth rule static, .*: choose one of .*random",
        ),
        (
            "random",
            {"density_schedule": "cubic", "initial_density": 0.5, "density": 0.0001},
            r"cubic leaves layer 1 without a link, at a density of 0\.0001: choose a larger density or wider layers",
        ),
        ("set", {"pruning": "soft_magnitude(first='a')"}, "option first must be a number of at least 0, got 'a'"),
        ("set", {"regrowth": "gradient(samples=0)"}, "option samples must be a whole number of at least 1, got 0"),
        ("set", {"regrowth": "sampled_gradient(subset=-1)"}, "option subset must be a number of at least 0, got -1"),
    ],
)
def test_a_composition_that_cannot_be_is_one_sentence(rule, values, message):
    network = random_network([20, 30], 2, 0.1, seed=3)
    with pytest.raises(SparseTrainingError, match=message):
        train(network, *TASK, rule=rule, settings=TrainingSettings(epochs=2, **values), seed=0)


def test_a_new_network_without_a_density_or_without_images_for_its_topology_is_one_sentence():
    arguments = {"n_classes": 2, "rng": of(0)}
    with pytest.raises(SparseTrainingError, match="density of a new network must be given"):
        initial_network([20, 30], rule="set", settings=TrainingSettings(epochs=1), **arguments)
    with pytest.raises(SparseTrainingError, match="needs the training images"):
        initial_network([20, 30], rule="cht", settings=TrainingSettings(epochs=1, density=0.1), **arguments)


def test_rules_that_break_their_contract_are_named(monkeypatch):
    for registry in (REGROWTH_RULES, PRUNING_RULES, INITIAL_TOPOLOGIES):
        monkeypatch.setattr(registry, "_members", dict(registry._members))

    @regrowth_rule("too_few")
    def too_few(context, count):
        return NewLinks(np.empty(0, np.int64))

    @regrowth_rule("doubled")
    def doubled(context, count):
        return NewLinks(context.layer.positions[:count])

    @pruning_rule("all_gone")
    def all_gone(context, count):
        return np.zeros(context.layer.n_links, bool)

    @initial_topology("nowhere")
    def nowhere(context, count):
        return np.empty(0, np.int64)

    network = random_network([20, 30], 2, 0.1, seed=3)
    for rule in ("too_few", "doubled"):
        with pytest.raises(SparseTrainingError, match=rf"regrowth rule {rule} must return \d+ positions"):
            update_topology(network, network.zeros_like(), Method(regrowth=rule), of(0))
    with pytest.raises(SparseTrainingError, match=r"pruning rule all_gone must return a mask of \d+ links, false"):
        update_topology(network, network.zeros_like(), Method(pruning="all_gone"), of(0))
    with pytest.raises(SparseTrainingError, match=r"initial topology nowhere must return 60 positions"):
        SparseMLP.random([20, 30], n_classes=2, density=0.1, rng=of(0), initial_topology="nowhere")


def test_random_regrowth_explores_ever_more_links_and_a_static_network_none():
    network = SparseMLP.random([20, 30], n_classes=2, density=0.1, rng=of(0))
    explored = {
        rule: [
            row["explored"] for row in train(network, *TASK, rule=rule, settings=TrainingSettings(10), seed=0).topology
        ]
        for rule in ("random", "static")
    }
    assert explored["static"] == [0.1] * 10
    assert np.all(np.diff(explored["random"])[:-1] > 0)
    assert explored["random"][-1] == explored["random"][-2]  # no update after the last epoch
