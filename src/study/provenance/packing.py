"""What of a finished study goes into an archive, and what is noted of it."""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from study.errors import StudyError
from study.files import sha256
from study.provenance.archive import ABOUT, DESCRIPTION, MEMORY, WORKFLOW, checksum, memory_of
from study.provenance.crate import description
from study.provenance.record import study_of
from study.provenance.verify import read_record, verify
from study.results.tables import NETWORK
from study.workflow.jobs import Job

SHARED = ("resources/images/", "resources/tables/")  # of what studies share: not the downloads, which a rule fetches
HOMES = ("results/", "figures/", "resources/")  # of records
DRAWINGS = (".pdf", ".png")
TRAINING, DENSE_TRAINING = "train.py", "train_dense.py"
CLAIMS, CONFIGURATION = "check_claims.py", "save_configuration.py"
NETWORKS = "networks.csv"
CHECKSUMS = ("record", "record_sha256", "network_sha256", "history_sha256")
COLUMNS = [*NETWORK, *CHECKSUMS, "commit", "processor", "cpu_seconds"]


def members_of(
    jobs: Sequence[Job], unfinished: Collection[Job], repository: Path, recorded: bool
) -> dict[str, Path | bytes]:
    """The members of the archive of a study, seen from the working directory where it was run.

    jobs : all of the study.
    unfinished : those that Snakemake would run now.
    repository : whose workflow ran.
    recorded : only what figures and claims are drawn from, and the records of all else, which need not be there:
        a study that was unpacked from such an archive and has grown.

    Raises StudyError if something is still to be done, or does not belong together, or for more or less than one study.
    """
    study = study_of_jobs(jobs)
    jobs = sorted((job for job in jobs if job.record), key=lambda job: job.record)  # Snakemake lists them in any order
    if left := [job for job in unfinished if job.record]:
        rules = ", ".join(dict.fromkeys(job.rule for job in left))
        raise StudyError(f"The study is not finished: {len(left)} jobs are to be done ({rules}). Run snakemake first.")
    read = {path for job in jobs if job.command.script == CLAIMS or _draws(job) for path in job.inputs}
    kept = {job.record: kept_outputs(job, recorded, read) for job in jobs}
    of_study = {path for job in jobs if study_of(job.record) for path in job.outputs}
    not_kept = of_study - {path for outputs in kept.values() for path in outputs}
    if problems := verify(jobs, not_kept if recorded else ()).problems:
        raise StudyError(
            f"{problems[0]}. Run snakemake first; `python src/verify.py` names {len(problems)} such files."
        )
    paths = [path for outputs in kept.values() for path in outputs if Path(path).is_file()]
    records = {job.record: record for job in jobs if (record := read_record(job.record))}
    if not recorded and (absent := [job.record for job in jobs if job.record not in records]):
        raise StudyError(f"{absent[0]} is missing: run snakemake with --forcerun {absent[0]}, which makes it again.")
    networks = networks_of(records)
    noted = about(study, records.values(), networks, recorded)
    workflow = [path for name in WORKFLOW for path in _files(repository / name)]
    members = {path.relative_to(repository).as_posix(): path for path in workflow} | {
        path: Path(path) for path in paths
    }
    members |= {
        ABOUT: (json.dumps(noted, indent=2, ensure_ascii=False) + "\n").encode(),
        MEMORY: memory_of({*paths, *not_kept} if recorded else paths),
        NETWORKS: networks.to_csv(index=False, lineterminator="\n").encode(),
    }
    sizes = {name: len(made) if isinstance(made, bytes) else made.stat().st_size for name, made in members.items()}
    sums = {name: checksum(made) for name, made in members.items()}
    inputs = [path for path in paths if path.startswith(SHARED) or path == f"results/{study}/config.yaml"]
    return members | {DESCRIPTION: description(study, noted, sizes, sums, inputs)}


def study_of_jobs(jobs: Iterable[Job]) -> str:
    """The name of the study that these jobs make; StudyError if that is not one, in its own folder."""
    records = [job.record for job in jobs if job.record]
    if other := next((path for path in records if not path.startswith(HOMES)), None):
        raise StudyError(f"{other} lies below the prefix of a module: pack that study in a clone, without a prefix.")
    studies = sorted({study for path in records if (study := study_of(path))})
    if len(studies) != 1:
        raise StudyError(
            f"An archive has one study, and the workflow here makes {', '.join(studies) or 'none'}: pack it in a clone."
        )
    return studies[0]


