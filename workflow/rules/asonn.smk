"""ASONN: the associative classifier beside the usual ones, on tables.

in   resources/tables/{table}.csv
out  <results>/asonn/{table}/scores.csv, timings.csv
     <results>/asonn/{table}/hypercuboids.csv, points.csv, growth.csv, rules.csv, explanation.csv
"""


rule evaluate_classifiers:
    """Trains and tests every classifier on the same splits of one table."""
    input:
        "resources/tables/{table}.csv",
    output:
        scores=update("<results>/asonn/{table}/scores.csv"),
        timings=update("<results>/asonn/{table}/timings.csv"),
        record=update("<results>/asonn/{table}/scores.json"),
    log:
        "<logs>/evaluate_classifiers/{table}.log",
    benchmark:
        "<benchmarks>/evaluate_classifiers/{table}.tsv"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code_digest("evaluate_classifiers.py"),
        versions=ASONN["versions"],
        classifiers=ASONN["classifiers"],
        splits=ASONN["splits"],
        test_size=ASONN["test_size"],
    shell:
        here(
            "python src/evaluate_classifiers.py {input} --table {wildcards.table} --versions {params.versions}"
            " --classifiers {params.classifiers} --splits {params.splits} --test-size {params.test_size}"
            " --scores {output.scores} --timings {output.timings}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule find_hypercuboids:
    """Trains ASONN on two attributes of one table; lists its hypercuboids and how they grew."""
    input:
        "resources/tables/{table}.csv",
    output:
        hypercuboids="<results>/asonn/{table}/hypercuboids.csv",
        points="<results>/asonn/{table}/points.csv",
        growth="<results>/asonn/{table}/growth.csv",
        record="<results>/asonn/{table}/hypercuboids.json",
    log:
        "<logs>/find_hypercuboids/{table}.log",
    benchmark:
        "<benchmarks>/find_hypercuboids/{table}.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("find_hypercuboids.py"),
        attributes=ASONN["hypercuboids"]["attributes"],
        test_size=ASONN["test_size"],
    shell:
        here(
            "python src/find_hypercuboids.py {input} --table {wildcards.table} --attributes {params.attributes} --test-size {params.test_size}"
            " --hypercuboids {output.hypercuboids} --points {output.points} --growth {output.growth}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule explain_asonn:
    """Trains ASONN on one table; writes its rules, and why one test row got its class."""
    input:
        "resources/tables/{table}.csv",
    output:
        rules="<results>/asonn/{table}/rules.csv",
        explanation="<results>/asonn/{table}/explanation.csv",
        record="<results>/asonn/{table}/rules.json",
    log:
        "<logs>/explain_asonn/{table}.log",
    benchmark:
        "<benchmarks>/explain_asonn/{table}.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("explain_asonn.py"),
        test_size=ASONN["test_size"],
    shell:
        here(
            "python src/explain_asonn.py {input} --table {wildcards.table} --test-size {params.test_size} --rules {output.rules}"
            " --explanation {output.explanation}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )
