"""Claims: what the papers say, tested on what this study measured.

in   the result tables of training, updates, perturbations, weights and classifiers
out  <results>/claims.csv, claims.md, claims.html
"""

LEDGER = {"ledger": "Claims of both papers"}  # in the report


rule check_claims:
    """Tests every claim of both papers; no outcome is an error."""
    input:
        histories=of_networks(HISTORIES, TRAINED),
        topologies=of_networks(TOPOLOGIES, REGROWTH_RULES),
        update_times=collect(UPDATE_TIMES, dataset=DATASETS),
        sweeps=of_groups(SWEEPS, **GRID, perturbation=PERTURBATIONS),
        weights=of_groups(WEIGHTS, **GRID),
        scores=collect(SCORES, table=ASONN["tables"]),
        fit_times=collect("<results>/asonn/{table}/timings.csv", table=ASONN["tables"]),
        feature_costs=collect(FEATURE_COSTS, table=ASONN["tables"]),
        arms=collect(ARM_CLAIMS, arm=ARMS),
        template=local(REPOSITORY / "workflow/report/claims.html.jinja"),
    output:
        csv=in_report("<results>/claims.csv", "claims", "Claims", LEDGER | {"as": "table (CSV)"}),
        text="<results>/claims.md",
        page=in_report("<results>/claims.html", "claims", "Claims", LEDGER | {"as": "page"}),
        record="<results>/claims.json",
    log:
        "<logs>/check_claims.log",
    benchmark:
        "<benchmarks>/check_claims.tsv"
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_of("check_claims.py"),
        arm=MAIN_ARM,
        not_run=LEFT_OUT,
    shell:
        script(
            "check_claims.py --histories {input.histories} --topologies {input.topologies}"
            " --update-times {input.update_times} --sweeps {input.sweeps} --weights {input.weights}"
            " --scores {input.scores} --fit-times {input.fit_times} --feature-costs {input.feature_costs}"
            " --arm {params.arm} --arms {input.arms} --template {input.template} --not-run {params.not_run}"
            " --output {output.csv} --report {output.text} --page {output.page}"
        )
