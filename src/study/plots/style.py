"""House style of every figure: sizes, fonts, colours, panels, and one way to save.

Importing this module sets matplotlib's style for the process, whatever a user's matplotlibrc says.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from study.files import atomic_path, write_table
from study.plots.labels import dataset_name
from study.provenance.record import Record

ONE_COLUMN = 3.5  # inches, 89 mm
TWO_COLUMNS = 7.2  # inches, 183 mm
RESOLUTION = 300  # dots per inch, of the PNG and of what is rasterised inside the PDF

HOUSE_STYLE = {
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same bytes on every machine
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 8,
    "legend.title_fontsize": 7,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "xtick.minor.size": 1.8,
    "ytick.minor.size": 1.8,
    "lines.linewidth": 1.0,
    "lines.markersize": 3,
    "axes.axisbelow": True,
    "savefig.dpi": RESOLUTION,
    "pdf.fonttype": 42,  # TrueType: text stays text, as journals ask
}
matplotlib.use("Agg")
matplotlib.rcdefaults()  # the user's matplotlibrc changes nothing
seaborn.set_theme(context="paper", style="ticks", rc=HOUSE_STYLE)

POSITIVE, NEGATIVE = (
    "#0072B2",
    "#CC3311",
)  # signs of a weight, as in Fig. 1 of Sulyok et al.; apart for the colour-blind


def panels(
    rows: int,
    columns: int,
    *,
    panel_height: float = 1.9,
    sharex: bool | str = False,
    sharey: bool | str = False,
) -> tuple[Figure, np.ndarray]:
    """A figure of `rows` x `columns` panels and its axes, always a two-dimensional array.

    One panel is one journal column wide, more share two columns. `panel_height` is in inches. In the figures of the
    robustness study a row is a data set.
    """
    width = ONE_COLUMN if columns == 1 else max(TWO_COLUMNS, 1.7 * columns)
    figure = Figure(figsize=(width, panel_height * rows + 0.75), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.04, h_pad=0.04, wspace=0.03, hspace=0.03)
    return figure, figure.subplots(rows, columns, squeeze=False, sharex=sharex, sharey=sharey)


def label_panels(
    axes: np.ndarray, datasets: Sequence[str], titles: Sequence[str] = (), xlabels: Sequence[str] = ()
) -> None:
    """Titles above the columns and labels of x below them, if given; the name of each row's data set at its right."""
    for axis, title in zip(axes[0], titles, strict=bool(titles)):
        axis.set_title(title)
    for axis, label in zip(axes[-1], xlabels, strict=bool(xlabels)):
        axis.set_xlabel(label)
    for axis, dataset in zip(axes[:, -1], datasets, strict=True):
        axis.annotate(
            dataset_name(dataset),
            xy=(1, 0.5),
            xytext=(5, 0),
            xycoords="axes fraction",
            textcoords="offset points",
            rotation=-90,
            ha="left",
            va="center",
            weight="bold",
        )


def light_grid(axis: Axes) -> None:
    """Faint horizontal lines, for reading values off a panel."""
    axis.grid(axis="y", color="0.9", linewidth=0.5)


def log_axis(axis: Axes, first: float, last: float, *, room: float = 100) -> None:
    """A logarithmic x axis, labelled 1, 10, 100; or 1, 2, 5, 10, if last / first is at most `room`."""
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if last <= room * first else (1,)))
    axis.xaxis.set_major_formatter("{x:g}")
    axis.xaxis.set_minor_formatter(NullFormatter())


def save_figure(figure: Figure, table: pd.DataFrame, stem: str | Path, record: Record | None = None) -> None:
    """Writes `stem`.pdf, `stem`.png and `stem`.csv, the table of exactly what is drawn, each atomically.

    The files carry no date: the same data gives the same bytes. PDF and PNG carry the stamp of the record, if there is
    one, in their metadata.
    """
    stem = Path(stem)
    write_table(table, stem.with_name(f"{stem.name}.csv"))
    stamp = record.stamp if record else {}
    with atomic_path(stem.with_name(f"{stem.name}.pdf")) as temporary:
        figure.savefig(temporary, metadata={"CreationDate": None} | stamp)
    with atomic_path(stem.with_name(f"{stem.name}.png")) as temporary:
        _write_png(figure, temporary, stamp)


def _write_png(figure: Figure, path: Path, stamp: Mapping[str, str]) -> None:
    """Writes a PNG with a palette of 256 colours, chosen for a small largest error: a third of the bytes."""
    drawn = BytesIO()
    figure.savefig(drawn, format="png")
    image = Image.open(drawn).convert("RGB")
    text = PngInfo()
    for key, value in stamp.items():
        text.add_text(key, value)
    image.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        path, format="PNG", optimize=True, dpi=(RESOLUTION, RESOLUTION), pnginfo=text
    )
