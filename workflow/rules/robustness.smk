"""Robustness: the accuracy that trained networks keep when they are perturbed.

in   <results>/training/{dataset}/{regrowth}/{seed}/network.npz of all networks of a data set and regrowth rule, an image set
out  <results>/perturbations/{dataset}/{regrowth}/{perturbation}.csv
"""


rule perturb:
    """Perturbs all networks of one data set and regrowth rule in one way, level by level."""
    input:
        networks=perturbed_networks,
        images=images,
    output:
        sweep="<results>/perturbations/{dataset}/{regrowth}/{perturbation}.csv",
        record="<results>/perturbations/{dataset}/{regrowth}/{perturbation}.json",
    log:
        "<logs>/perturb/{dataset}/{regrowth}/{perturbation}.log",
    benchmark:
        "<benchmarks>/perturb/{dataset}/{regrowth}/{perturbation}.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=REQUESTS.image_memory,
        runtime=REQUESTS.perturbation_time,
    params:
        code=code_of("perturb.py", "sparse_training.perturbations.{perturbation}"),
        levels=perturbation_levels,
        options=arguments({key: ROBUSTNESS["perturbations"][key] for key in ["repeats", "layers_together", "readout"]}),
    shell:
        script(
            "perturb.py {input.networks} --images {input.images} --perturbation {wildcards.perturbation}"
            " --levels {params.levels} {params.options} --output {output.sweep}"
        )
