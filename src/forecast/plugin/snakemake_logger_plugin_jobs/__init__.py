"""A logger of Snakemake that writes what each job is, as one JSON object a line.

Found by Snakemake when the folder above is in PYTHONPATH: `snakemake -n --logger jobs --logger-jobs-path FILE`.
"""

import json
from dataclasses import dataclass, field
from logging import LogRecord
from pathlib import Path
from typing import Optional

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent
from snakemake_interface_logger_plugins.settings import LogHandlerSettingsBase

FIELDS = ("rule_name", "shellcmd", "input", "output", "log", "threads", "priority")


@dataclass
class LogHandlerSettings(LogHandlerSettingsBase):
    path: Optional[str] = field(  # noqa: UP045 (Snakemake reads the type, and knows this spelling alone)
        default=None, metadata={"help": "File that gets one JSON object for each job.", "required": True}
    )


class LogHandler(LogHandlerBase):
    """Appends the jobs that Snakemake announces; all else is left to Snakemake's own messages."""

    def emit(self, record: LogRecord) -> None:
        if getattr(record, "event", None) == LogEvent.JOB_INFO:
            job = {name: getattr(record, name) for name in FIELDS}
            with Path(self.settings.path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(job, default=list) + "\n")

    @property
    def writes_to_stream(self) -> bool:
        return False

    @property
    def writes_to_file(self) -> bool:  # Snakemake would list it among its own log files
        return False

    @property
    def has_filter(self) -> bool:
        return True

    @property
    def has_formatter(self) -> bool:
        return True

    @property
    def needs_rulegraph(self) -> bool:
        return False
