"""What the scripts that draw figures have in common: their arguments, and how they end."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence

import pandas as pd
from matplotlib.figure import Figure

from study.plots.labels import dataset_name
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
    """Adds `--output` and `--not-run`, parses, draws, and writes figure, table of exactly what is drawn, and record.

    arguments  the command line without the script; None for that of this process
    script     `__file__` of the script
    draw       gives figure and table for the parsed arguments
    """
    parser.add_argument(
        "--output", type=FigureStem, required=True, metavar="STEM", help="writes STEM.pdf, STEM.png and STEM.csv"
    )
    parser.add_argument(
        "--not-run",
        nargs="+",
        default=[],
        metavar="DATASET",
        help="data sets that the study leaves out; the figure says so (default: none)",
    )
    options, record = parse(parser, arguments, script)
    with record:
        figure, table = draw(options)
        if options.not_run:
            _add_note(figure, f"Not run: data of {', '.join(map(dataset_name, options.not_run))}")
        save_figure(figure, table, options.output, record)


def _add_note(figure: Figure, note: str) -> None:
    """Adds a note to the last legend of the whole figure, or below the panels where there is none."""
    if not figure.legends:
        figure.supxlabel(note, fontsize="small")
        return
    title = figure.legends[-1].get_title()
    title.set_text("\n".join(filter(None, [title.get_text(), note])))
    title.set_horizontalalignment("center")
