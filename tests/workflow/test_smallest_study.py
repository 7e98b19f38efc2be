"""The smallest study that has every stage, run once, and what it leaves behind."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from sparse_training.methods.narrow_dense import narrow_sizes
from study.workflow.configuration import normalise
from tests.workflow.conftest import figures_of_the_report, scheduled, snakemake

OPTIONAL = {"methods", "image_perturbations"}  # figures of sections that a configuration may leave out
SECTIONS = """
robustness:
  controls: {methods: [narrow_dense, dense], cpu_epochs: 2}
  image_perturbations: {networks: 1, levels: {image_noise: [0, 1], gradient_sign: [0, 0.1]}}
  multiverse: {networks: 2, arms: {plain: {momentum: 0, epochs: 2}, same: {momentum: 0.9}}}
"""


@pytest.fixture(scope="module")
def extended(finished, tmp_path_factory) -> tuple[Path, dict[str, int]]:
    """A copy of the finished study to which sections were added that it may have, and the number of jobs by rule."""
    folder = shutil.copytree(finished, tmp_path_factory.mktemp("extended") / "study", symlinks=True)
    (folder / "sections.yaml").write_text(SECTIONS)
    files = [f"figures/smoke/{name}.csv" for name in (*OPTIONAL, "fig3_learning_curves", "specification_curve")]
    configuration = ["--configfile", "config/smoke.yaml", "sections.yaml"]
    result = snakemake(folder, "--cores", "2", *configuration, "--", *files, "results/smoke/claims.md")
    assert result.returncode == 0, result.stdout[-5000:]
    return folder, scheduled(result.stdout)


def test_every_figure_is_a_pdf_a_png_a_table_of_what_is_drawn_and_a_record(finished):
    folder = finished / "figures/smoke"
    figures = figures_of_the_report() - OPTIONAL
    assert {path.name for path in folder.iterdir()} == {
        f"{name}.{suffix}" for name in figures for suffix in ("pdf", "png", "csv", "json")
    }
    for name in figures:
        assert (folder / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert len(pd.read_csv(folder / f"{name}.csv")) > 0


def test_the_claims_of_the_papers_are_tested(finished):
    ledger = pd.read_csv(finished / "results/smoke/claims.csv").set_index(["claim", "data"])
    assert ledger.loc[("final-accuracy", "digits"), "sample"] == "2 + 2 networks"
    assert ledger.loc[("final-accuracy-kmnist", "kmnist"), "outcome"] == "not run"
    assert ledger.loc[("similar-to-the-best", "all tables, our reading"), "needs"] == "needs the classifier xgboost"
    assert (finished / "results/smoke/claims.md").read_text().startswith("# Claims")


def test_sections_are_added_to_a_finished_study_and_no_network_is_trained_again(finished, extended):
    folder, jobs = extended
    assert (jobs["train"], jobs["train_dense"], jobs["train_arm"]) == (2, 1, 4)  # two narrow dense networks
    networks = list((finished / "results/smoke").glob("training/**/*.npz"))
    assert [path.read_bytes() for path in networks] == [
        (folder / path.relative_to(finished)).read_bytes() for path in networks
    ]


def test_arms_end_in_a_specification_curve(extended):
    folder, _ = extended
    study = folder / "results/smoke"
    assert [path.name for path in (study / "arms").iterdir()] == ["plain"]
    assert set(pd.read_csv(study / "arms/plain/claims.csv")["arm"]) == {"plain"}
    curve = pd.read_csv(folder / "figures/smoke/specification_curve.csv")
    assert set(curve["arm"]) == {"main", "plain"}
    assert set(curve.loc[curve["arm"] == "plain", "momentum"]) == {0}
    text = (study / "claims.md").read_text()
    assert "| statement | data | main | plain | as stated in |" in text
    assert "[Under other settings](#under-other-settings): as stated in so many arms: Digits " in text


def test_the_configuration_lies_beside_the_results_with_all_defaults(finished):
    given = yaml.safe_load((finished / "config/smoke.yaml").read_text())
    kept = yaml.safe_load((finished / "results/smoke/config.yaml").read_text())
    assert kept != given
    normalise(given, finished)
    assert kept == given


def test_dense_controls_and_perturbed_images_are_drawn_and_claims_are_made_of_them(extended):
    folder, _ = extended
    methods = pd.read_csv(folder / "figures/smoke/methods.csv").set_index("rule")
    assert methods["epochs"].to_dict() == {"ch3l3": 4, "random": 4, "narrow_dense": 4, "dense": 2}
    assert methods.loc["dense", "links"] == 64 * 40 + 40 * 40
    first, second = narrow_sizes([64, 40, 40], 10, 0.1)
    assert methods.loc["narrow_dense", "links"] == 64 * first + first * second
    drawn = pd.read_csv(folder / "figures/smoke/image_perturbations.csv")
    assert set(drawn["perturbation"]) == {"image_noise", "gradient_sign"}
    ledger = pd.read_csv(folder / "results/smoke/claims.csv").set_index(["claim", "data"])
    assert ledger.loc[("competitive-accuracy", "digits"), "case"].endswith("; dense for 2 of 4 epochs")
    assert ledger.loc[("narrow-dense", "digits"), "outcome"] != "not run"
