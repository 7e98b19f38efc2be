"""Figures: each a PDF, a PNG and a CSV of exactly what is drawn. One table of them all, and one rule for each.

in   the result tables
out  <figures>/{figure}.pdf, .png, .csv
"""

NETWORKS = "<results>/training/{dataset}/{regrowth}/{seed}/network.npz"
HISTORIES = "<results>/training/{dataset}/{regrowth}/{seed}/history.csv"
TOPOLOGIES = "<results>/training/{dataset}/{regrowth}/{seed}/topology.csv"
SWEEPS = "<results>/perturbations/{dataset}/{regrowth}/{perturbation}.csv"
REMOVALS = ["random_pruning", "weight_order", "reverse_weight_order"]
WEIGHT_CHANGES = ["weight_shuffling", "weight_noise"]
GRID = {"dataset": DATASETS, "regrowth": REGROWTH_RULES}
PLANE = {"table": [ASONN["hypercuboids"]["table"]]}

# name: its title in the report; its script and the inputs of that; each of these as a pattern and the values of its
# wildcards, in the order in which they are drawn; further arguments
FIGURES = {
    "fig1_network": (
        "1 Trained networks",
        "figure_network.py {input.networks}",
        {"networks": (NETWORKS, GRID | {"dataset": [DRAWN["dataset"]], "seed": [DRAWN["seed"]]})},
        {"strongest": DRAWN["strongest"]},
    ),
    "fig2_update_times": (
        "2 Duration of updates",
        "figure_update_times.py {input.times}",
        {"times": ("<results>/update_times/{dataset}.csv", {"dataset": DATASETS})},
    ),
    "fig3_learning_curves": (
        "3 Learning curves",
        "figure_learning_curves.py {input.histories}",
        {"histories": (HISTORIES, GRID | {"seed": SEEDS})},
    ),
    "fig4_link_removal": (
        "4 Removal of links",
        "figure_robustness.py {input.sweeps}",
        {"sweeps": (SWEEPS, GRID | {"perturbation": REMOVALS})},
    ),
    "fig5_shuffling_and_noise": (
        "5 Shuffling and noise",
        "figure_robustness.py {input.sweeps}",
        {"sweeps": (SWEEPS, GRID | {"perturbation": WEIGHT_CHANGES})},
    ),
    "fig6_weight_magnitudes": (
        "6 Weight magnitudes",
        "figure_weight_magnitudes.py {input.weights}",
        {"weights": ("<results>/weights/{dataset}/{regrowth}.csv", GRID)},
    ),
    "fig7_topology_update": (
        "7 One topology update",
        "figure_topology_update.py {input.stages}",
        {"stages": ("<results>/topology_stages/{dataset}.csv", {"dataset": [DRAWN_UPDATE["dataset"]]})},
        {"layer_sizes": [DRAWN_UPDATE["inputs"], *DRAWN_UPDATE["hidden_sizes"]]},
    ),
    "active_units": (
        "Active units",
        "figure_active_units.py {input.topologies}",
        {"topologies": (TOPOLOGIES, GRID | {"seed": SEEDS})},
    ),
    "robustness_areas": (
        "Areas under the curves",
        "figure_robustness_areas.py {input.sweeps}",
        {"sweeps": (SWEEPS, GRID | {"perturbation": PERTURBATIONS})},
        {"reference": "random"},
    ),
    "robustness_paths": (
        "Links on paths",
        "figure_robustness_paths.py {input.sweeps}",
        {"sweeps": (SWEEPS, GRID | {"perturbation": REMOVALS})},
    ),
    "asonn_accuracy": (
        "Accuracy",
        "figure_asonn_accuracy.py {input.scores}",
        {"scores": ("<results>/asonn/{table}/scores.csv", {"table": ASONN["tables"]})},
    ),
    "asonn_ranks": (
        "Ranks",
        "figure_asonn_ranks.py {input.scores}",
        {"scores": ("<results>/asonn/{table}/scores.csv", {"table": ASONN["tables"]})},
    ),
    "asonn_rules": (
        "Accuracy and number of rules",
        "figure_asonn_rules.py {input.scores}",
        {"scores": ("<results>/asonn/{table}/scores.csv", {"table": ASONN["tables"]})},
    ),
    "asonn_hypercuboids": (
        "Hypercuboids",
        "figure_asonn_hypercuboids.py {input.hypercuboids} {input.points}",
        {
            "hypercuboids": ("<results>/asonn/{table}/hypercuboids.csv", PLANE),
            "points": ("<results>/asonn/{table}/points.csv", PLANE),
        },
    ),
    "asonn_growth": (
        "Growth of hypercuboids",
        "figure_asonn_growth.py {input.growth} {input.points}",
        {
            "growth": ("<results>/asonn/{table}/growth.csv", PLANE),
            "points": ("<results>/asonn/{table}/points.csv", PLANE),
        },
    ),
    "asonn_network": (
        "Drawn as a network",
        "figure_asonn_network.py {input.rules}",
        {"rules": ("<results>/asonn/{table}/rules.csv", PLANE)},
    ),
    "asonn_explanation": (
        "Why one row got its class",
        "figure_asonn_explanation.py {input.explanation}",
        {"explanation": ("<results>/asonn/{table}/explanation.csv", PLANE)},
    ),
}
if "random" not in REGROWTH_RULES:
    del FIGURES["robustness_areas"]  # it compares the other rules with `random`
if len(ASONN["versions"]) + len(ASONN["classifiers"]) < 2:
    del FIGURES["asonn_ranks"]

for name, (title, command, inputs, *further) in FIGURES.items():
    category = "Sparse classifier ASONN" if name.startswith("asonn") else "Robustness"

    rule:
        """Draws one figure."""
        name:
            name
        input:
            **{key: collect(pattern, **values) for key, (pattern, values) in inputs.items()},
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
            code=code_of(command.partition(" ")[0]),
            stem=subpath(output.pdf, strip_suffix=".pdf"),
            order=[list(values) for _, lists in inputs.values() for values in lists.values()],
            options=arguments(*further or [{}]),
        shell:
            script(command + " {params.options}" * len(further) + " --output {params.stem}")
