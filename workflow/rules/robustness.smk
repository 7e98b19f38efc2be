"""Robustness: what accuracy trained networks keep when they are damaged.

in   <results>/training/{dataset}/{regrowth}/{seed}/network.npz of all networks of a data set and regrowth rule, resources/images/{dataset}.npz
out  <results>/perturbations/{dataset}/{regrowth}/{perturbation}.csv
"""


rule perturb:
    """Damages all networks of one data set and regrowth rule in one way, level by level."""
    input:
        networks=collect(
            "<results>/training/{dataset}/{regrowth}/{seed}/network.npz",
            seed=PERTURBED_SEEDS,
            allow_missing=True,
        ),
        images="resources/images/{dataset}.npz",
    output:
        sweep=update("<results>/perturbations/{dataset}/{regrowth}/{perturbation}.csv"),
        record=update("<results>/perturbations/{dataset}/{regrowth}/{perturbation}.json"),
    log:
        "<logs>/perturb/{dataset}/{regrowth}/{perturbation}.log",
    benchmark:
        "<benchmarks>/perturb/{dataset}/{regrowth}/{perturbation}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=120,
    params:
        code=perturbation_code,
        levels=perturbation_levels,
        repeats=ROBUSTNESS["perturbations"]["repeats"],
        options=as_arguments({key: ROBUSTNESS["perturbations"][key] for key in ["layers_together", "readout"]}),
    shell:
        here(
            "python src/perturb.py {input.networks} --images {input.images} --perturbation {wildcards.perturbation}"
            " --levels {params.levels} --repeats {params.repeats} {params.options} --output {output.sweep}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )
