"""Draws test accuracy against the fraction of links removed in random, weight and reverse weight order (Fig. 4)."""

import argparse

from study.plots.robustness import draw_robustness
from study.plots.style import save_figure
from study.provenance.record import FigureStem, Input, parse
from study.results.sweeps import SWEEP, read_sweeps
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "sweeps",
        nargs="+",
        type=Input,
        metavar="SWEEP",
        help=f"tables of perturbation sweeps ({', '.join(SWEEP)}). "
        "Their order is the order of rows, columns and legend",
    )
    parser.add_argument(
        "--output", type=FigureStem, required=True, metavar="STEM", help="writes STEM.pdf, STEM.png and STEM.csv"
    )
    options, record = parse(parser, arguments, __file__)
    save_figure(*draw_robustness(read_sweeps(options.sweeps)), options.output, record)
    record.write()


if __name__ == "__main__":
    run(main)
