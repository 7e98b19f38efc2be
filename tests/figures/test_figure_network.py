import numpy as np
import pandas as pd
import pytest

import figure_network
from sparse_training.network import SparseMLP


def test_the_strongest_links_of_each_layer_are_drawn_and_no_others(inputs, tmp_path):
    paths = inputs("figure_network")
    figure_network.main([*paths, "--strongest", "0.25", "--output", str(tmp_path / "fig1")])
    drawn = pd.read_csv(tmp_path / "fig1.csv")
    for path, rule in zip(paths, ("ch3l3", "random"), strict=True):
        network = SparseMLP.load(path)
        dense = [layer.to_dense() for layer in network.sparse_layers] + [network.readout_weights]
        for number, weights in enumerate(dense, start=1):
            links = drawn[(drawn["rule"] == rule) & (drawn["layer"] == number)]
            assert len(links) == round(0.25 * np.count_nonzero(weights))
            np.testing.assert_allclose(links["weight"], weights[links["target"], links["source"]], rtol=1e-6)
            hidden = weights.copy()
            hidden[links["target"], links["source"]] = 0
            assert np.abs(hidden).max() <= links["weight"].abs().min() * (1 + 1e-6)


def test_inputs_lie_as_in_the_image_and_units_without_incoming_links_lie_lowest():
    network = SparseMLP.random([16, 25], n_classes=3, density=0.05, rng=np.random.default_rng(0))
    inputs, hidden, outputs = figure_network.unit_positions(network)
    grid = inputs.reshape(4, 4, 2)
    assert (np.diff(grid[..., 0], axis=1) > 0).all()  # columns to the right
    assert (np.diff(grid[..., 1], axis=0) < 0).all()  # rows downwards
    in_degree = np.bincount(network.sparse_layers[0].targets, minlength=25)
    assert (in_degree == 0).any()
    height_of_row = (
        hidden[:, 1] + figure_network.SHEET_SLANT * (hidden[:, 0] - hidden[:, 0].min()) / figure_network.SHEET_WIDTH
    )
    assert height_of_row[in_degree == 0].max() <= height_of_row[in_degree > 0].min() + 1e-9
    assert len(np.unique(hidden, axis=0)) == 25
    assert len(outputs) == 3


@pytest.mark.parametrize("fraction", ["0", "1.5", "some"])
def test_an_impossible_fraction_of_links_is_refused(inputs, tmp_path, fraction, capsys):
    with pytest.raises(SystemExit):
        figure_network.main([*inputs("figure_network"), "--strongest", fraction, "--output", str(tmp_path / "fig1")])
    assert "--strongest" in capsys.readouterr().err
