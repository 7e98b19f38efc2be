"""Figures: each a PDF, a PNG and a CSV of exactly what is drawn.

in   the result tables
out  <figures>/{figure}.pdf, .png, .csv
"""


rule fig1_network:
    """Draws trained networks, one for each regrowth rule (Fig. 1)."""
    input:
        networks=collect(
            "<results>/training/{dataset}/{regrowth}/{seed}/network.npz",
            dataset=DRAWN["dataset"],
            regrowth=ROBUSTNESS["regrowth_rules"],
            seed=DRAWN["seed"],
        ),
    output:
        pdf="<figures>/fig1_network.pdf",
        png=report(
            "<figures>/fig1_network.png",
            caption="../report/fig1_network.rst",
            category="Robustness",
            labels={"figure": "1 Trained networks", "as": "drawing"},
        ),
        csv=report(
            "<figures>/fig1_network.csv",
            caption="../report/fig1_network.rst",
            category="Robustness",
            labels={"figure": "1 Trained networks", "as": "numbers (CSV)"},
        ),
        record="<figures>/fig1_network.json",
    log:
        "<logs>/fig1_network.log",
    benchmark:
        "<benchmarks>/fig1_network.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_network.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
        strongest=DRAWN["strongest"],
    shell:
        here(
            "python src/figure_network.py {input.networks} --strongest {params.strongest} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule fig2_update_times:
    """Draws how long topology updates take (Fig. 2)."""
    input:
        collect("<results>/update_times/{dataset}.csv", dataset=ROBUSTNESS["datasets"]),
    output:
        pdf="<figures>/fig2_update_times.pdf",
        png=report(
            "<figures>/fig2_update_times.png",
            caption="../report/fig2_update_times.rst",
            category="Robustness",
            labels={"figure": "2 Duration of updates", "as": "drawing"},
        ),
        csv=report(
            "<figures>/fig2_update_times.csv",
            caption="../report/fig2_update_times.rst",
            category="Robustness",
            labels={"figure": "2 Duration of updates", "as": "numbers (CSV)"},
        ),
        record="<figures>/fig2_update_times.json",
    log:
        "<logs>/fig2_update_times.log",
    benchmark:
        "<benchmarks>/fig2_update_times.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_update_times.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_update_times.py {input} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule fig3_learning_curves:
    """Draws learning curves (Fig. 3)."""
    input:
        collect(
            "<results>/training/{dataset}/{regrowth}/{seed}/history.csv",
            dataset=ROBUSTNESS["datasets"],
            regrowth=ROBUSTNESS["regrowth_rules"],
            seed=SEEDS,
        ),
    output:
        pdf="<figures>/fig3_learning_curves.pdf",
        png=report(
            "<figures>/fig3_learning_curves.png",
            caption="../report/fig3_learning_curves.rst",
            category="Robustness",
            labels={"figure": "3 Learning curves", "as": "drawing"},
        ),
        csv=report(
            "<figures>/fig3_learning_curves.csv",
            caption="../report/fig3_learning_curves.rst",
            category="Robustness",
            labels={"figure": "3 Learning curves", "as": "numbers (CSV)"},
        ),
        record="<figures>/fig3_learning_curves.json",
    log:
        "<logs>/fig3_learning_curves.log",
    benchmark:
        "<benchmarks>/fig3_learning_curves.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_learning_curves.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_learning_curves.py {input} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule fig4_link_removal:
    """Draws accuracy after removal of links (Fig. 4)."""
    input:
        sweeps=collect(
            "<results>/perturbations/{dataset}/{regrowth}/{perturbation}.csv",
            dataset=ROBUSTNESS["datasets"],
            regrowth=ROBUSTNESS["regrowth_rules"],
            perturbation=REMOVALS,
        ),
    output:
        pdf="<figures>/fig4_link_removal.pdf",
        png=report(
            "<figures>/fig4_link_removal.png",
            caption="../report/fig4_link_removal.rst",
            category="Robustness",
            labels={"figure": "4 Removal of links", "as": "drawing"},
        ),
        csv=report(
            "<figures>/fig4_link_removal.csv",
            caption="../report/fig4_link_removal.rst",
            category="Robustness",
            labels={"figure": "4 Removal of links", "as": "numbers (CSV)"},
        ),
        record="<figures>/fig4_link_removal.json",
    log:
        "<logs>/fig4_link_removal.log",
    benchmark:
        "<benchmarks>/fig4_link_removal.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_link_removal.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_link_removal.py {input.sweeps} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule fig5_shuffling_and_noise:
    """Draws accuracy after shuffling of weights and after noise on them (Fig. 5)."""
    input:
        sweeps=collect(
            "<results>/perturbations/{dataset}/{regrowth}/{perturbation}.csv",
            dataset=ROBUSTNESS["datasets"],
            regrowth=ROBUSTNESS["regrowth_rules"],
            perturbation=WEIGHT_CHANGES,
        ),
    output:
        pdf="<figures>/fig5_shuffling_and_noise.pdf",
        png=report(
            "<figures>/fig5_shuffling_and_noise.png",
            caption="../report/fig5_shuffling_and_noise.rst",
            category="Robustness",
            labels={"figure": "5 Shuffling and noise", "as": "drawing"},
        ),
        csv=report(
            "<figures>/fig5_shuffling_and_noise.csv",
            caption="../report/fig5_shuffling_and_noise.rst",
            category="Robustness",
            labels={"figure": "5 Shuffling and noise", "as": "numbers (CSV)"},
        ),
        record="<figures>/fig5_shuffling_and_noise.json",
    log:
        "<logs>/fig5_shuffling_and_noise.log",
    benchmark:
        "<benchmarks>/fig5_shuffling_and_noise.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_shuffling_and_noise.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_shuffling_and_noise.py {input.sweeps} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule fig6_weight_magnitudes:
    """Draws the distribution of weight magnitudes (Fig. 6)."""
    input:
        collect(
            "<results>/weights/{dataset}/{regrowth}.csv",
            dataset=ROBUSTNESS["datasets"],
            regrowth=ROBUSTNESS["regrowth_rules"],
        ),
    output:
        pdf="<figures>/fig6_weight_magnitudes.pdf",
        png=report(
            "<figures>/fig6_weight_magnitudes.png",
            caption="../report/fig6_weight_magnitudes.rst",
            category="Robustness",
            labels={"figure": "6 Weight magnitudes", "as": "drawing"},
        ),
        csv=report(
            "<figures>/fig6_weight_magnitudes.csv",
            caption="../report/fig6_weight_magnitudes.rst",
            category="Robustness",
            labels={"figure": "6 Weight magnitudes", "as": "numbers (CSV)"},
        ),
        record="<figures>/fig6_weight_magnitudes.json",
    log:
        "<logs>/fig6_weight_magnitudes.log",
    benchmark:
        "<benchmarks>/fig6_weight_magnitudes.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_weight_magnitudes.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_weight_magnitudes.py {input} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule fig7_topology_update:
    """Draws the stages of one topology update (Fig. 7)."""
    input:
        collect(
            "<results>/topology_stages/{dataset}.csv",
            dataset=ROBUSTNESS["drawings"]["topology_update"]["dataset"],
        ),
    output:
        pdf="<figures>/fig7_topology_update.pdf",
        png=report(
            "<figures>/fig7_topology_update.png",
            caption="../report/fig7_topology_update.rst",
            category="Robustness",
            labels={"figure": "7 One topology update", "as": "drawing"},
        ),
        csv=report(
            "<figures>/fig7_topology_update.csv",
            caption="../report/fig7_topology_update.rst",
            category="Robustness",
            labels={"figure": "7 One topology update", "as": "numbers (CSV)"},
        ),
        record="<figures>/fig7_topology_update.json",
    log:
        "<logs>/fig7_topology_update.log",
    benchmark:
        "<benchmarks>/fig7_topology_update.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_topology_update.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
        layer_sizes=[
            ROBUSTNESS["drawings"]["topology_update"]["inputs"],
            *ROBUSTNESS["drawings"]["topology_update"]["hidden_sizes"],
        ],
    shell:
        here(
            "python src/figure_topology_update.py {input} --layer-sizes {params.layer_sizes} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule active_units:
    """Draws how many units keep incoming links during training (beyond the paper)."""
    input:
        collect(
            "<results>/training/{dataset}/{regrowth}/{seed}/topology.csv",
            dataset=ROBUSTNESS["datasets"],
            regrowth=ROBUSTNESS["regrowth_rules"],
            seed=SEEDS,
        ),
    output:
        pdf="<figures>/active_units.pdf",
        png=report(
            "<figures>/active_units.png",
            caption="../report/active_units.rst",
            category="Robustness",
            labels={"figure": "Active units", "as": "drawing"},
        ),
        csv=report(
            "<figures>/active_units.csv",
            caption="../report/active_units.rst",
            category="Robustness",
            labels={"figure": "Active units", "as": "numbers (CSV)"},
        ),
        record="<figures>/active_units.json",
    log:
        "<logs>/active_units.log",
    benchmark:
        "<benchmarks>/active_units.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_active_units.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_active_units.py {input} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule robustness_areas:
    """Draws the area under each robustness curve, beside that of random regrowth (beyond the paper)."""
    input:
        collect(
            "<results>/perturbations/{dataset}/{regrowth}/{perturbation}.csv",
            dataset=ROBUSTNESS["datasets"],
            regrowth=ROBUSTNESS["regrowth_rules"],
            perturbation=PERTURBATIONS,
        ),
    output:
        pdf="<figures>/robustness_areas.pdf",
        png=report(
            "<figures>/robustness_areas.png",
            caption="../report/robustness_areas.rst",
            category="Robustness",
            labels={"figure": "Areas under the curves", "as": "drawing"},
        ),
        csv=report(
            "<figures>/robustness_areas.csv",
            caption="../report/robustness_areas.rst",
            category="Robustness",
            labels={"figure": "Areas under the curves", "as": "numbers (CSV)"},
        ),
        record="<figures>/robustness_areas.json",
    log:
        "<logs>/robustness_areas.log",
    benchmark:
        "<benchmarks>/robustness_areas.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_robustness_areas.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_robustness_areas.py {input} --reference random --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule robustness_paths:
    """Draws accuracy against the links that still carry signals (beyond the paper)."""
    input:
        sweeps=collect(
            "<results>/perturbations/{dataset}/{regrowth}/{perturbation}.csv",
            dataset=ROBUSTNESS["datasets"],
            regrowth=ROBUSTNESS["regrowth_rules"],
            perturbation=REMOVALS,
        ),
    output:
        pdf="<figures>/robustness_paths.pdf",
        png=report(
            "<figures>/robustness_paths.png",
            caption="../report/robustness_paths.rst",
            category="Robustness",
            labels={"figure": "Links on paths", "as": "drawing"},
        ),
        csv=report(
            "<figures>/robustness_paths.csv",
            caption="../report/robustness_paths.rst",
            category="Robustness",
            labels={"figure": "Links on paths", "as": "numbers (CSV)"},
        ),
        record="<figures>/robustness_paths.json",
    log:
        "<logs>/robustness_paths.log",
    benchmark:
        "<benchmarks>/robustness_paths.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_robustness_paths.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_robustness_paths.py {input.sweeps} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule asonn_accuracy:
    """Draws the accuracy of ASONN beside other classifiers."""
    input:
        collect("<results>/asonn/{table}/scores.csv", table=ASONN["tables"]),
    output:
        pdf="<figures>/asonn_accuracy.pdf",
        png=report(
            "<figures>/asonn_accuracy.png",
            caption="../report/asonn_accuracy.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Accuracy", "as": "drawing"},
        ),
        csv=report(
            "<figures>/asonn_accuracy.csv",
            caption="../report/asonn_accuracy.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Accuracy", "as": "numbers (CSV)"},
        ),
        record="<figures>/asonn_accuracy.json",
    log:
        "<logs>/asonn_accuracy.log",
    benchmark:
        "<benchmarks>/asonn_accuracy.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_asonn_accuracy.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_asonn_accuracy.py {input} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule asonn_hypercuboids:
    """Draws the hypercuboids of one table in the plane of two attributes."""
    input:
        hypercuboids=collect(
            "<results>/asonn/{table}/hypercuboids.csv",
            table=ASONN["hypercuboids"]["table"],
        ),
        points=collect("<results>/asonn/{table}/points.csv", table=ASONN["hypercuboids"]["table"]),
    output:
        pdf="<figures>/asonn_hypercuboids.pdf",
        png=report(
            "<figures>/asonn_hypercuboids.png",
            caption="../report/asonn_hypercuboids.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Hypercuboids", "as": "drawing"},
        ),
        csv=report(
            "<figures>/asonn_hypercuboids.csv",
            caption="../report/asonn_hypercuboids.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Hypercuboids", "as": "numbers (CSV)"},
        ),
        record="<figures>/asonn_hypercuboids.json",
    log:
        "<logs>/asonn_hypercuboids.log",
    benchmark:
        "<benchmarks>/asonn_hypercuboids.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_asonn_hypercuboids.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_asonn_hypercuboids.py {input.hypercuboids} {input.points} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule asonn_rules:
    """Draws accuracy against the number of rules."""
    input:
        collect("<results>/asonn/{table}/scores.csv", table=ASONN["tables"]),
    output:
        pdf="<figures>/asonn_rules.pdf",
        png=report(
            "<figures>/asonn_rules.png",
            caption="../report/asonn_rules.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Accuracy and number of rules", "as": "drawing"},
        ),
        csv=report(
            "<figures>/asonn_rules.csv",
            caption="../report/asonn_rules.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Accuracy and number of rules", "as": "numbers (CSV)"},
        ),
        record="<figures>/asonn_rules.json",
    log:
        "<logs>/asonn_rules.log",
    benchmark:
        "<benchmarks>/asonn_rules.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_asonn_rules.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_asonn_rules.py {input} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule asonn_growth:
    """Draws where hypercuboids start in the plane, how one of them grows, and all of them."""
    input:
        growth=collect("<results>/asonn/{table}/growth.csv", table=ASONN["hypercuboids"]["table"]),
        points=collect("<results>/asonn/{table}/points.csv", table=ASONN["hypercuboids"]["table"]),
    output:
        pdf="<figures>/asonn_growth.pdf",
        png=report(
            "<figures>/asonn_growth.png",
            caption="../report/asonn_growth.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Growth of hypercuboids", "as": "drawing"},
        ),
        csv=report(
            "<figures>/asonn_growth.csv",
            caption="../report/asonn_growth.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Growth of hypercuboids", "as": "numbers (CSV)"},
        ),
        record="<figures>/asonn_growth.json",
    log:
        "<logs>/asonn_growth.log",
    benchmark:
        "<benchmarks>/asonn_growth.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_asonn_growth.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_asonn_growth.py {input.growth} {input.points} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule asonn_network:
    """Draws ranges, combinations and classes of one table as a network."""
    input:
        collect("<results>/asonn/{table}/rules.csv", table=ASONN["hypercuboids"]["table"]),
    output:
        pdf="<figures>/asonn_network.pdf",
        png=report(
            "<figures>/asonn_network.png",
            caption="../report/asonn_network.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Drawn as a network", "as": "drawing"},
        ),
        csv=report(
            "<figures>/asonn_network.csv",
            caption="../report/asonn_network.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Drawn as a network", "as": "numbers (CSV)"},
        ),
        record="<figures>/asonn_network.json",
    log:
        "<logs>/asonn_network.log",
    benchmark:
        "<benchmarks>/asonn_network.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_asonn_network.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_asonn_network.py {input} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule asonn_explanation:
    """Draws why one test row got its class."""
    input:
        collect("<results>/asonn/{table}/explanation.csv", table=ASONN["hypercuboids"]["table"]),
    output:
        pdf="<figures>/asonn_explanation.pdf",
        png=report(
            "<figures>/asonn_explanation.png",
            caption="../report/asonn_explanation.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Why one row got its class", "as": "drawing"},
        ),
        csv=report(
            "<figures>/asonn_explanation.csv",
            caption="../report/asonn_explanation.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Why one row got its class", "as": "numbers (CSV)"},
        ),
        record="<figures>/asonn_explanation.json",
    log:
        "<logs>/asonn_explanation.log",
    benchmark:
        "<benchmarks>/asonn_explanation.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_asonn_explanation.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_asonn_explanation.py {input} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule asonn_ranks:
    """Draws mean ranks over the tables, and which of them differ."""
    input:
        collect("<results>/asonn/{table}/scores.csv", table=ASONN["tables"]),
    output:
        pdf="<figures>/asonn_ranks.pdf",
        png=report(
            "<figures>/asonn_ranks.png",
            caption="../report/asonn_ranks.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Ranks", "as": "drawing"},
        ),
        csv=report(
            "<figures>/asonn_ranks.csv",
            caption="../report/asonn_ranks.rst",
            category="Sparse classifier ASONN",
            labels={"figure": "Ranks", "as": "numbers (CSV)"},
        ),
        record="<figures>/asonn_ranks.json",
    log:
        "<logs>/asonn_ranks.log",
    benchmark:
        "<benchmarks>/asonn_ranks.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("figure_asonn_ranks.py"),
        stem=subpath(output.pdf, strip_suffix=".pdf"),
    shell:
        here(
            "python src/figure_asonn_ranks.py {input} --output {params.stem}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )
