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
        settings=training_settings,
        checkpoint=checkpoint_path,
    shell:
        script(
            "train.py --images {input.images} --dataset {wildcards.dataset} --rule {wildcards.regrowth}"
            " --seed {wildcards.seed} {params.settings} --checkpoint {params.checkpoint}"
            " --network {output.network} --history {output.history} --topology {output.topology}"
            " --timings {output.timings}"
        )


DENSE_SEEDS = SEEDS.get("dense", range(1))


rule train_dense:
    """Trains the dense networks of one data set together, on a CUDA device if PyTorch has one."""
    input:
        images=images,
    output:
        networks=collect("<results>/training/{dataset}/dense/{seed}/network.npz", seed=DENSE_SEEDS, allow_missing=True),
        histories=collect("<results>/training/{dataset}/dense/{seed}/history.csv", seed=DENSE_SEEDS, allow_missing=True),
        topologies=collect(
            "<results>/training/{dataset}/dense/{seed}/topology.csv", seed=DENSE_SEEDS, allow_missing=True
        ),
        timings=collect("<results>/training/{dataset}/dense/{seed}/timings.csv", seed=DENSE_SEEDS, allow_missing=True),
        record="<results>/training/{dataset}/dense/networks.json",
    log:
        "<logs>/train_dense/{dataset}.log",
    benchmark:
        "<benchmarks>/train_dense/{dataset}.tsv"
    priority: 1  # the longest job of a study
    conda:
        ENVIRONMENT
    resources:
        mem_mb=REQUESTS.dense_memory,
        runtime=REQUESTS.dense_time,
    params:
        code=code_of("train_dense.py", "sparse_training.initial.complete"),
        settings=arguments(GRADIENT_DESCENT | {"seeds": DENSE_SEEDS, "cpu_epochs": CONTROLS.get("cpu_epochs", 1)}),
        checkpoint=checkpoint_path,
    shell:
        script(
            "train_dense.py --images {input.images} --dataset {wildcards.dataset} {params.settings}"
            " --checkpoint {params.checkpoint}"
            " --networks {output.networks} --histories {output.histories} --topologies {output.topologies}"
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
    # all cores, so that it runs alone; on a cluster, which has no such number, one will do
    threads: lambda wildcards: workflow.cores or 1
    resources:
        mem_mb=REQUESTS.image_memory,
        runtime=REQUESTS.update_times_time,
    params:
        code=code_of_training("time_updates.py", REWIRING_RULES),
        settings=arguments(
            {"rules": REWIRING_RULES, "instances": ROBUSTNESS["update_times"]["instances"]}
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
