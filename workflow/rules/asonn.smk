"""ASONN: the associative classifier beside the usual ones, on tables.

in   resources/tables/{table}.csv
out  <results>/asonn/{table}/scores.csv, timings.csv
     <results>/asonn/{table}/costs.csv
     <results>/asonn/{table}/hypercuboids.csv, points.csv, growth.csv, rules.csv, explanation.csv
     <results>/asonn/worked_examples.csv, worked_examples_rules.csv
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
        settings=lambda wildcards: arguments(compared(wildcards.table))(wildcards),
    shell:
        script(
            "evaluate_classifiers.py {input} --table {wildcards.table} {params.settings}"
            " --scores {output.scores} --timings {output.timings}"
        )


rule weigh_feature_costs:
    """Trains ASONN on one table with and without costs of features."""
    input:
        "resources/tables/{table}.csv",
    output:
        costs="<results>/asonn/{table}/costs.csv",
        record="<results>/asonn/{table}/costs.json",
    log:
        "<logs>/weigh_feature_costs/{table}.log",
    benchmark:
        "<benchmarks>/weigh_feature_costs/{table}.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=lambda wildcards, attempt: 1000 * attempt,
        runtime=REQUESTS.classification_time,
    params:
        code=code_of("weigh_feature_costs.py"),
        settings=arguments({key: ASONN[key] for key in ["readings", "splits", "test_size"]}),
    shell:
        script("weigh_feature_costs.py {input} --table {wildcards.table} {params.settings} --costs {output.costs}")


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
        arguments=lambda wildcards: ["--table", wildcards.table, "--test-size", str(ASONN["test_size"])],
    shell:
        script("explain_asonn.py {input} {params.arguments} --rules {output.rules} --explanation {output.explanation}")


use rule explain_asonn as explain_worked_examples with:
    # The two test samples of the paper's slides, by ASONN as printed, trained on the other rows of iris.
    input:
        "resources/tables/iris.csv",
    output:
        rules=update("<results>/asonn/worked_examples_rules.csv"),
        explanation=update("<results>/asonn/worked_examples.csv"),
        record=update("<results>/asonn/worked_examples.json"),
    log:
        "<logs>/explain_worked_examples.log",
    benchmark:
        "<benchmarks>/explain_worked_examples.tsv"
    localrule: True
    params:
        code=code_of("explain_asonn.py"),
        arguments=[
            *["--table", "iris", "--classifier", "asonn_printed"],
            *["--sample", "4.9", "3.0", "1.4", "0.2", "--sample", "7.0", "3.2", "4.7", "1.4"],
        ],
