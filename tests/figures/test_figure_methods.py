"""What is drawn of training methods and their costs."""

import pandas as pd
import pytest

import figure_methods


def test_the_table_is_accuracy_links_and_units_of_the_last_epoch_and_the_mean_seconds_of_an_epoch(
    inputs, drawn, tmp_path
):
    inputs("figure_methods")
    drawn = pd.read_csv(drawn("figure_methods") / "figure.csv").set_index("rule")
    assert drawn["epochs"].to_dict() == {"ch3l3": 4, "random": 4, "dense": 2}
    assert drawn["networks"].unique().tolist() == [3]
    for rule, row in drawn.iterrows():
        folders = [tmp_path / f"training/digits/{rule}/{seed}" for seed in (0, 1, 2)]
        last = [pd.read_csv(folder / "histories.csv")["test_accuracy"].iloc[-1] for folder in folders]
        assert row["test_accuracy"] == pytest.approx(pd.Series(last).mean())
        assert row["deviation"] == pytest.approx(pd.Series(last).std())
        layers = [pd.read_csv(folder / "topologies.csv").tail(2) for folder in folders]
        assert row["links"] == pytest.approx(sum(table["links"].sum() for table in layers) / 3)
        assert row["active_units"] == pytest.approx(sum(table["active_units"].sum() for table in layers) / 3)
        times = pd.concat(pd.read_csv(folder / "timings.csv") for folder in folders)
        assert row["seconds"] == pytest.approx((times["seconds_training"] + times["seconds_update"]).mean())


def of_networks(numbers):
    """History, topology and timings of made-up networks: (how many, epochs) of each rule."""
    networks = pd.DataFrame(
        [
            {"dataset": "mnist", "rule": rule, "seed": seed, "epoch": epoch, "test_accuracy": 0.5 + seed / 10}
            for rule, (count, epochs) in numbers.items()
            for seed in range(count)
            for epoch in range(1, epochs + 1)
        ]
    )
    return (
        networks,
        networks.assign(layer=1, links=1000, active_units=10),
        networks.assign(seconds_training=1.0, seconds_update=0.25),
    )


def test_the_legend_says_how_many_networks_and_epochs_each_method_has():
    figure, _ = figure_methods.draw(*of_networks({"static": (3, 4), "cht": (2, 4), "dense": (2, 1)}))
    title = " ".join(figure.legends[0].get_title().get_text().split())
    assert "3 networks (static), 2 (CHT, dense), after 4 epochs (dense: 1)" in title
    figure, _ = figure_methods.draw(*of_networks({"static": (2, 1), "cht": (2, 1)}))
    assert figure.legends[0].get_title().get_text().endswith("2 networks, after 1 epoch")
    figure, _ = figure_methods.draw(*of_networks(dict.fromkeys(("set", "rigl", "cht"), (2, 1)) | {"chtss": (3, 1)}))
    assert max(map(len, figure.legends[0].get_title().get_text().split("\n"))) < 120  # what fits the page


def test_the_numbers_are_printed_as_a_table_for_the_documentation(inputs, tmp_path, capsys):
    figure_methods.main([*inputs("figure_methods"), "--output", str(tmp_path / "figure")])
    assert len(capsys.readouterr().out.splitlines()) == 2 + len(pd.read_csv(tmp_path / "figure.csv"))
    text = figure_methods.as_text(figure_methods.compare(*of_networks({"set": (2, 3), "dense": (1, 1)})))
    assert text.splitlines()[2:] == [
        "| MNIST | `set` | 2 | 3 | 0.5500 ± 0.0707 | 1,000 | 10 | 1.25 |",
        "| MNIST | `dense` | 1 | 1 | 0.5000 | 1,000 | 10 | 1.25 |",
    ]


def test_the_legend_of_many_methods_fits_in_the_width_of_the_figure():
    rules = ["static", "set", "rigl", "ch3l3", "cht", "chts", "chtss", "narrow_dense", "dense"]
    networks = [{"dataset": "mnist", "rule": rule, "seed": 0, "epoch": 1} for rule in rules]
    figure, _ = figure_methods.draw(
        pd.DataFrame(networks).assign(test_accuracy=0.9),
        pd.DataFrame(networks).assign(layer=1, links=100, active_units=10),
        pd.DataFrame(networks).assign(seconds_training=1.0, seconds_update=0.1),
    )
    figure.draw_without_rendering()
    legend = figure.legends[0].get_window_extent()
    assert legend.x0 >= 0
    assert legend.x1 <= figure.bbox.width
