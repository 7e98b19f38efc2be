"""When Snakemake looks for jobs to start."""

from tests.workflow.conftest import copy_repository, snakemake


def test_it_looks_for_jobs_when_one_has_finished_and_not_every_second(tmp_path):
    tables = [f"resources/tables/{name}.csv" for name in ("iris", "wine", "breast_cancer")]
    run = ["--cores", "1", "--verbose", "--configfile", "config/smoke.yaml", "--", *tables]
    said = snakemake(copy_repository(tmp_path), *run).stdout
    assert said.count("Finished jobid") == said.count("Ready jobs:") == len(tables)
