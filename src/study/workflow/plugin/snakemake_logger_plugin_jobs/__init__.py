"""A logger of Snakemake that writes what each job is, as one JSON object a line.

Snakemake finds it when the folder above is in PYTHONPATH: `snakemake -n --logger jobs --logger-jobs-path FILE`.
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
    """Appends the jobs that Snakemake announces; its own messages stay as they are."""

    # with a filter and formatter of its own, no stream, and no file for Snakemake to list among its logs
    has_filter = has_formatter = True
    writes_to_stream = writes_to_file = needs_rulegraph = False

    def emit(self, record: LogRecord) -> None:
        if getattr(record, "event", None) == LogEvent.JOB_INFO:
            job = {name: getattr(record, name) for name in FIELDS}
            with Path(self.settings.path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(job, default=list) + "\n")
