"""Training: one job a network, one thread a job.

in   resources/images/{dataset}.npz
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
        "../../envs/environment.yaml"
    resources:
        mem_mb=200,
        runtime=5,
    params:
        code=code_digest("save_configuration.py"),
        configuration=json.dumps(config),
    shell:
        here(
            "python src/save_configuration.py {params.configuration:q} --output {output.configuration}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule train:
    """Trains one network: the number {wildcards.seed} of its data set and regrowth rule."""
    input:
        images="resources/images/{dataset}.npz",
    output:
        # update: the old ones stay until the new ones are there; what took hours is not lost when a rerun fails
        network=update("<results>/training/{dataset}/{regrowth}/{seed}/network.npz"),
        history=update("<results>/training/{dataset}/{regrowth}/{seed}/history.csv"),
        topology=update("<results>/training/{dataset}/{regrowth}/{seed}/topology.csv"),
        timings=update("<results>/training/{dataset}/{regrowth}/{seed}/timings.csv"),
        record=update("<results>/training/{dataset}/{regrowth}/{seed}/network.json"),
    log:
        "<logs>/train/{dataset}/{regrowth}/{seed}.log",
    benchmark:
        "<benchmarks>/train/{dataset}/{regrowth}/{seed}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=720,
        # how often is no parameter of the results: among `params` a change of it would train all networks again
        checkpoint_every=ROBUSTNESS["training"]["checkpoint_every"],
    params:
        code=training_code,
        settings=as_arguments(NETWORK_AND_TRAINING),
        checkpoint=checkpoint,
    shell:
        here(
            "python src/train.py --images {input.images} --dataset {wildcards.dataset} --rule {wildcards.regrowth}"
            " --seed {wildcards.seed} {params.settings}"
            " --checkpoint {params.checkpoint} --checkpoint-every {resources.checkpoint_every}"
            " --network {output.network} --history {output.history} --topology {output.topology}"
            " --timings {output.timings}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule time_updates:
    """Times topology updates, with no other job beside it."""
    input:
        images="resources/images/{dataset}.npz",
    output:
        times=update("<results>/update_times/{dataset}.csv"),
        record=update("<results>/update_times/{dataset}.json"),
    log:
        "<logs>/time_updates/{dataset}.log",
    benchmark:
        "<benchmarks>/time_updates/{dataset}.tsv"
    priority: 1  # before the jobs that would share the machine with it
    conda:
        "../../envs/environment.yaml"
    threads: all_cores
    resources:
        mem_mb=1000,
        runtime=720,
    params:
        code=update_times_code,
        rules=rewiring_rules(),
        instances=ROBUSTNESS["update_times"]["instances"],
        settings=as_arguments(NETWORK_AND_TRAINING | {"epochs": ROBUSTNESS["update_times"]["epochs"]}),
    shell:
        here(
            "python src/time_updates.py --images {input.images} --dataset {wildcards.dataset} --rules {params.rules}"
            " --instances {params.instances} {params.settings} --output {output.times}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule topology_stages:
    """Follows one topology update of a network that is small enough to be drawn link by link."""
    input:
        images="resources/images/{dataset}.npz",
    output:
        stages="<results>/topology_stages/{dataset}.csv",
        record="<results>/topology_stages/{dataset}.json",
    log:
        "<logs>/topology_stages/{dataset}.log",
    benchmark:
        "<benchmarks>/topology_stages/{dataset}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        code=stages_code,
        rule=ROBUSTNESS["drawings"]["topology_update"]["regrowth_rule"],
        seed=ROBUSTNESS["drawings"]["topology_update"]["seed"],
        inputs=ROBUSTNESS["drawings"]["topology_update"]["inputs"],
        settings=as_arguments(
            NETWORK_AND_TRAINING
            | {key: ROBUSTNESS["drawings"]["topology_update"][key] for key in ["hidden_sizes", "density", "epochs"]}
        ),
    shell:
        here(
            "python src/topology_stages.py --images {input.images} --dataset {wildcards.dataset} --rule {params.rule}"
            " --seed {params.seed} --inputs {params.inputs} {params.settings} --output {output.stages}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )
