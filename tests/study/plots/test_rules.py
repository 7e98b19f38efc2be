import pandas as pd

from study.plots.rules import networks_phrase


def test_a_legend_says_how_many_networks_each_rule_has():
    def phrase(**networks: int) -> str:
        rows = [(rule, count) for rule, count in networks.items() for _ in range(2)]
        return networks_phrase(pd.DataFrame(rows, columns=["rule", "networks"]))

    assert phrase(ch3l3=10, random=10) == "10 networks"
    assert phrase(ch3l3=32, random=32, static=1, mine=10) == "32 networks (CH3-L3, random), 1 (static), 10 (mine)"


def test_where_the_networks_of_a_rule_differ_by_data_set_the_legend_gives_their_range():
    table = pd.DataFrame({"rule": ["ch3l3", "ch3l3", "random"], "networks": [3, 5, 5]})
    assert networks_phrase(table) == "3 to 5 networks"
