"""Weights: how the magnitudes of trained weights are distributed.

in   <results>/training/{dataset}/{regrowth}/{seed}/network.npz of a group of networks of a data set and regrowth rule
out  <results>/weights/{dataset}/{regrowth}{group}.csv
"""


rule weight_magnitudes:
    """Histograms of |weight| of a group of networks of one data set and regrowth rule."""
    input:
        networks_of_group(PERTURBED_SEEDS),
    output:
        weights="<results>/weights/{dataset}/{regrowth}{group}.csv",
        record="<results>/weights/{dataset}/{regrowth}{group}.json",
    log:
        "<logs>/weight_magnitudes/{dataset}/{regrowth}{group}.log",
    benchmark:
        "<benchmarks>/weight_magnitudes/{dataset}/{regrowth}{group}.tsv"
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
        runtime=10,
    params:
        code=code_of("weight_magnitudes.py"),
        bin_width=ROBUSTNESS["weight_magnitudes"]["bin_width"],
    shell:
        script("weight_magnitudes.py {input} --bin-width {params.bin_width} --output {output.weights}")
