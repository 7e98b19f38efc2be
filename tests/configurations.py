"""The configurations that we ship, as Snakemake reads them."""

import re
from pathlib import Path

import yaml
from snakemake.utils import update_config

FOLDER = Path(__file__).parents[1] / "config"
PATHS = sorted(FOLDER.glob("*.yaml"))


def read(path: Path) -> dict:
    """A study; a further file, which has no name, over those before it in the command in its first lines."""
    text = path.read_text(encoding="utf-8")
    config = yaml.safe_load(text)
    if "name" in config:
        return config
    study = {}
    for name in re.search(rf"--configfile ((?:config/\S+ )+config/{path.name})", text)[1].split():
        update_config(study, yaml.safe_load((FOLDER.parent / name).read_text(encoding="utf-8")))
    return study
