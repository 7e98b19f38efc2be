"""Figures: each a PDF, a PNG and a CSV of exactly what is drawn. One table of them all, and one rule for each.

in   the result tables
out  <figures>/{figure}.pdf, .png, .csv
"""

HISTORIES = "<results>/training/{dataset}/{regrowth}/{seed}/history.csv"
TOPOLOGIES = "<results>/training/{dataset}/{regrowth}/{seed}/topology.csv"
TIMINGS = "<results>/training/{dataset}/{regrowth}/{seed}/timings.csv"
UPDATE_TIMES = "<results>/update_times/{dataset}.csv"
SWEEPS = "<results>/perturbations/{dataset}/{regrowth}/{perturbation}{group}.csv"
WEIGHTS = "<results>/weights/{dataset}/{regrowth}{group}.csv"
SCORES = "<results>/asonn/{table}/scores.csv"
FEATURE_COSTS = "<results>/asonn/{table}/costs.csv"
ARM_CLAIMS = "<results>/arms/{arm}/claims.csv"
GRID = {"dataset": DATASETS, "regrowth": REGROWTH_RULES}
# the controls too, where only accuracy is looked at
TRAINED = [*REGROWTH_RULES, *CONTROLS["methods"]]
REMOVALS = {"perturbation": ["random_pruning", "weight_order", "reverse_weight_order"]}
WEIGHT_CHANGES = {"perturbation": ["weight_shuffling", "weight_noise"]}
PLANE = ASONN["hypercuboids"]["table"]
RANKED = [
    *(name for kind in ["versions", "readings", "tuned"] for name in ASONN[kind]),
    *(
        name
        for name in ASONN["classifiers"]
        if set(ASONN["tables"]) <= set(ASONN["only_on"].get(name, ASONN["tables"]))
    ),
]
NOT_RUN = {"not_run": LEFT_OUT} if LEFT_OUT else {}

