"""Training: one job a network, one thread a job.

in   an image set
out  <results>/training/{dataset}/{regrowth}/{seed}/network.npz, history.csv, topology.csv, timings.csv
     <results>/update_times/{dataset}.csv
     <results>/topology_stages/{dataset}.csv
"""


rule save_configuration:
    """Keeps the configuration beside the results that it made."""
    output:
        configuration="<results>/config.yaml",
        record="<results>/config.json",
    log:
        "<logs>/save_configuration.log",
    benchmark:
        "<benchmarks>/save_configuration.tsv"
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=200,
        runtime=5,
    params:
        code=code_of("save_configuration.py"),
        configuration=lambda wildcards: json.dumps(config),
    shell:
        script("save_configuration.py {params.configuration} --output {output.configuration}")


rule train:
    """Trains one network: the number {wildcards.seed} of its data set and regrowth rule."""
    input:
        images=images,
    output:
        network="<results>/training/{dataset}/{regrowth}/{seed}/network.npz",
        history="<results>/training/{dataset}/{regrowth}/{seed}/history.csv",
        topology="<results>/training/{dataset}/{regrowth}/{seed}/topology.csv",
        timings="<results>/training/{dataset}/{regrowth}/{seed}/timings.csv",
        record="<results>/training/{dataset}/{regrowth}/{seed}/network.json",
    log:
        "<logs>/train/{dataset}/{regrowth}/{seed}.log",
    benchmark:
        "<benchmarks>/train/{dataset}/{regrowth}/{seed}.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=REQUESTS.image_memory,
        runtime=REQUESTS.training_time,
    params:
        code=code_of_training("train.py", ["{regrowth}"]),
        settings=arguments(NETWORK_AND_TRAINING),
        checkpoint=checkpoint_path,
    shell:
        script(
            "train.py --images {input.images} --dataset {wildcards.dataset} --rule {wildcards.regrowth}"
            " --seed {wildcards.seed} {params.settings} --checkpoint {params.checkpoint}"
            " --network {output.network} --history {output.history} --topology {output.topology}"
            " --timings {output.timings}"
        )


rule time_updates:
    """Times topology updates, with no other job beside it."""
    input:
        images=images,
    output:
        times="<results>/update_times/{dataset}.csv",
        record="<results>/update_times/{dataset}.json",
    log:
        "<logs>/time_updates/{dataset}.log",
    benchmark:
        "<benchmarks>/time_updates/{dataset}.tsv"
    priority: 1  # before the jobs that would share the machine with it
    conda:
        ENVIRONMENT
    threads: all_cores
    resources:
        mem_mb=REQUESTS.image_memory,
        runtime=REQUESTS.update_times_time,
    params:
        code=code_of_training("time_updates.py", rewiring_rules()),
        settings=arguments(
            {"rules": rewiring_rules(), "instances": ROBUSTNESS["update_times"]["instances"]}
            | NETWORK_AND_TRAINING
            | {"epochs": ROBUSTNESS["update_times"]["epochs"]}
        ),
    shell:
        script(
            "time_updates.py --images {input.images} --dataset {wildcards.dataset} {params.settings}"
            " --output {output.times}"
        )


rule topology_stages:
    """Follows one topology update of a network that is small enough to be drawn link by link."""
    input:
        images=images,
    output:
        stages="<results>/topology_stages/{dataset}.csv",
        record="<results>/topology_stages/{dataset}.json",
    log:
        "<logs>/topology_stages/{dataset}.log",
    benchmark:
        "<benchmarks>/topology_stages/{dataset}.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=REQUESTS.image_memory,
        runtime=REQUESTS.stages_time,
    params:
        code=code_of_training("topology_stages.py", [DRAWN_UPDATE["regrowth_rule"]]),
        settings=arguments(
            {"rule": DRAWN_UPDATE["regrowth_rule"], "seed": DRAWN_UPDATE["seed"], "inputs": DRAWN_UPDATE["inputs"]}
            | NETWORK_AND_TRAINING
            | {key: DRAWN_UPDATE[key] for key in ["hidden_sizes", "density", "epochs"]}
        ),
    shell:
        script(
            "topology_stages.py --images {input.images} --dataset {wildcards.dataset} {params.settings}"
            " --output {output.stages}"
        )
