"""The graph of rules in the README."""

import random
import subprocess
import sys

import pytest

from rule_graph import by_stage, replace_graph
from tests.workflow.conftest import ROOT

STAGES = {"late": ["draw", "unused"], "early": ["fetch", "train"]}
LINES = [
    "id0[all]",
    "id1[draw]",
    "id2[train]",
    "id3[fetch]",
    "id3 --> id2",
    "id3 --> id1",
    "id2 --> id1",
    "id1 --> id0",
]
GRAPH = """\
flowchart LR
    subgraph early
        fetch
        train
    end
    subgraph late
        draw
    end
    fetch --> draw
    fetch --> train
    train --> draw
"""


def test_stages_follow_each_other_whatever_the_order_in_which_snakemake_prints():
    for seed in range(5):
        lines = random.Random(seed).sample(LINES, len(LINES))
        assert by_stage("\n".join(f"\t{line}" for line in lines), STAGES) == GRAPH


def test_the_readme_shows_the_rules_as_they_are(repository):
    command = [sys.executable, "src/rule_graph.py"]
    graph = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout
    assert f"```mermaid\n{graph}```\n" in (ROOT / "README.md").read_text()


def test_only_the_graph_of_a_page_is_replaced(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("before\n```mermaid\nold\n```\nafter\n```bash\nls\n```\n")
    replace_graph(page, "new\n")
    assert page.read_text() == "before\n```mermaid\nnew\n```\nafter\n```bash\nls\n```\n"


def test_a_page_without_a_graph_is_left_alone(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("no graph\n")
    with pytest.raises(SystemExit, match="one mermaid block"):
        replace_graph(page, "new\n")
    assert page.read_text() == "no graph\n"
