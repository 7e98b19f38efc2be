"""Commands of jobs, taken apart and compared; a dry run of a workflow of three rules."""

import shlex

import pytest

from study.errors import StudyError
from study.workflow.jobs import Command, changes, dry_run


def test_a_command_is_a_script_and_arguments_by_name():
    command = Command.parse(
        "python ../study/src/perturb.py a.npz b.npz --levels 0 -0.5 --layers-together --no-readout --versions"
        " --name='x y' --of 'z=--1' > a.log 2>&1"
    )
    assert command.script == "perturb.py"
    assert command.arguments == {
        "": ("a.npz", "b.npz"),
        "levels": ("0", "-0.5"),
        "layers_together": (),
        "readout": ("no",),
        "versions": (),
        "name": ("x y",),
        "of": ("z=--1",),
    }
    assert (command.value("levels"), command.value("versions"), command.value("absent")) == ("0", None, None)


def test_an_operator_in_quotation_marks_is_an_argument():
    words = [">", "|", "&", "a > b", 'say "2>&1"', "it's ;", "\\"]
    command = Command.parse(
        f'python src/make.py --attributes {shlex.join(words)} --of "|" \\> --record a.json > a.log 2>&1'
    )
    assert command.arguments == {"attributes": tuple(words), "of": ("|", ">"), "record": ("a.json",)}


@pytest.mark.parametrize("text", ["", "true", "python -c 1 > train.py", "python src/train.py 'half a quotation"])
def test_a_text_without_a_script_is_no_command(text):
    with pytest.raises(ValueError, match=r"script|quotation"):
        Command.parse(text)


def difference(before: str, now: str, apart=()) -> list[str]:
    return list(changes(Command.parse(before), Command.parse(now), apart))


def test_commands_are_compared_argument_by_argument():
    before = "python src/perturb.py a.npz b.npz --levels 0 0.5 --no-readout --repeats 1 --record x.json > x.log 2>&1"
    assert difference(before, before.replace("src/", "/elsewhere/src/").replace("x.log", "y.log")) == []
    assert difference(before, before.replace("--no-readout", "--readout")) == ["--readout was no and is now yes"]
    assert difference(before, before.replace("--repeats 1", "--repeats 3")) == ["--repeats was 1 and is now 3"]
    assert difference(before, before.replace("--repeats 1", "--repeats 3"), apart={"repeats"}) == []
    assert difference(before, before.replace("--repeats 1 ", "")) == ["--repeats was 1 and is now not given"]
    assert difference(before, before.replace("b.npz", "c.npz d.npz e.npz f.npz g.npz")) == [
        "inputs no longer include b.npz",
        "inputs now also include c.npz, d.npz, e.npz and 2 more",
    ]
    assert difference(before, before.replace("--repeats 1", "--repeats=1")) == []
    assert difference(before, before.replace("a.npz b.npz", "b.npz a.npz")) == [
        "inputs was a.npz b.npz and is now b.npz a.npz"
    ]
    assert difference(before, before.replace("perturb.py", "other.py")) == [
        "made by perturb.py, which now would be other.py"
    ]
    assert difference(before, before.replace("perturb.py a.npz b.npz", "perturb.py")) == [
        "inputs was a.npz b.npz and is now not given"
    ]


def test_configurations_are_compared_key_by_key():
    before, now = (
        f"""python src/save_configuration.py '{{"a": {{"b": 1, "c": [2]}}, {more}}}' """
        for more in ('"d": null', '"d": true')
    )
    assert difference(before, now.replace("[2]", "[2, 3]")) == [
        "a.c was [2] and is now [2, 3]",
        "d was not given and is now true",
    ]


SNAKEFILE = """
rule all:
    input: "b.txt"
rule copy:
    input: "a.txt"
    output: update("b.txt")
    log: "copy.log"
    threads: 3
    priority: 2
    shell: "python src/copy.py {input} --output {output} --record b.json > {log}"
rule link:
    output: "a.txt"
    shell: "ln -s c.txt {output}"
"""


@pytest.mark.workflow
def test_a_dry_run_tells_every_job_and_runs_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    (tmp_path / "study.yaml").write_text("name: mine\n")
    jobs = {job.rule: job for job in dry_run(["study.yaml"], ["all"], cores=2)}
    assert jobs.keys() == {"all", "copy", "link"}
    copy = jobs["copy"]
    assert (copy.inputs, copy.outputs, copy.log) == (("a.txt",), ("b.txt",), "copy.log")
    assert (copy.threads, copy.priority, copy.record) == (2, 2, "b.json")
    assert copy.command.arguments[""] == ("a.txt",)
    assert jobs["link"].command is jobs["link"].record is jobs["all"].command is None
    assert not (tmp_path / "b.txt").exists()
    with pytest.raises(StudyError, match=r"(?s)MissingRuleException.*c\.txt.*Snakemake cannot tell"):
        dry_run(arguments=["c.txt"])


@pytest.mark.workflow
@pytest.mark.parametrize("name", ["absent.yaml", ".", "latin.yaml"])
def test_a_configuration_that_snakemake_cannot_read_is_named_without_a_traceback(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin.yaml").write_bytes("name: smök".encode("latin-1"))
    (tmp_path / "Snakefile").touch()
    with pytest.raises(StudyError) as error:
        dry_run([name])
    said = str(error.value)
    assert "Traceback" not in said
    assert len(said.splitlines()) == 2
    assert "Error: " in said