def kept_outputs(job: Job, recorded: bool, read: Collection[str]) -> list[str]:
    """The outputs of a job that go into an archive.

    read : the files that figures and claims are made of.
    """
    if study_of(job.record) is None:
        return [] if recorded or not job.record.startswith(SHARED) else [*job.outputs]
    if not recorded:
        return [*job.outputs]
    if _draws(job):
        return [path for path in job.outputs if not path.endswith(DRAWINGS)]
    final = job.command.script in (CLAIMS, CONFIGURATION)
    return [path for path in job.outputs if final or path in read or path == job.record]


def _draws(job: Job) -> bool:
    return job.record.startswith("figures/")


def about(study: str, records: Iterable[dict], networks: pd.DataFrame, recorded: bool) -> dict[str, Any]:
    """What `about.json` has: networks by data set and rule, when, where and with what the study ran, CPU hours.

    networks : of `networks_of`; those of the arms of a multiverse are counted in all.
    """
    records = [record for record in records if record["study"]]
    main = networks[networks["record"].str.match(r"results/[^/]+/training/")]
    by_set: dict[str, dict[str, int]] = {}
    for (dataset, rule), rows in main.groupby(["dataset", "rule"]):
        by_set.setdefault(dataset, {})[rule] = len(rows)
    begun = [datetime.fromisoformat(record["started"]) for record in records]
    ended = [start + timedelta(seconds=record["seconds"]) for start, record in zip(begun, records, strict=True)]
    packages = sorted({(name, version) for record in records for name, version in record["packages"].items()})
    scripts = Counter()
    for record in records:
        scripts[record["script"]] += record["cpu_seconds"]
    contents = ", ".join(
        f"{dataset}: {', '.join(f'{number} of {rule}' for rule, number in rules.items())}"
        for dataset, rules in by_set.items()
    )
    return {
        "study": study,
        "contents": f"Networks: {contents}" if contents else "No networks",
        "with_networks": not recorded,
        "networks": by_set,
        "networks_under_other_settings": len(networks) - len(main),
        "commits": {
            commit: sorted({record["script"] for record in records if _commit(record) == commit})
            for commit in sorted({_commit(record) for record in records})
        },
        "python": sorted({record["python"] for record in records}),
        "packages": {name: [version for other, version in packages if other == name] for name, _ in packages},
        "processors": sorted({record["processor"] for record in records}),
        "platforms": sorted({record["platform"] for record in records}),
        "started": min(begun).isoformat(timespec="seconds"),
        "ended": max(ended).isoformat(timespec="seconds"),
        "cpu_hours": {"all": _hours(scripts.total()), **{name: _hours(used) for name, used in scripts.most_common()}},
    }


def networks_of(records: dict[str, dict]) -> pd.DataFrame:
    """One row for each network of a study: which it is, the SHA-256 of it and of its record, where it was trained."""
    rows = []
    for path, record in records.items():
        arguments, outputs = record["arguments"], record["outputs"]
        if record["script"] == TRAINING:
            rule, seeds, names = arguments["rule"], [arguments["seed"]], ("network", "history")
        elif record["script"] == DENSE_TRAINING:
            rule, seeds, names = "dense", arguments["seeds"], ("networks", "histories")
        else:
            continue
        seconds = record["cpu_seconds"] / len(seeds)
        for seed, network, history in zip(seeds, *(outputs[name].values() for name in names), strict=True):
            rows.append(
                {"dataset": arguments["dataset"], "rule": rule, "seed": seed}
                | {"record": path, "record_sha256": sha256(path), "network_sha256": network, "history_sha256": history}
                | {"commit": _commit(record), "processor": record["processor"], "cpu_seconds": seconds}
            )
    # by both, as networks that were trained together share a record
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(["record", "seed"], key=_natural, ignore_index=True)


def _natural(column: pd.Series) -> pd.Series:
    """Sorts network 10 after network 2."""
    return column.astype(str).str.replace(r"\d+", lambda digits: digits[0].zfill(9), regex=True)


def _commit(record: dict) -> str:
    git = record["git"]
    return "unknown" if git is None else git["commit"] + " and uncommitted changes" * git["dirty"]


def _hours(seconds: float) -> float:
    return round(seconds / 3600, 3)


def _files(path: Path) -> list[Path]:
    """The file, or those of a folder, but for hidden ones, which editors and file managers leave."""
    if path.is_file():
        return [path]
    found = [file.relative_to(path) for file in path.rglob("*") if file.is_file()]
    return sorted(path / file for file in found if "__pycache__" not in file.parts and not _is_hidden(file))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
