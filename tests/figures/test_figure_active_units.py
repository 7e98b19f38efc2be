import numpy as np
import pandas as pd

import figure_active_units


def test_the_table_is_the_percentiles_of_active_units_over_networks(inputs):
    paths = inputs("figure_active_units")
    topologies = figure_active_units.read_results(paths, figure_active_units.TOPOLOGY)
    _, drawn = figure_active_units.draw(topologies)
    assert len(drawn) == 2 * 2 * 3  # layers, rules, epochs
    for row in drawn.to_dict("records"):
        of_networks = [
            table[(table["epoch"] == row["epoch"]) & (table["layer"] == row["layer"])]["active_units"].item()
            for table in (pd.read_csv(path) for path in paths if f"/{row['rule']}/" in path)
        ]
        found = [row["median"], row["lower"], row["upper"]]
        np.testing.assert_allclose(found, np.percentile(of_networks, [50, 40, 60]), rtol=1e-12)
