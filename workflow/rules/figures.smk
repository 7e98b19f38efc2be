"""Figures: each a PDF, a PNG and a CSV of exactly what is drawn. One table of them all, and one rule for each.

in   the result tables
out  <figures>/{figure}.pdf, .png, .csv
"""

NETWORKS = "<results>/training/{dataset}/{regrowth}/{seed}/network.npz"
HISTORIES = "<results>/training/{dataset}/{regrowth}/{seed}/history.csv"
TOPOLOGIES = "<results>/training/{dataset}/{regrowth}/{seed}/topology.csv"
UPDATE_TIMES = "<results>/update_times/{dataset}.csv"
SWEEPS = "<results>/perturbations/{dataset}/{regrowth}/{perturbation}.csv"
WEIGHTS = "<results>/weights/{dataset}/{regrowth}.csv"
SCORES = "<results>/asonn/{table}/scores.csv"
FEATURE_COSTS = "<results>/asonn/{table}/costs.csv"
GRID = {"dataset": DATASETS, "regrowth": REGROWTH_RULES}
REMOVALS = {"perturbation": ["random_pruning", "weight_order", "reverse_weight_order"]}
WEIGHT_CHANGES = {"perturbation": ["weight_shuffling", "weight_noise"]}
PLANE = {"table": [ASONN["hypercuboids"]["table"]]}

# name: its title in the report; its script; the tables that this reads, each a pattern and the values of its wildcards in
# the order in which they are drawn; further arguments
FIGURES = {
    "fig1_network": (
        "1 Trained networks",
        "figure_network.py",
        {NETWORKS: GRID | {"dataset": [DRAWN["dataset"]], "seed": [DRAWN["seed"]]}},
        {"strongest": DRAWN["strongest"]},
    ),
    "fig2_update_times": ("2 Duration of updates", "figure_update_times.py", {UPDATE_TIMES: {"dataset": DATASETS}}),
    "fig3_learning_curves": ("3 Learning curves", "figure_learning_curves.py", {HISTORIES: GRID | {"seed": SEEDS}}),
    "fig4_link_removal": ("4 Removal of links", "figure_robustness.py", {SWEEPS: GRID | REMOVALS}),
    "fig5_shuffling_and_noise": ("5 Shuffling and noise", "figure_robustness.py", {SWEEPS: GRID | WEIGHT_CHANGES}),
    "fig6_weight_magnitudes": ("6 Weight magnitudes", "figure_weight_magnitudes.py", {WEIGHTS: GRID}),
    "fig7_topology_update": (
        "7 One topology update",
        "figure_topology_update.py",
        {"<results>/topology_stages/{dataset}.csv": {"dataset": [DRAWN_UPDATE["dataset"]]}},
        {"layer_sizes": [DRAWN_UPDATE["inputs"], *DRAWN_UPDATE["hidden_sizes"]]},
    ),
    "active_units": ("Active units", "figure_active_units.py", {TOPOLOGIES: GRID | {"seed": SEEDS}}),
    "robustness_areas": (
        "Areas under the curves",
        "figure_robustness_areas.py",
        {SWEEPS: GRID | {"perturbation": PERTURBATIONS}},
        {"reference": "random"},
    ),
    "robustness_paths": ("Links on paths", "figure_robustness_paths.py", {SWEEPS: GRID | REMOVALS}),
    "asonn_accuracy": ("Accuracy", "figure_asonn_accuracy.py", {SCORES: {"table": ASONN["tables"]}}),
    "asonn_ranks": ("Ranks", "figure_asonn_ranks.py", {SCORES: {"table": ASONN["tables"]}}),
    "asonn_rules": ("Accuracy and number of rules", "figure_asonn_rules.py", {SCORES: {"table": ASONN["tables"]}}),
    "asonn_costs": ("Costs of features", "figure_asonn_costs.py", {FEATURE_COSTS: {"table": ASONN["tables"]}}),
    "asonn_hypercuboids": (
        "Hypercuboids",
        "figure_asonn_hypercuboids.py",
        {"<results>/asonn/{table}/hypercuboids.csv": PLANE, "<results>/asonn/{table}/points.csv": PLANE},
    ),
    "asonn_growth": (
        "Growth of hypercuboids",
        "figure_asonn_growth.py",
        {"<results>/asonn/{table}/growth.csv": PLANE, "<results>/asonn/{table}/points.csv": PLANE},
    ),
    "asonn_network": ("Drawn as a network", "figure_asonn_network.py", {"<results>/asonn/{table}/rules.csv": PLANE}),
    "asonn_explanation": (
        "Why one row got its class",
        "figure_asonn_explanation.py",
        {"<results>/asonn/{table}/explanation.csv": PLANE},
    ),
    "asonn_worked_examples": (
        "The two samples of the slides",
        "figure_asonn_explanation.py",
        {"<results>/asonn/worked_examples.csv": {}},
    ),
}
if "random" not in REGROWTH_RULES:
    del FIGURES["robustness_areas"]  # it compares the other rules with `random`
if len(ASONN["versions"]) + len(ASONN["classifiers"]) < 2:
    del FIGURES["asonn_ranks"]

for name, (title, script_name, tables, *options) in FIGURES.items():
    category = "Sparse classifier ASONN" if name.startswith("asonn") else "Robustness"

    rule:
        """Draws one figure."""
        name:
            name
        input:
            [collect(pattern, **values) for pattern, values in tables.items()],
        output:
            pdf=f"<figures>/{name}.pdf",
            png=report(
                f"<figures>/{name}.png",
                caption=f"../report/{name}.rst",
                category=category,
                labels={"figure": title, "as": "drawing"},
            ),
            csv=report(
                f"<figures>/{name}.csv",
                caption=f"../report/{name}.rst",
                category=category,
                labels={"figure": title, "as": "numbers (CSV)"},
            ),
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
            drawn=[*options, *([*values] for lists in tables.values() for values in lists.values())],
            stem=subpath(output.pdf, strip_suffix=".pdf"),
        shell:
            # the same for all: Snakemake looks at its text again when it runs the job, after this loop
            script("{params.script} {params.arguments} --output {params.stem}")