# name: its title in the report; its script, figure_….py; the tables that this reads, in the order in which they are
# drawn; further arguments; the names of the arguments that take the tables, if they have some
FIGURES = {
    "fig1_network": (
        "1 Trained networks",
        "network",
        collect(NETWORKS, **GRID | {"dataset": DRAWN["dataset"]}, seed=DRAWN["seed"]),
        {"strongest": DRAWN["strongest"]},
    ),
    "fig2_update_times": ("2 Duration of updates", "update_times", collect(UPDATE_TIMES, dataset=DATASETS), NOT_RUN),
    "fig3_learning_curves": ("3 Learning curves", "learning_curves", of_networks(HISTORIES, TRAINED), NOT_RUN),
    "fig4_link_removal": ("4 Removal of links", "robustness", of_groups(SWEEPS, **GRID | REMOVALS), NOT_RUN),
    "fig5_shuffling_and_noise": (
        "5 Shuffling and noise",
        "robustness",
        of_groups(SWEEPS, **GRID | WEIGHT_CHANGES),
        NOT_RUN,
    ),
    "image_perturbations": (
        "Perturbed images",
        "robustness",
        of_groups("<results>/image_perturbations/{dataset}/{regrowth}{group}.csv", IMAGE_SEEDS, **GRID),
        {"together": False} | NOT_RUN,
    ),
    "fig6_weight_magnitudes": ("6 Weight magnitudes", "weight_magnitudes", of_groups(WEIGHTS, **GRID), NOT_RUN),
    "fig7_topology_update": (
        "7 One topology update",
        "topology_update",
        collect("<results>/topology_stages/{dataset}.csv", dataset=DRAWN_UPDATE["dataset"]),
        {"layer_sizes": [DRAWN_UPDATE["inputs"], *DRAWN_UPDATE["hidden_sizes"]]},
    ),
    "active_units": ("Active units", "active_units", of_networks(TOPOLOGIES, REGROWTH_RULES), NOT_RUN),
    "methods": (
        "Training methods",
        "methods",
        [path for pattern in [HISTORIES, TOPOLOGIES, TIMINGS] for path in of_networks(pattern, TRAINED)],
        NOT_RUN,
        ["histories", "topologies", "timings"],
    ),
    "robustness_areas": (
        "Areas under the curves",
        "robustness_areas",
        of_groups(SWEEPS, **GRID | {"perturbation": PERTURBATIONS}),
        {"reference": "random"} | NOT_RUN,
    ),
    "robustness_paths": ("Links on paths", "robustness_paths", of_groups(SWEEPS, **GRID | REMOVALS), NOT_RUN),
    "specification_curve": (
        "Claims under other settings",
        "specification_curve",
        ["<results>/claims.csv", *collect(ARM_CLAIMS, arm=ARMS)],
        {"settings": json.dumps(varied_settings(config))} | NOT_RUN,
    ),
    "asonn_accuracy": ("Accuracy", "asonn_accuracy", collect(SCORES, table=ASONN["tables"])),
    "asonn_ranks": ("Ranks", "asonn_ranks", collect(SCORES, table=ASONN["tables"])),
    "asonn_rules": ("Accuracy and number of rules", "asonn_rules", collect(SCORES, table=ASONN["tables"])),
    "asonn_costs": ("Costs of features", "asonn_costs", collect(FEATURE_COSTS, table=ASONN["tables"])),
    "asonn_hypercuboids": (
        "Hypercuboids",
        "asonn_hypercuboids",
        collect("<results>/asonn/{table}/{drawn}.csv", table=PLANE, drawn=["hypercuboids", "points"]),
    ),
    "asonn_growth": (
        "Growth of hypercuboids",
        "asonn_growth",
        collect("<results>/asonn/{table}/{drawn}.csv", table=PLANE, drawn=["growth", "points"]),
    ),
    "asonn_network": ("Drawn as a network", "asonn_network", collect("<results>/asonn/{table}/rules.csv", table=PLANE)),
    "asonn_explanation": (
        "Why one row got its class",
        "asonn_explanation",
        collect("<results>/asonn/{table}/explanation.csv", table=PLANE),
    ),
    "asonn_worked_examples": (
        "The two samples of the slides",
        "asonn_explanation",
        ["<results>/asonn/worked_examples.csv"],
    ),
}
if not CONTROLS["methods"]:
    del FIGURES["methods"]  # it compares the methods with the controls
if not IMAGE_PERTURBATIONS["levels"]:
    del FIGURES["image_perturbations"]
if "random" not in REGROWTH_RULES:
    del FIGURES["robustness_areas"]  # it compares the other rules with `random`
if not ARMS:
    del FIGURES["specification_curve"]
if len(RANKED) < 2:
    del FIGURES["asonn_ranks"]  # it compares classifiers that are run on all tables

for name, (title, drawing, tables, *options) in FIGURES.items():
    category = "Sparse classifier ASONN" if name.startswith("asonn") else "Robustness"
    script_name = f"figure_{drawing}.py"

    rule:
        """Draws one figure."""
        name:
            name
        input:
            tables,
        output:
            pdf=f"<figures>/{name}.pdf",
            png=in_report(f"<figures>/{name}.png", name, category, {"figure": title, "as": "drawing"}),
            csv=in_report(f"<figures>/{name}.csv", name, category, {"figure": title, "as": "numbers (CSV)"}),
            record=f"<figures>/{name}.json",
        log:
            f"<logs>/{name}.log",
        benchmark:
            f"<benchmarks>/{name}.tsv"
        localrule: True
        conda:
            ENVIRONMENT
        resources:
            mem_mb=1000,
            runtime=15,
        params:
            code=code_of(script_name),
            script=script_name,
            arguments=figure_arguments(*options or [{}]),
            drawn=values_of(tables, *options),
            stem=subpath(output.pdf, strip_suffix=".pdf"),
        shell:
            # the same for all: Snakemake looks at its text again when it runs the job, after this loop
            script("{params.script} {params.arguments} --output {params.stem}")
