"""A Python that runs scripts in forks of a process which has imported what they need: importing takes them longer than
all the rest. `forking_python` starts that process, as `python forks.py FILENO`; the command `python` that it makes asks
it for a fork."""

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import runpy
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

IMPORTED = ("matplotlib.figure", "numba", "scipy.stats", "seaborn", "sklearn.ensemble", "snakemake.cli")
# A process of its own for what only a Python that starts can do: read PYTHONPATH, or other options than a module.
ASK = """\
import json, os, socket, sys
if "PYTHONPATH" in os.environ or not (sys.argv[1] == "-m" or sys.argv[1].endswith(".py")):
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect({address!r})
    socket.send_fds(connection, [b"."], [0, 1, 2])
    connection.sendall(json.dumps([os.getcwd(), dict(os.environ), sys.argv[1:]]).encode() + b"\\n")
    sys.exit(connection.recv(1)[0])
"""
processes = []


@functools.cache
def forking_python() -> str:
    """The path of the command, in a folder of its own; its process runs until `stop` or the end of this one."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    address = str(folder / "address")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(100)
        fileno = listener.fileno()
        command = [sys.executable, __file__, str(fileno), str(folder / "python")]
        processes.append(subprocess.Popen(command, pass_fds=[fileno], stdin=subprocess.PIPE))
    (folder / "ask.py").write_text(ASK.format(python=sys.executable, address=address))
    python = folder / "python"
    python.write_text(f"#!/bin/sh\nexec '{sys.executable}' -IS '{folder}/ask.py' \"$@\"\n")
    python.chmod(0o755)
    return str(python)


def stop() -> None:
    for process in processes:
        process.communicate()


def serve(fileno: int, python: str) -> None:
    """Ends in the process that was started when its standard input does, in each fork with the script."""
    for name in IMPORTED:
        importlib.import_module(name)
    importlib.import_module("snakemake.cli").get_argument_parser()  # imports its plugins
    gc.freeze()  # no fork looks at these objects again
    sys.executable = python
    listener = socket.socket(fileno=fileno)
    while True:
        if 0 in select.select([0, listener], [], [])[0]:
            return
        connection, _ = listener.accept()
        if not os.fork():
            break
        connection.close()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
    listener.close()
    _, streams, _, _ = socket.recv_fds(connection, 1, 3)
    folder, variables, words = json.loads(connection.makefile().readline())
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        connection.sendall(bytes([status % 256]))
        os._exit(0)
    connection.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdout, sys.stderr = open(1, "w"), open(2, "w", buffering=1, errors="backslashreplace")  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    if words[0] == "-m":
        sys.argv, sys.path[0] = words[1:], ""
        runpy.run_module(words[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv, sys.path[0] = words, str(Path(words[0]).resolve().parent)
        runpy.run_path(words[0], run_name="__main__")


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
