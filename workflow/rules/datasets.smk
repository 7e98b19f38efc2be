"""Data sets: from their sources to the two formats that everything else reads.

in   what ships with scikit-learn; official files of image sets; PMLB tables by config/pmlb_tables.csv
out  resources/downloads/{dataset}/ with the official files, and SHA256SUMS, which lists them
     resources/images/{dataset}.npz, resources/tables/{table}.csv
"""


rule prepare_digits:
    """Writes scikit-learn's digits as an image set."""
    output:
        images="resources/images/digits.npz",
        record="resources/images/digits.json",
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
        here(
            "python src/prepare_digits.py --output {output.images}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule prepare_table:
    """Writes a table that ships with scikit-learn."""
    output:
        table="resources/tables/{table}.csv",
        record="resources/tables/{table}.json",
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
        here(
            "python src/prepare_table.py --table {wildcards.table} --output {output.table}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule download_images:
    """Downloads the official files of an image set. No edit of our code asks for that again."""
    output:
        # not the folder: when one file cannot be had, Snakemake would delete the good ones with it
        sums="resources/downloads/{dataset}/SHA256SUMS",
        record="resources/downloads/{dataset}.json",
    log:
        "logs/resources/downloads/{dataset}.log",
    benchmark:
        "resources/benchmarks/downloads/{dataset}.tsv"
    retries: DOWNLOAD_RETRIES
    localrule: True
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=500,
        runtime=120,
    params:
        folder=subpath(output.sums, parent=True),
    shell:
        here(
            "python src/download_images.py --dataset {wildcards.dataset} --output {params.folder}"
            " --record {output.record} > {log} 2>&1"
        )


rule convert_images:
    """Converts the official files of an image set."""
    input:
        "resources/downloads/{dataset}/SHA256SUMS",
    output:
        images="resources/images/{dataset}.npz",
        record="resources/images/{dataset}.json",
    log:
        "logs/resources/images/{dataset}.log",
    benchmark:
        "resources/benchmarks/images/{dataset}.tsv"
    wildcard_constraints:
        dataset="mnist|fashion_mnist|kmnist|emnist_letters",
    localrule: True
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=1000,
        runtime=15,
    params:
        code=code_digest("convert_images.py"),
        folder=subpath(input[0], parent=True),
    shell:
        here(
            "python src/convert_images.py {params.folder} --dataset {wildcards.dataset} --output {output.images}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule import_images:
    """Takes in an image set of the user's own."""
    input:
        own_image_files,
    output:
        images="resources/images/{dataset}.npz",
        record="resources/images/{dataset}.json",
    log:
        "logs/resources/images/{dataset}.log",
    benchmark:
        "resources/benchmarks/images/{dataset}.tsv"
    wildcard_constraints:
        dataset="|".join(map(re.escape, OWN_IMAGE_SETS)) or "(?!)",  # none matches nothing
    localrule: True
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=2000,
        runtime=15,
    params:
        code=code_digest("import_images.py"),
        option=own_image_option,
    shell:
        here(
            "python src/import_images.py {params.option} {input:q} --output {output.images}"
            " --code {params.code} --record {output.record} > {log} 2>&1"
        )


rule download_table:
    """Downloads a PMLB table. No edit of our code asks for that again."""
    input:
        index=local(ancient(str(REPOSITORY / "config/pmlb_tables.csv"))),
    output:
        table="resources/tables/pmlb/{pmlb_table}.csv",
        record="resources/tables/pmlb/{pmlb_table}.json",
    log:
        "logs/resources/tables/pmlb/{pmlb_table}.log",
    benchmark:
        "resources/benchmarks/tables/pmlb/{pmlb_table}.tsv"
    retries: DOWNLOAD_RETRIES
    localrule: True
    conda:
        "../../envs/environment.yaml"
    resources:
        mem_mb=500,
        runtime=30,
    shell:
        here(
            "python src/download_table.py --table {wildcards.pmlb_table} --index {input.index} --output {output.table}"
            " --record {output.record} > {log} 2>&1"
        )
