import gzip
from pathlib import Path

import pytest
import yaml

from study.data.pmlb import choose_tables, read_downloaded, read_index
from study.data.table_groups import LARGEST, LISTED_BY_THE_AUTHORS, SAME_ORIGIN
from study.errors import StudyError

CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture(scope="module")
def index():
    return read_index(CONFIG / "pmlb_tables.csv")


def test_all_listed_tables_are_within_the_limits_of_the_paper(index):
    assert index["rows"].between(32, 3200).all()
    assert index["features"].between(3, 34).all()
    assert index["classes"].between(2, 10).all()
    assert index.index.is_unique


def test_the_code_knows_the_tables_of_the_same_origin(index):
    assert index["same_origin_as"].dropna().to_dict() == SAME_ORIGIN


def test_tables_of_the_same_origin_point_to_one_that_stands_for_itself(index):
    representatives = index["same_origin_as"].dropna().unique()
    assert index.loc[representatives, "same_origin_as"].isna().all()


def test_the_paper_configuration_has_all_tables_within_the_limits(index):
    paper = yaml.safe_load((CONFIG / "paper.yaml").read_text())
    assert paper["asonn"]["tables"] == [f"pmlb/{table}" for table in sorted(index.index, key=str.lower)]
    assert len(paper["asonn"]["tables"]) == 102
    assert set(paper["asonn"]["only_on"]["explainable_boosting"]) == {
        f"pmlb/{table}" for table in index.index[index["rows"] * index["features"] * index["classes"] <= 1_500]
    }


def test_the_groups_of_tables_are_the_largest_by_the_rule_and_those_of_the_authors_list(index):
    assert list(LARGEST) == choose_tables(index)
    assert len(LARGEST) == 52
    assert set(LISTED_BY_THE_AUTHORS) <= set(index.index)
    assert len(set(LISTED_BY_THE_AUTHORS)) == 39
    assert len(set(LISTED_BY_THE_AUTHORS) & set(LARGEST)) == 14


def test_the_rule_keeps_one_table_of_an_origin_no_empty_cells_and_no_rare_class(index):
    chosen = index.loc[choose_tables(index)]
    assert chosen["same_origin_as"].isna().all()
    assert (chosen["missing"] == 0).all()
    assert (chosen["smallest_class"] >= 10).all()


@pytest.mark.parametrize(
    "content",
    [
        "",
        "name,sha256\nglass,0\n",
        "table,rows\nglass,3\n",
        "table,sha256\nglass,0\nglass,1\n",
        "a,b\n1,2,3\n1\n",
        "\0" * 50,
    ],
)
def test_a_list_of_tables_that_is_none_is_one_sentence(tmp_path, content):
    (tmp_path / "index.csv").write_text(content)
    with pytest.raises(StudyError, match=r"index\.csv is not a list of tables.*; take config/pmlb_tables\.csv\.$"):
        read_index(tmp_path / "index.csv")


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(b"a\tb\n1\t2\n"),
        gzip.compress(b""),
        gzip.compress(b"\xff\xfe\x00target"),
        gzip.compress(b"target\ta\n1\t2\n1\t2\t3\n"),
        gzip.compress(b"target\ta\n1\t2\n")[:-9],
        b"version https://git-lfs.github.com/spec/v1\n",
        b"PK\x03\x04",
        b"",
    ],
)
def test_a_downloaded_table_that_is_none_is_one_sentence(tmp_path, content):
    (tmp_path / "glass.tsv.gz").write_bytes(content)
    with pytest.raises(StudyError, match=r"^glass\.tsv\.gz is not a table of PMLB \(.+\); the list of tables names"):
        read_downloaded(tmp_path / "glass.tsv.gz")
