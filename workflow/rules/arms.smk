"""Arms: the networks and claims of the study once more, under other settings of training.

in   an image set
out  <results>/arms/{arm}/training/{dataset}/{regrowth}/{seed}/network.npz, history.csv, topology.csv, timings.csv
     <results>/arms/{arm}/perturbations/{dataset}/{regrowth}/{perturbation}.csv
     <results>/arms/{arm}/weights/{dataset}/{regrowth}.csv
     <results>/arms/{arm}/claims.csv, claims.md, claims.html
"""

# `update` and `localrule` stand here once more: Snakemake forgets them where a rule takes over another.
ARM_DATASETS = [name for name in MULTIVERSE.get("datasets", DATASETS) if name not in LEFT_OUT]
ARM_GRID = {"dataset": ARM_DATASETS, "regrowth": MULTIVERSE.get("regrowth_rules", REGROWTH_RULES)}
ARM_SEEDS = range(MULTIVERSE.get("networks", 0))


use rule train as train_arm with:
    output:
        network=update("<results>/arms/{arm}/training/{dataset}/{regrowth}/{seed}/network.npz"),
        history=update("<results>/arms/{arm}/training/{dataset}/{regrowth}/{seed}/history.csv"),
        topology=update("<results>/arms/{arm}/training/{dataset}/{regrowth}/{seed}/topology.csv"),
        timings=update("<results>/arms/{arm}/training/{dataset}/{regrowth}/{seed}/timings.csv"),
        record=update("<results>/arms/{arm}/training/{dataset}/{regrowth}/{seed}/network.json"),
    log:
        "<logs>/train_arm/{arm}/{dataset}/{regrowth}/{seed}.log",
    benchmark:
        "<benchmarks>/train_arm/{arm}/{dataset}/{regrowth}/{seed}.tsv"


use rule perturb as perturb_arm with:
    input:
        networks=of_arm(NETWORKS, seed=ARM_SEEDS),
        images=images,
    output:
        sweep=update("<results>/arms/{arm}/perturbations/{dataset}/{regrowth}/{perturbation}.csv"),
        record=update("<results>/arms/{arm}/perturbations/{dataset}/{regrowth}/{perturbation}.json"),
    log:
        "<logs>/perturb_arm/{arm}/{dataset}/{regrowth}/{perturbation}.log",
    benchmark:
        "<benchmarks>/perturb_arm/{arm}/{dataset}/{regrowth}/{perturbation}.tsv"


use rule weight_magnitudes as weight_magnitudes_of_arm with:
    input:
        of_arm(NETWORKS, seed=ARM_SEEDS),
    output:
        weights=update("<results>/arms/{arm}/weights/{dataset}/{regrowth}.csv"),
        record=update("<results>/arms/{arm}/weights/{dataset}/{regrowth}.json"),
    log:
        "<logs>/weight_magnitudes_of_arm/{arm}/{dataset}/{regrowth}.log",
    benchmark:
        "<benchmarks>/weight_magnitudes_of_arm/{arm}/{dataset}/{regrowth}.tsv"
    localrule: True


use rule check_claims as check_claims_of_arm with:
    input:
        histories=of_arm(HISTORIES, **ARM_GRID, seed=ARM_SEEDS),
        topologies=of_arm(TOPOLOGIES, **ARM_GRID, seed=ARM_SEEDS),
        update_times=[],
        sweeps=of_arm(SWEEPS, **ARM_GRID, perturbation=PERTURBATIONS, group=""),
        weights=of_arm(WEIGHTS, **ARM_GRID, group=""),
        scores=[],
        fit_times=[],
        feature_costs=[],
        arms=[],
        template=local(REPOSITORY / "workflow/report/claims.html.jinja"),
    output:
        csv=update("<results>/arms/{arm}/claims.csv"),
        text=update("<results>/arms/{arm}/claims.md"),
        page=update("<results>/arms/{arm}/claims.html"),
        record=update("<results>/arms/{arm}/claims.json"),
    log:
        "<logs>/check_claims_of_arm/{arm}.log",
    benchmark:
        "<benchmarks>/check_claims_of_arm/{arm}.tsv"
    localrule: True
    params:
        code=code_of("check_claims.py"),
        arm=lambda wildcards: wildcards.arm,
        not_run=LEFT_OUT,
