import numpy as np
import pandas as pd
import pytest

import figure_weight_magnitudes


@pytest.fixture
def drawn(inputs) -> pd.DataFrame:
    paths = inputs("figure_weight_magnitudes")
    weights = figure_weight_magnitudes.read_results(paths, figure_weight_magnitudes.WEIGHTS)
    return figure_weight_magnitudes.mean_densities(weights)


def test_layers_are_pooled_by_links_and_every_density_integrates_to_one(drawn, tmp_path):
    weights = pd.read_csv(tmp_path / "weights/digits/random.csv")
    densities = []
    for seed in (0, 1, 2):
        of_network = weights[weights["seed"] == seed]
        links = of_network.groupby("bin_lower")["links"].sum().to_numpy()
        densities.append(links / links.sum() / np.array([0.1, 0.1, 0.2, 0.6]))
    pooled = drawn[(drawn["rule"] == "random") & (drawn["layer"] == "all") & (drawn["bins"] == "narrow")]
    np.testing.assert_allclose(pooled["mean"], np.mean(densities, axis=0), rtol=1e-12)
    np.testing.assert_allclose(pooled["lower"], np.quantile(densities, 0.1, axis=0), rtol=1e-12)
    np.testing.assert_allclose(pooled["upper"], np.quantile(densities, 0.9, axis=0), rtol=1e-12)
    mass = drawn["mean"] * (drawn["bin_upper"] - drawn["bin_lower"])
    np.testing.assert_allclose(mass.groupby([drawn["rule"], drawn["layer"], drawn["bins"]]).sum(), 1)


def test_a_layer_keeps_the_densities_of_its_networks(drawn, tmp_path):
    weights = pd.read_csv(tmp_path / "weights/digits/ch3l3.csv")
    expected = weights[weights["layer"] == 2].groupby("bin_lower")["density"].mean()
    chosen = (drawn["rule"] == "ch3l3") & (drawn["layer"] == "2") & (drawn["bins"] == "narrow")
    found = drawn[chosen].set_index("bin_lower")["mean"]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert set(drawn["layer"]) == {"all", "1", "2"}


def test_bins_that_a_network_lacks_have_none_of_its_links(inputs):
    paths = inputs("figure_weight_magnitudes")
    weights = figure_weight_magnitudes.read_results(paths, figure_weight_magnitudes.WEIGHTS)
    weights.loc[(weights["seed"] == 1) & (weights["bin_lower"] > 0.3), "links"] = 0
    lacking = weights[(weights["seed"] != 1) | (weights["bin_lower"] < 0.3)]
    pd.testing.assert_frame_equal(
        figure_weight_magnitudes.mean_densities(lacking), figure_weight_magnitudes.mean_densities(weights)
    )


def test_narrow_bins_are_put_together_outside_the_inset():
    edges = np.arange(12) * 0.01
    bins = pd.DataFrame({"dataset": "digits", "rule": "random", "seed": 0, "layer": 1, "links": np.arange(1, 12)})
    wide = figure_weight_magnitudes.widen(bins.assign(bin_lower=edges[:-1], bin_upper=edges[1:]))
    np.testing.assert_allclose(
        wide[["bin_lower", "bin_upper", "links"]], [[0, 0.05, 15], [0.05, 0.1, 40], [0.1, 0.11, 11]]
    )


def test_the_axis_ends_with_the_last_bin_that_has_a_link(drawn):
    figure, _ = figure_weight_magnitudes.draw(drawn)
    row, *_ = figure.axes
    assert row.get_yscale() == "log"
    assert row.get_xlim() == (0, 0.4)  # the bin from 0.4 to 1 is empty
