from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sparse_training import measures
from sparse_training.measures import (
    active_units,
    count_on_paths,
    degree_distribution,
    explored,
    explored_fraction,
    links_on_paths,
    magnitude_density,
    modularity,
)
from sparse_training.network import SparseMLP
from tests.sparse_training.networks import empty_layer, random_network


@st.composite
def layered_networks(draw):
    sizes = draw(st.lists(st.integers(1, 6), min_size=2, max_size=5))
    layers = []
    for n_in, n_out in pairwise(sizes):
        positions = np.array(sorted(draw(st.sets(st.integers(0, n_in * n_out - 1)))), np.int64)
        layers.append(empty_layer(n_in, n_out).with_links(positions, np.ones(len(positions), np.float32)))
    return layers


def judged_on_paths(layers):
    """Links whose source networkx reaches from an input and from whose target it reaches the last layer."""
    graph = nx.DiGraph()
    for number, layer in enumerate(layers):
        graph.add_edges_from(
            ((number, int(s)), (number + 1, int(t))) for s, t in zip(layer.sources, layer.targets, strict=True)
        )
    graph.add_edges_from(("start", node) for node in list(graph) if node[0] == 0)
    graph.add_edges_from((node, "end") for node in list(graph) if node[0] == len(layers))
    from_start = nx.descendants(graph, "start") if "start" in graph else set()
    to_end = nx.ancestors(graph, "end") if "end" in graph else set()
    return [
        np.array(
            [
                (n, int(s)) in from_start and (n + 1, int(t)) in to_end
                for s, t in zip(layer.sources, layer.targets, strict=True)
            ],
            bool,
        )
        for n, layer in enumerate(layers)
    ]


@given(layered_networks())
@settings(max_examples=200)
def test_exactly_the_links_on_a_path_from_an_input_to_the_readout_are_found(layers):
    found = links_on_paths(layers, [np.ones(layer.n_links, bool) for layer in layers])
    for mask, judged in zip(found, judged_on_paths(layers), strict=True):
        np.testing.assert_array_equal(mask, judged)


@pytest.mark.parametrize("seed", range(5))
def test_links_that_are_not_present_carry_no_path(seed):
    rng = np.random.default_rng(seed)
    network = SparseMLP.random([30, 40, 50, 60], n_classes=2, density=0.05, rng=rng)
    present = [rng.random(layer.n_links) < 0.7 for layer in network.sparse_layers]
    masks = links_on_paths(network.sparse_layers, present)
    remaining = [layer.select(mask) for layer, mask in zip(network.sparse_layers, present, strict=True)]
    for mask, there, judged in zip(masks, present, judged_on_paths(remaining), strict=True):
        np.testing.assert_array_equal(mask[there], judged)
        assert not mask[~there].any()


def test_units_on_paths_are_those_that_the_links_on_paths_end_in():
    # 0 → 0 → 0 is a path; unit 1 of the first hidden layer has no link out, unit 1 of the second none in.
    first = empty_layer(2, 2).with_links(np.array([0, 1]), np.ones(2, np.float32))
    second = empty_layer(2, 2).with_links(np.array([0]), np.ones(1, np.float32))
    network = SparseMLP((first, second), np.ones((2, 2), np.float32), np.zeros(2, np.float32))
    assert count_on_paths(network) == (2, 2)
    assert [active_units(layer) for layer in network.sparse_layers] == [2, 1]


def test_magnitude_densities_count_every_link_once_and_integrate_to_one():
    network = random_network([30, 40, 50], 3, 0.2, seed=0)
    largest = max(np.abs(layer.weights).max() for layer in network.sparse_layers)
    edges = np.linspace(0, largest, 20)
    rows = magnitude_density(network, edges)
    for number, layer in enumerate(network.sparse_layers, start=1):
        own = [row for row in rows if row["layer"] == number]
        assert [row["bin_lower"] for row in own] == edges[:-1].tolist()
        assert sum(row["links"] for row in own) == layer.n_links
        assert sum(row["density"] * (row["bin_upper"] - row["bin_lower"]) for row in own) == pytest.approx(1)


def test_densities_of_hand_made_weights():
    layer = empty_layer(1, 4).with_links(np.arange(4), np.array([0.1, -0.2, 0.7, -3.0], np.float32))
    network = SparseMLP((layer,), np.ones((2, 4), np.float32), np.zeros(2, np.float32))
    rows = magnitude_density(network, [0, 0.5, 1.0])
    assert [(row["links"], row["density"]) for row in rows] == [(2, 1.0), (1, 0.5)]  # |w| = 3 lies outside


def test_degrees_of_both_sides_are_counted():
    layer = empty_layer(3, 2).with_links(np.array([0, 2, 3]), np.ones(3, np.float32))  # 0–0, 1–0, 1–1
    network = SparseMLP((layer,), np.ones((2, 2), np.float32), np.zeros(2, np.float32))
    assert [tuple(row.values()) for row in degree_distribution(network)] == [
        (1, "out", 0, 1),
        (1, "out", 1, 1),
        (1, "out", 2, 1),
        (1, "in", 1, 1),
        (1, "in", 2, 1),
    ]


def test_the_modularity_of_separate_blocks_is_that_of_the_definition_and_random_links_have_less():
    blocks = np.kron(np.eye(4), np.ones((5, 5)))  # four equal groups without a link between them
    layer = empty_layer(20, 20).with_links(np.flatnonzero(blocks), np.ones(100, np.float32))
    assert modularity(layer) == pytest.approx(1 - 4 * (1 / 4) ** 2)
    mixed = random_network([20, 20], 2, 0.25, seed=0).sparse_layers[0]
    assert modularity(mixed) < 0.5
    assert modularity(empty_layer(3, 3)) == 0


@given(st.lists(st.sets(st.integers(0, 34)), min_size=1, max_size=5))
def test_explored_links_are_all_that_have_been_there(epochs):
    so_far = None
    for links in epochs:
        layer = empty_layer(5, 7).with_links(np.array(sorted(links), np.int64), np.ones(len(links), np.float32))
        earlier = so_far
        kept = None if so_far is None else so_far.copy()
        so_far = explored(layer, so_far)
        if kept is not None:
            np.testing.assert_array_equal(earlier, kept)
    assert explored_fraction(layer, so_far) == len(set().union(*epochs)) / 35


def test_links_of_very_wide_layers_are_not_tracked(monkeypatch):
    monkeypatch.setattr(measures, "TRACKED_PAIRS", 34)
    assert np.isnan(explored_fraction(empty_layer(5, 7), explored(empty_layer(5, 7))))
    assert explored_fraction(empty_layer(5, 6), explored(empty_layer(5, 6))) == 0
