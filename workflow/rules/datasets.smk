"""Data sets: from their sources to the two formats that everything else reads.

in   what ships with scikit-learn; official files of image sets; PMLB tables by config/pmlb_tables.csv; the user's images
out  resources/downloads/{dataset}/ with the official files, and SHA256SUMS, which lists them
     resources/images/{dataset}.npz, <results>/images/{dataset}.npz, resources/tables/{table}.csv
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
        ENVIRONMENT
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=code_of("prepare_digits.py"),
    shell:
        script("prepare_digits.py --output {output.images}")


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
        table=one_of(SHIPPED_TABLES),
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
        runtime=5,
    params:
        code=code_of("prepare_table.py"),
    shell:
        script("prepare_table.py --table {wildcards.table} --output {output.table}")


rule download_images:
    """Downloads the official files of an image set. No edit of our code asks for that again."""
    output:
        # not the folder: when one file cannot be downloaded, Snakemake would delete the good ones with it
        sums="resources/downloads/{dataset}/SHA256SUMS",
        record="resources/downloads/{dataset}.json",
    log:
        "logs/resources/downloads/{dataset}.log",
    benchmark:
        "resources/benchmarks/downloads/{dataset}.tsv"
    wildcard_constraints:
        dataset=one_of(DOWNLOADED_IMAGE_SETS),
    retries: DOWNLOAD_RETRIES
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
        runtime=120,
        mirror=MIRROR,
    params:
        folder=subpath(output.sums, parent=True),
    shell:
        script(
            "download_images.py --dataset {wildcards.dataset} --mirror={resources.mirror} --output {params.folder}",
            code="",
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
        dataset=one_of(DOWNLOADED_IMAGE_SETS),
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=REQUESTS.image_memory,
        runtime=15,
    params:
        code=code_of("convert_images.py"),
        folder=subpath(input[0], parent=True),
    shell:
        script("convert_images.py {params.folder} --dataset {wildcards.dataset} --output {output.images}")


rule import_images:
    """Converts a user's own image set."""
    input:
        own_image_files,
    output:
        images="<results>/images/{dataset}.npz",
        record="<results>/images/{dataset}.json",
    log:
        "<logs>/import_images/{dataset}.log",
    benchmark:
        "<benchmarks>/import_images/{dataset}.tsv"
    wildcard_constraints:
        dataset=one_of(OWN_IMAGE_SETS),
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=REQUESTS.image_memory,
        runtime=15,
    params:
        code=code_of("import_images.py"),
        option=lambda wildcards: "--npz" if "npz" in OWN_IMAGE_SETS[wildcards.dataset] else "--idx",
    shell:
        script("import_images.py {params.option} {input} --output {output.images}")


rule download_table:
    """Downloads a PMLB table. No edit of our code asks for that again."""
    input:
        index=local(ancient(str(REPOSITORY / PMLB_INDEX))),
    output:
        table="resources/tables/pmlb/{pmlb_table}.csv",
        record="resources/tables/pmlb/{pmlb_table}.json",
    log:
        "logs/resources/tables/pmlb/{pmlb_table}.log",
    benchmark:
        "resources/benchmarks/tables/pmlb/{pmlb_table}.tsv"
    wildcard_constraints:
        pmlb_table=one_of(name.removeprefix("pmlb/") for name in TABLES if name not in SHIPPED_TABLES),
    retries: DOWNLOAD_RETRIES
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
        runtime=30,
        mirror=MIRROR,
    shell:
        script(
            "download_table.py --table {wildcards.pmlb_table} --index {input.index} --mirror={resources.mirror}"
            " --output {output.table}",
            code="",
        )
