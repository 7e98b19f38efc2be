"""What Snakemake would do, asked of Snakemake itself."""

import subprocess
import sys
from pathlib import Path

import yaml


def configuration_of(study: str) -> Path:
    """The configuration in config/ that has this name."""
    names = {yaml.safe_load(path.read_text()).get("name"): path for path in sorted(Path("config").glob("*.yaml"))}
    if study not in names:
        sys.exit(f"No configuration in config/ is named {study}; there are {', '.join(names)}. Try --configfile.")
    return names[study]


def dry_run(configuration: Path | None) -> str:
    """What Snakemake prints of all jobs, whether due or not; of the default configuration if none is given.

    Ends the script with status 2, and Snakemake's own words, where it cannot tell.
    """
    chosen = ["--configfile", str(configuration)] if configuration else []
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--forceall", "--printshellcmds", *chosen]
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if result.returncode:
        print(result.stdout, file=sys.stderr)
        print("Snakemake cannot tell what would be made now; see above.", file=sys.stderr)
        raise SystemExit(2)
    return result.stdout
