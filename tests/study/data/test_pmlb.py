from pathlib import Path

import pytest
import yaml

from study.data.pmlb import choose_tables, read_index

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture(scope="module")
def index():
    return read_index(CONFIG / "pmlb_tables.csv")


def test_all_listed_tables_are_within_the_limits_of_the_paper(index):
    assert index["rows"].between(32, 3200).all()
    assert index["features"].between(3, 34).all()
    assert index["classes"].between(2, 10).all()
    assert index.index.is_unique


def test_tables_of_the_same_origin_point_to_one_that_stands_for_itself(index):
    representatives = index["same_origin_as"].dropna().unique()
    assert index.loc[representatives, "same_origin_as"].isna().all()


def test_the_paper_configuration_has_the_tables_that_the_rule_chooses(index):
    paper = yaml.safe_load((CONFIG / "paper.yaml").read_text())
    assert paper["asonn"]["tables"] == [f"pmlb/{table}" for table in choose_tables(index)]
    assert len(paper["asonn"]["tables"]) == 52


def test_the_rule_keeps_one_table_of_an_origin_no_empty_cells_and_no_rare_class(index):
    chosen = index.loc[choose_tables(index)]
    assert chosen["same_origin_as"].isna().all()
    assert (chosen["missing"] == 0).all()
    assert (chosen["smallest_class"] >= 10).all()
