"""Robustness: the accuracy that trained networks keep when they, or the images that they are given, are perturbed.

in   <results>/training/{dataset}/{regrowth}/{seed}/network.npz of all networks of a data set and regrowth rule, an image set
out  <results>/perturbations/{dataset}/{regrowth}/{perturbation}{group}.csv
     <results>/image_perturbations/{dataset}/{regrowth}{group}.csv

A job perturbs a group of at most five networks, so that more networks later are jobs of their own: {group} is nothing
for networks 0 to 4, `_from_5` for 5 to 9.
"""


rule perturb:
    """Perturbs a group of networks of one data set and regrowth rule in one way, level by level."""
    input:
        networks=networks_of_group(PERTURBED_SEEDS),
        images=images,
    output:
        sweep="<results>/perturbations/{dataset}/{regrowth}/{perturbation}{group}.csv",
        record="<results>/perturbations/{dataset}/{regrowth}/{perturbation}{group}.json",
    log:
        "<logs>/perturb/{dataset}/{regrowth}/{perturbation}{group}.log",
    benchmark:
        "<benchmarks>/perturb/{dataset}/{regrowth}/{perturbation}{group}.tsv"
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
    """Gives perturbed images to a group of networks of one data set and regrowth rule."""
    input:
        networks=networks_of_group(IMAGE_SEEDS),
        images=images,
    output:
        sweeps="<results>/image_perturbations/{dataset}/{regrowth}{group}.csv",
        record="<results>/image_perturbations/{dataset}/{regrowth}{group}.json",
    log:
        "<logs>/perturb_images/{dataset}/{regrowth}{group}.log",
    benchmark:
        "<benchmarks>/perturb_images/{dataset}/{regrowth}{group}.tsv"
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
