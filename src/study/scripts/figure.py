"""What the scripts that draw figures have in common: their arguments, and how they end."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence

import pandas as pd
from matplotlib.figure import Figure

from study.plots.style import save_figure
from study.provenance.record import FigureStem, Input, parse


def add_tables(parser: ArgumentParser, content: str, columns: Sequence[str], order: str) -> None:
    """Adds `tables`: result tables of one kind, in the order in which they are drawn."""
    parser.add_argument(
        "tables",
        nargs="+",
        type=Input,
        metavar="TABLE",
        help=f"{content} ({', '.join(columns)}); their order is the order of {order}",
    )


def draw_figure(
    parser: ArgumentParser,
    arguments: list[str] | None,
    script: str,
    draw: Callable[[Namespace], tuple[Figure, pd.DataFrame]],
) -> None:
    """Adds `--output`, parses, draws, and writes the figure, the table of exactly what is drawn, and the record.

    arguments  the command line without the script; None for that of this process
    script     `__file__` of the script
    draw       gives figure and table for the parsed arguments
    """
    parser.add_argument(
        "--output", type=FigureStem, required=True, metavar="STEM", help="writes STEM.pdf, STEM.png and STEM.csv"
    )
    options, record = parse(parser, arguments, script)
    with record:
        save_figure(*draw(options), options.output, record)
