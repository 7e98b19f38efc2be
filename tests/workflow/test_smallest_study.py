"""The smallest study that has every stage, run once, and what it leaves behind."""

import shutil

import pandas as pd
import yaml

from sparse_training.methods.narrow_dense import narrow_sizes
from study.workflow.configuration import normalise
from tests.workflow.conftest import figures_of_the_report, scheduled, snakemake

OPTIONAL = {"methods", "image_perturbations"}  # figures of sections that a configuration may leave out
SECTIONS = """
robustness:
  controls: {methods: [narrow_dense, dense], cpu_epochs: 2}
  image_perturbations: {networks: 1, levels: {image_noise: [0, 1], gradient_sign: [0, 0.1]}}
"""


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


def test_arms_end_in_a_specification_curve_and_leave_the_study_as_it_is(finished, tmp_path):
    folder = shutil.copytree(finished, tmp_path / "arms")
    (folder / "arms.yaml").write_text("""
robustness:
  multiverse: {networks: 2, arms: {plain: {momentum: 0, epochs: 2}, same: {momentum: 0.9}}}
""")
    study = folder / "results/smoke"
    networks = {path: path.read_bytes() for path in study.glob("training/**/*.npz")}
    targets = ["results/smoke/claims.md", "figures/smoke/specification_curve.png"]
    result = snakemake(folder, "--cores", "2", "--configfile", "config/smoke.yaml", "arms.yaml", "--", *targets)
    assert result.returncode == 0, result.stdout[-5000:]
    assert "rule train:" not in result.stdout
    assert networks == {path: path.read_bytes() for path in study.glob("training/**/*.npz")}
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


def test_dense_controls_and_perturbed_images_are_added_to_a_finished_study(finished, tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(finished, folder, symlinks=True)
    (folder / "config/sections.yaml").write_text(SECTIONS)
    files = [f"figures/smoke/{name}.csv" for name in (*OPTIONAL, "fig3_learning_curves")]
    configuration = ["--configfile", "config/smoke.yaml", "config/sections.yaml"]
    result = snakemake(folder, "--cores", "2", *configuration, "--", *files, "results/smoke/claims.csv")
    assert result.returncode == 0, result.stdout[-5000:]
    jobs = scheduled(result.stdout)
    assert jobs["train"] == 2  # narrow_dense alone: no other network is trained again
    assert jobs["train_dense"] == 1
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
