"""Robustness: the accuracy that trained networks keep when they, or the images that they are given, are perturbed.

in   <results>/training/{dataset}/{regrowth}/{seed}/network.npz of all networks of a data set and regrowth rule, an image set
out  <results>/perturbations/{dataset}/{regrowth}/{perturbation}.csv
     <results>/image_perturbations/{dataset}/{regrowth}.csv
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
        levels=lambda wildcards: ROBUSTNESS["perturbations"]["levels"][wildcards.perturbation],
        options=arguments({key: ROBUSTNESS["perturbations"][key] for key in ["repeats", "layers_together", "readout"]}),
    shell:
        script(
            "perturb.py {input.networks} --images {input.images} --perturbation {wildcards.perturbation}"
            " --levels {params.levels} {params.options} --output {output.sweep}"
        )


rule perturb_images:
    """Gives perturbed images to all networks of one data set and regrowth rule."""
    input:
        networks=collect(NETWORKS, seed=range(IMAGE_PERTURBATIONS["networks"]), allow_missing=True),
        images=images,
    output:
        sweeps="<results>/image_perturbations/{dataset}/{regrowth}.csv",
        record="<results>/image_perturbations/{dataset}/{regrowth}.json",
    log:
        "<logs>/perturb_images/{dataset}/{regrowth}.log",
    benchmark:
        "<benchmarks>/perturb_images/{dataset}/{regrowth}.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=REQUESTS.image_memory,
        runtime=REQUESTS.image_perturbation_time,
    params:
        code=code_of(
            "perturb_images.py",
            *[f"sparse_training.image_perturbations.{name}" for name in IMAGE_PERTURBATIONS["levels"]],
        ),
        perturbations=[
            word for name, levels in IMAGE_PERTURBATIONS["levels"].items() for word in [name, *map(str, levels)]
        ],
        repeats=IMAGE_PERTURBATIONS["repeats"],
    shell:
        script(
            "perturb_images.py {input.networks} --images {input.images} --perturbations {params.perturbations}"
            " --repeats {params.repeats} --output {output.sweeps}"
        )
