"""Two studies of neural networks whose sparse structure adapts to the data.

snakemake --cores all                                      the default study, in minutes
snakemake --cores all --configfile config/paper.yaml       both papers at full scale
"""

from snakemake.utils import min_version

min_version("9.27")


# A configuration is complete in itself: one named on the command line takes the place of the default.
if not workflow.overwrite_configfiles:

    configfile: "config/config.yaml"


include: "workflow/rules/common.smk"


# Where everything lies. `resources` is shared by all studies; what a study makes lies under its name.
#
#   resources/images/{dataset}.npz, resources/tables/{table}.csv
#   <results>/training/{dataset}/{regrowth}/{seed}/network.npz, history.csv, topology.csv, timings.csv
#   <results>/update_times/{dataset}.csv
#   <results>/perturbations/{dataset}/{regrowth}/{perturbation}.csv
#   <results>/weights/{dataset}/{regrowth}.csv
#   <results>/topology_stages/{dataset}.csv
#   <results>/asonn/{table}/scores.csv, timings.csv, hypercuboids.csv, points.csv, rules.csv, explanation.csv
#   <results>/claims.csv, claims.md, claims.html
#   <figures>/{figure}.pdf, .png, .csv
# Beside the first output of every rule lies its record, with the suffix .json.
pathvars:
    results=f"results/{config['name']}",
    benchmarks="<results>/benchmarks",
    figures=f"figures/{config['name']}",
    logs=f"logs/{config['name']}",


wildcard_constraints:
    dataset=r"[^/]+",
    regrowth=r"[^/]+",
    perturbation=r"[^/]+",
    seed=r"\d+",
    table=r"(pmlb/)?[^/]+",


report: "workflow/report/workflow.rst"


include: "workflow/rules/datasets.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/robustness.smk"
include: "workflow/rules/weights.smk"
include: "workflow/rules/asonn.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/claims.smk"


rule all:
    """Every figure of both studies, the claims of the papers tested, and the configuration of it all."""
    input:
        "<results>/config.yaml",
        "<results>/claims.csv",
        "<results>/claims.md",
        "<results>/claims.html",
        collect("<figures>/{figure}.{suffix}", figure=FIGURES, suffix=["pdf", "png", "csv", "json"]),
    localrule: True
