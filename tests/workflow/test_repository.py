"""Requirements, README, checks and container agree with each other."""

import re
import subprocess
from pathlib import Path

import yaml
from packaging.requirements import Requirement

from tests.workflow.conftest import ROOT

ENVS = ROOT / "envs"


def requirements(lines) -> list[Requirement]:
    return [Requirement(line) for line in lines if line.strip() and not line.lstrip().startswith(("#", "-"))]


def pins(path: Path) -> list[Requirement]:
    return requirements(path.read_text().splitlines())


def conda_pins() -> list[Requirement]:
    dependencies = yaml.safe_load((ENVS / "environment.yaml").read_text())["dependencies"]
    (listed,) = (entry["pip"] for entry in dependencies if isinstance(entry, dict))
    return requirements(listed)


def test_every_requirement_is_one_exact_version_without_a_build_label():
    for path in ENVS.glob("*.txt"):
        for requirement in pins(path):
            assert re.fullmatch(r"==[\w.]+", str(requirement.specifier)), requirement


def test_conda_has_the_same_requirements():
    assert set(map(str, conda_pins())) == set(map(str, pins(ENVS / "requirements.txt")))


def test_constraints_hold_the_same_versions():
    constraints = {
        requirement.name.lower(): str(requirement.specifier) for requirement in pins(ENVS / "constraints.txt")
    }
    for name in ("requirements.txt", "requirements-dev.txt"):
        for requirement in pins(ENVS / name):
            if requirement.name != "xgboost":  # the same version, for machines other than those of the constraints
                assert constraints[requirement.name.lower()] == str(requirement.specifier)


def test_the_readme_begins_with_two_commands_one_line_each():
    first, second, *_ = re.findall(r"^```bash\n(.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    assert first.count("\n") == second.count("\n") == 1
    assert first.endswith("snakemake --cores all\n")
    assert second.endswith("pytest\n")
    for command in (first, second):
        assert command.startswith("python3 -m venv .venv && . .venv/bin/activate && python -m pip install -r envs/")


def test_the_checks_run_the_commands_of_the_readme():
    script = (ROOT / ".ci/run").read_text()
    function = script[script.index("readme_command() {") : script.index("\n}\n") + 3]
    for number, ending in ((1, "snakemake --cores all"), (2, "pytest")):
        command = subprocess.run(
            ["bash", "-c", f"{function}\nreadme_command {number}"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        assert command in (ROOT / "README.md").read_text()
        assert command.endswith(f"{ending}\n")


def test_links_of_the_readme_lead_somewhere():
    text = (ROOT / "README.md").read_text()
    for target in re.findall(r"\]\(([^)#]+)", text):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_the_image_takes_files_that_are_there_and_the_python_of_conda():
    recipe = (ENVS / "Dockerfile").read_text()
    *files, _ = re.search(r"^COPY (.+)$", recipe, re.MULTILINE)[1].split()
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert files == allowed
    assert all((ROOT / file).is_file() for file in files)
    (version,) = re.findall(r"^FROM python:([\d.]+)-", recipe, re.MULTILINE)
    assert f"python={version}" in yaml.safe_load((ENVS / "environment.yaml").read_text())["dependencies"]


def test_a_rule_that_takes_over_a_local_one_is_local_too():
    """Snakemake forgets `localrule` where a rule takes over another, and a cluster would get a job of a second."""
    rules = {}
    for path in sorted((ROOT / "workflow").rglob("*.smk")):
        blocks = re.split(r"^(?=rule |use rule )", path.read_text(), flags=re.M)[1:]
        rules |= {re.match(r"(?:rule |use rule \w+ as )(\w+)", block)[1]: block for block in blocks}
    over = {name: base[1] for name, block in rules.items() if (base := re.match(r"use rule (\w+) as", block))}
    assert len(over) >= 5
    local = {name for name, block in rules.items() if "\n    localrule: True\n" in block}
    assert {name for name, base in over.items() if base in local} == local & over.keys() != set()
