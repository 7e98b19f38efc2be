"""The profiles of clusters agree with the rules."""

import re

import pytest
import yaml

from tests.workflow.conftest import ROOT

PROFILES = ["slurm", "cluster-generic", "kubernetes"]


def profile(name: str) -> dict:
    return yaml.safe_load((ROOT / f"profiles/{name}/config.yaml").read_text())


def submitted_rules() -> dict[str, dict[str, int]]:
    """`mem_mb` and `runtime` of each rule that is no local rule."""
    text = "\n".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    rules = dict(re.findall(r"^rule (\w+):\n(.*?)(?=^\S|\Z)", text, re.M | re.S))
    return {
        name: {key: int(value) for key, value in re.findall(r"^ +(mem_mb|runtime)=(\d+),", body, re.M)}
        for name, body in rules.items()
        if "localrule: True" not in body
    }


@pytest.mark.parametrize("name", PROFILES)
def test_the_first_attempt_gets_what_the_rule_asks_for_and_later_ones_more(name):
    set_resources = profile(name)["set-resources"]
    rules = submitted_rules()
    assert set_resources.keys() == rules.keys()
    for rule, resources in set_resources.items():
        assert "mem_mb" in resources
        for resource, expression in resources.items():
            first, second = (eval(expression, {"attempt": attempt}) for attempt in (1, 2))
            assert first == rules[rule][resource], (rule, resource)
            assert second > first


@pytest.mark.parametrize("name", PROFILES)
def test_where_jobs_are_grouped_the_cpus_of_a_group_are_limited(name):
    settings = profile(name)
    assert settings["groups"].keys() <= submitted_rules().keys()
    assert settings["cores"] < max(settings["group-components"].values())


def test_there_are_no_arrays():
    # with version 2.8.0 of the plugin each task is judged by the files of the first one: its issue 447
    assert "slurm-array-jobs" not in profile("slurm")
