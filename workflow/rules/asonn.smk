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
        scores="<results>/asonn/{table}/scores.csv",
        timings="<results>/asonn/{table}/timings.csv",
        record="<results>/asonn/{table}/scores.json",
    log:
        "<logs>/evaluate_classifiers/{table}.log",
    benchmark:
        "<benchmarks>/evaluate_classifiers/{table}.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=lambda wildcards, attempt: 2000 * attempt,
        runtime=REQUESTS.classification_time,
    params:
        code=code_of("evaluate_classifiers.py"),
        settings=arguments({key: ASONN[key] for key in ["versions", "classifiers", "splits", "test_size"]}),
    shell:
        script(
            "evaluate_classifiers.py {input} --table {wildcards.table} {params.settings}"
            " --scores {output.scores} --timings {output.timings}"
        )


rule find_hypercuboids:
    """Trains ASONN on two features of one table; lists its hypercuboids and how they grew."""
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
        ENVIRONMENT
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_of("find_hypercuboids.py"),
        settings=arguments({"attributes": ASONN["hypercuboids"]["attributes"], "test_size": ASONN["test_size"]}),
    shell:
        script(
            "find_hypercuboids.py {input} --table {wildcards.table} {params.settings}"
            " --hypercuboids {output.hypercuboids} --points {output.points} --growth {output.growth}"
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
        ENVIRONMENT
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_of("explain_asonn.py"),
        test_size=ASONN["test_size"],
    shell:
        script(
            "explain_asonn.py {input} --table {wildcards.table} --test-size {params.test_size} --rules {output.rules}"
            " --explanation {output.explanation}"
        )
