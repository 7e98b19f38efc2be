"""Data sets: from their sources to the two formats that everything else reads.

in   what ships with scikit-learn
out  resources/images/{dataset}.npz, resources/tables/{table}.csv
"""


rule prepare_digits:
    """Writes scikit-learn's digits as an image set."""
    output:
        "resources/images/digits.npz",
    log:
        "logs/resources/images/digits.log",
    benchmark:
        "resources/benchmarks/images/digits.tsv"
    localrule: True
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=code_digest("prepare_digits.py"),
    shell:
        "python src/prepare_digits.py --output {output} > {log} 2>&1"


rule prepare_table:
    """Writes a table that ships with scikit-learn."""
    output:
        "resources/tables/{table}.csv",
    log:
        "logs/resources/tables/{table}.log",
    benchmark:
        "resources/benchmarks/tables/{table}.tsv"
    wildcard_constraints:
        table="breast_cancer|iris|wine",
    localrule: True
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=code_digest("prepare_table.py"),
    shell:
        "python src/prepare_table.py --table {wildcards.table} --output {output} > {log} 2>&1"
