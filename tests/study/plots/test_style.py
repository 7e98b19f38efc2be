import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from study.plots.labels import dataset_name, perturbation_name, rule_name
from study.plots.rules import RULE_STYLES, rule_legend, rule_styles
from study.plots.style import NEGATIVE, ONE_COLUMN, RESOLUTION, TWO_COLUMNS, panels, save_figure

SOURCES = Path(__file__).parents[3] / "src"


def test_the_rules_of_the_study_always_look_the_same():
    assert rule_styles(["random"])["random"] == rule_styles(["mine", "static", "random", "ch3l3"])["random"]


def test_rules_of_a_user_get_colours_of_their_own_whatever_their_order():
    styles = rule_styles(["zeta_rule", "ch3l3", "my_rule"])
    assert list(styles) == ["zeta_rule", "ch3l3", "my_rule"]
    assert styles == rule_styles(["my_rule", "zeta_rule", "ch3l3"])
    colours = [style.colour for style in rule_styles([*RULE_STYLES, "my_rule", "zeta_rule"]).values()]
    assert len(set(colours)) == len(colours)


def test_what_nobody_listed_is_shown_under_its_own_name():
    assert dataset_name("fashion_mnist") == "Fashion-MNIST"
    assert dataset_name("my_letters") == "my letters"
    assert rule_name("my_rule") == "my rule"
    assert perturbation_name("unit_removal") == ("unit removal", "level")


@pytest.mark.parametrize(("rows", "columns", "width"), [(1, 1, ONE_COLUMN), (1, 3, TWO_COLUMNS), (4, 4, TWO_COLUMNS)])
def test_a_figure_is_one_or_two_journal_columns_wide(rows, columns, width):
    figure, axes = panels(rows, columns)
    assert axes.shape == (rows, columns)
    assert figure.get_figwidth() == width


def test_text_in_the_pdf_is_embedded_truetype_and_no_file_carries_a_date(tmp_path):
    figure, axes = panels(1, 1)
    axes[0, 0].plot([0, 1], [0, 1])
    rule_legend(figure, ["ch3l3"], "one network")
    save_figure(figure, pd.DataFrame({"x": [0, 1]}), tmp_path / "stem.with.dots")
    pdf = (tmp_path / "stem.with.dots.pdf").read_bytes()
    assert b"/Subtype /Type0" in pdf
    assert b"/CIDFontType2" in pdf
    assert b"/Type3" not in pdf
    assert b"CreationDate" not in pdf
    assert b"tIME" not in (tmp_path / "stem.with.dots.png").read_bytes()
    assert (tmp_path / "stem.with.dots.csv").read_text() == "x\n0\n1\n"


def test_a_png_of_few_colours_shows_what_was_drawn(tmp_path):
    figure, axes = panels(1, 1)
    axes[0, 0].imshow(np.linspace(0, 1, 10_000).reshape(100, 100), cmap="viridis")
    axes[0, 0].plot([0, 99], [0, 99], color=NEGATIVE)
    save_figure(figure, pd.DataFrame(), tmp_path / "many")
    figure.savefig(tmp_path / "all.png")
    few, drawn = (Image.open(tmp_path / name) for name in ("many.png", "all.png"))
    assert few.mode == "P"
    assert few.info["dpi"] == pytest.approx((RESOLUTION, RESOLUTION), abs=0.1)
    difference = np.abs(np.subtract(few.convert("RGB"), drawn.convert("RGB"), dtype=int))
    assert few.size == drawn.size
    assert difference.max() <= 20
    assert few.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


DRAWN = """
import sys
import pandas as pd
from study.plots.style import light_grid, panels, save_figure

def draw(stem):
    figure, axes = panels(1, 2)
    axes[0, 0].plot([1, 2, 4], label="a line")
    axes[0, 0].legend(title="of data")
    axes[0, 0].set_title("50 %, $x_1$")
    light_grid(axes[0, 1])
    save_figure(figure, pd.DataFrame({"y": [1, 2, 4]}), stem)

draw(sys.argv[1])
"""
HOSTILE = """
text.usetex: True
font.family: serif
font.size: 20
axes.facecolor: black
axes.prop_cycle: cycler('color', ['red'])
lines.linestyle: --
lines.linewidth: 9
legend.shadow: True
figure.dpi: 30
savefig.bbox: tight
savefig.transparent: True
pdf.fonttype: 3
pdf.compression: 0
path.simplify: False
mathtext.fontset: stix
axes.unicode_minus: False
"""


def test_a_matplotlibrc_of_the_user_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["draw", str(tmp_path / "here")])
    exec(DRAWN, {})
    (tmp_path / "matplotlibrc").write_text(HOSTILE)
    variables = {"PYTHONPATH": str(SOURCES), "MATPLOTLIBRC": str(tmp_path)}
    command = [sys.executable, "-c", DRAWN, str(tmp_path / "there")]
    subprocess.run(command, env=os.environ | variables, check=True)
    for suffix in ("pdf", "png"):
        assert (tmp_path / f"there.{suffix}").read_bytes() == (tmp_path / f"here.{suffix}").read_bytes()
