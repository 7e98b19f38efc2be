"""What Windows lacks is missed by no import: libraries and scripts work there, by hand."""

import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src"
IMPORT_ALL = """
import importlib, sys
import psutil  # has other means on Windows
sys.modules.update(dict.fromkeys(["fcntl", "resource", "pwd", "grp", "termios"]))
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_every_script_and_library_is_imported_without_what_unix_alone_has():
    modules = [path.stem for path in SOURCES.glob("*.py")] + ["sparse_training", "asonn", "study.workflow.stale_locks"]
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL, *modules], cwd=SOURCES, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
