"""The description of an archive as a Workflow Run RO-Crate: what ran, on what, with what, and which files came out."""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from rocrate.model.computationalworkflow import ComputationalWorkflow
from rocrate.model.contextentity import ContextEntity
from rocrate.model.file import File
from rocrate.rocrate import ROCrate

WORKFLOW_CRATE = "https://w3id.org/workflowhub/workflow-ro-crate/1.0"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    WORKFLOW_CRATE: "Workflow RO-Crate",
}
WORKFLOW_PROFILE = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
TERMS = "https://w3id.org/ro/terms/workflow-run/context"  # of `sha256`
LICENCE = "https://spdx.org/licenses/MIT"
WORKFLOW = "Snakefile"
FORMATS = {  # not those of the module mimetypes, which asks the machine; all else is plain text
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".md": "text/markdown",
    ".npz": "application/zip",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".yaml": "application/yaml",
}


def description(
    study: str, about: Mapping[str, Any], sizes: Mapping[str, int], sums: Mapping[str, str], read: Collection[str]
) -> bytes:
    """`ro-crate-metadata.json` of an archive.

    about : when the study ran and with what (`study.provenance.packing.about`).
    sizes, sums : bytes and SHA-256 of each file of the archive, by its name.
    read : the files that the workflow reads: the configuration, image sets, tables.
    """
    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(TERMS)
    crate.name = f"Study {study} of adaptive-sparsity"
    crate.description = (
        f"{about['contents']}. Figures, tables and what they were made of, each file with its SHA-256; every"
        " figure and table has its record of provenance (.json) beside it."
    )
    crate.datePublished = about["ended"]

    def entity(identifier: str, kind: str, /, **properties: Any) -> ContextEntity:
        return crate.add(ContextEntity(crate, identifier, {"@type": kind} | properties))

    crate.license = entity(LICENCE, "CreativeWork", name="MIT")
    crate.root_dataset["conformsTo"] = [
        entity(url, "CreativeWork", name=name, version=url.rpartition("/")[2]) for url, name in PROFILES.items()
    ]
    crate.metadata["conformsTo"] = [{"@id": "https://w3id.org/ro/crate/1.1"}, {"@id": WORKFLOW_CRATE}]
    developers = entity("#developers", "Organization", name="The adaptive-sparsity developers")
    crate.creator = crate.publisher = crate.root_dataset["author"] = developers
    language = entity(
        "https://w3id.org/workflowhub/workflow-ro-crate#snakemake",
        "ComputerLanguage",
        name="Snakemake",
        identifier={"@id": "https://doi.org/10.1093/bioinformatics/bts480"},
        url={"@id": "https://snakemake.readthedocs.io"},
        version=", ".join(about["packages"].get("snakemake", [])),
    )
    files = {}
    for name in sizes:
        kind = ComputationalWorkflow if name == WORKFLOW else File
        properties = {
            "name": name,
            "contentSize": str(sizes[name]),
            "sha256": sums[name],
            "encodingFormat": FORMATS.get(Path(name).suffix, "text/plain"),
        }
        files[name] = crate.add(kind(crate, None, name, properties=properties))
    workflow = files[WORKFLOW]
    workflow["name"] = "adaptive-sparsity"
    workflow["programmingLanguage"] = language
    workflow["license"] = crate.license
    workflow["creator"] = developers
    workflow["version"] = workflow["softwareVersion"] = ", ".join(about["commits"])
    workflow["conformsTo"] = {"@id": WORKFLOW_PROFILE}
    crate.mainEntity = workflow
    action = entity(
        "#run",
        "CreateAction",
        name=f"Run of the study {study}",
        description=f"{about['cpu_hours']['all']:g} CPU hours on {', '.join(about['processors'])}",
        startTime=about["started"],
        endTime=about["ended"],
        actionStatus="http://schema.org/CompletedActionStatus",
    )
    action["instrument"] = workflow
    action["agent"] = developers
    made = [name for name in sizes if name.startswith(("results/", "figures/")) and name not in read]
    action["object"] = _compact([files[name] for name in read if name in files])
    action["result"] = _compact([files[name] for name in made])
    crate.root_dataset["mentions"] = action
    return (json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def _compact(entities: list) -> Any:
    """One entity stands alone, several in a list, as JSON-LD is compacted in RO-Crate 1.1."""
    return entities[0] if len(entities) == 1 else entities
