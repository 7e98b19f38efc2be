"""The workflow of workflow/Snakefile, from the root of the repository."""

if not workflow.configfiles:

    configfile: "config/config.yaml"


module study:
    snakefile:
        "workflow/Snakefile"
    config:
        config


use rule * from study
