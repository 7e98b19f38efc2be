"""Draws which rule feeds which, as a mermaid graph with one box a stage; keeps the one in the README up to date."""

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from study.files import atomic_path
from study.scripts.run import run

BLOCK = re.compile(r"^```mermaid\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--configfile", default="config/paper.yaml", help="the study (default: %(default)s)")
    parser.add_argument(
        "--into", type=Path, metavar="MARKDOWN", help="replaces the mermaid block of this file, instead of printing it"
    )
    options = parser.parse_args(arguments)
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--rulegraph",
        "mermaid-js",
        "--configfile",
        options.configfile,
        "--nolock",
    ]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode:
        sys.exit(result.stderr)
    graph = by_stage(result.stdout, stages(Path("workflow/rules")))
    if options.into is None:
        print(graph, end="")
    else:
        replace_graph(options.into, graph)


def stages(folder: Path) -> dict[str, list[str]]:
    """The rules of each stage: those that one file of the folder defines, in the order of its text."""
    return {path.stem: re.findall(r"^rule (\w+):", path.read_text(), re.MULTILINE) for path in folder.glob("*.smk")}


def by_stage(mermaid: str, stages: dict[str, list[str]]) -> str:
    """The graph that Snakemake prints, always in the same order, each rule in the box of its stage.

    Stages follow each other as their rules do. The rule `all`, which everything leads to, is left out.
    """
    names = dict(re.findall(r"^\s*(\w+)\[(\w+)\]$", mermaid, re.MULTILINE))
    links = {(names[start], names[end]) for start, end in re.findall(r"(\w+) --> (\w+)", mermaid)}
    links = sorted(link for link in links if "all" not in link)
    lines = ["flowchart LR"]
    for stage in _in_order(stages, links):
        rules = [rule for rule in stages[stage] if rule in names.values()]
        lines += [f"    subgraph {stage}", *(f"        {rule}" for rule in rules), "    end"]
    lines += [f"    {start} --> {end}" for start, end in links]
    return "\n".join(lines) + "\n"


def _in_order(stages: dict[str, list[str]], links: list[tuple[str, str]]) -> Iterator[str]:
    """Stages that have a rule with links, each after all those that feed it."""
    stage_of = {rule: stage for stage, rules in stages.items() for rule in rules}
    feeds = defaultdict(set)
    for start, end in links:
        feeds[stage_of[end]] |= {stage_of[start]} - {stage_of[end]}
        feeds[stage_of[start]] |= set()
    while feeds:
        stage = min(stage for stage, before in feeds.items() if not before & feeds.keys())
        del feeds[stage]
        yield stage


def replace_graph(path: Path, graph: str) -> None:
    """Puts the graph into the one mermaid block of a Markdown file."""
    text = path.read_text()
    if len(BLOCK.findall(text)) != 1:
        sys.exit(f"{path} must have one mermaid block, begun by a line ```mermaid; it has {len(BLOCK.findall(text))}.")
    with atomic_path(path) as temporary:
        temporary.write_text(BLOCK.sub(lambda _: f"```mermaid\n{graph}```\n", text))


if __name__ == "__main__":
    run(main)
