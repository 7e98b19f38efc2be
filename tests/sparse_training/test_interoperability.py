import networkx
import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from torch import nn

from sparse_training.errors import SparseTrainingError
from sparse_training.network import SparseMLP
from tests.sparse_training.networks import random_network

IMAGES = np.random.default_rng(0).normal(size=(7, 12)).astype(np.float32)
LAYOUTS = ("masked", "csr")

pytestmark = pytest.mark.filterwarnings("ignore:Sparse (CSR|invariant)")


@pytest.fixture
def network():
    """With a link of weight zero and a unit without any."""
    network = random_network([12, 20, 9], 3, 0.1, seed=1)
    network.sparse_layers[0].weights[3] = 0
    assert len(np.unique(network.sparse_layers[1].targets)) < 9
    return network


def assert_equal_networks(one, other):
    for name, array in one.to_arrays().items():
        assert_array_equal(other.to_arrays()[name], array)
        assert other.to_arrays()[name].dtype == array.dtype


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_network_comes_back_from_torch_as_it_was(network, layout):
    assert_equal_networks(network, SparseMLP.from_torch(network.to_torch(layout)))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_logits_of_the_torch_module_are_those_of_the_network(network, layout):
    module = network.to_torch(layout)
    assert_allclose(module(torch.tensor(IMAGES)).detach().numpy(), network.logits(IMAGES), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_network_trained_in_torch_has_the_same_links_and_new_weights(network, layout):
    module = network.to_torch(layout)
    optimiser = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-3)
    labels = torch.tensor([0, 1, 2, 0, 1, 2, 0])
    losses = []
    for _ in range(20):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(module(torch.tensor(IMAGES)), labels)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
    trained = SparseMLP.from_torch(module)
    for layer, before in zip(trained.sparse_layers, network.sparse_layers, strict=True):
        assert_array_equal(layer.positions, before.positions)
        assert not np.array_equal(layer.weights, before.weights)
    assert_allclose(trained.logits(IMAGES), module(torch.tensor(IMAGES)).detach().numpy(), rtol=1e-5, atol=1e-6)


def test_layouts_have_the_same_gradients(network):
    gradients = []
    for layout in LAYOUTS:
        module = network.to_torch(layout)
        module(torch.tensor(IMAGES)).square().sum().backward()
        gradients.append([parameter.grad.numpy() for parameter in module.parameters()])
    for layer, masked, links in zip(network.sparse_layers, gradients[0][1::2], gradients[1][0::2], strict=False):
        by_target = np.lexsort((layer.sources, layer.targets))
        assert_allclose(masked[layer.targets, layer.sources][by_target], links, rtol=1e-4, atol=1e-5)


def test_a_plain_torch_network_keeps_its_weights_that_are_not_zero():
    module = nn.Sequential(nn.Linear(12, 5), nn.ReLU(), nn.Linear(5, 3, bias=False))
    with torch.no_grad():
        module[0].weight[1] = 0
    network = SparseMLP.from_torch(module)
    assert network.n_links == 48
    assert_allclose(network.logits(IMAGES), module(torch.tensor(IMAGES)).detach().numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "module",
    [nn.Linear(3, 2), nn.Sequential(nn.Linear(3, 2)), nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 2))],
)
def test_a_module_of_another_kind_is_one_clear_error(module):
    with pytest.raises(SparseTrainingError, match=r"Sequential of linear layers with a torch\.nn\.ReLU"):
        SparseMLP.from_torch(module)


def test_an_unknown_layout_is_one_clear_error(network):
    with pytest.raises(SparseTrainingError, match="layout must be one of masked, csr, got 'coo'"):
        network.to_torch("coo")


def test_a_scipy_array_has_one_entry_for_each_link(network):
    for layer in network.sparse_layers:
        matrix = layer.to_scipy()
        assert matrix.nnz == layer.n_links
        assert_array_equal(matrix.toarray(), layer.to_dense())


def test_a_graph_has_the_units_and_links_of_the_network(network):
    graph = network.to_networkx()
    assert graph.number_of_nodes() == 12 + 20 + 9
    assert graph.number_of_edges() == network.n_links
    for number, layer in enumerate(network.sparse_layers, start=1):
        rows, columns = [[(number, unit) for unit in range(layer.n_out)], [(number - 1, i) for i in range(layer.n_in)]]
        weights = networkx.to_numpy_array(graph, [*columns, *rows])[: layer.n_in, layer.n_in :]
        assert_allclose(weights.T, layer.to_dense())
        assert_allclose([graph.nodes[unit]["bias"] for unit in rows], layer.bias)
