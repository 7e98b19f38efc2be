"""A SLURM cluster on one machine: munge, slurmctld and two nodes, from Debian's packages, in a folder of their own."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "setpriv")
NODES = ("n1", "n2")
CPUS = 4  # of each node, whatever the machine has: SLURM is told to believe it
MEMORY = 16_000  # MB of each node; scheduled, not enforced
# Snakemake's plugin takes SLURM_CONF out of the environment of jobs, so that they look here
CONFIGURATION = Path("/etc/slurm/slurm.conf")
FOLDER_PREFIX = "adaptive-sparsity-slurm-"
PATIENCE = 60  # seconds for what takes less than one

SLURM_CONF = """
ClusterName=virtual
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
StateSaveLocation={folder}/state
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdSpoolDir={folder}/%n
SlurmdPidFile={folder}/%n.pid
SlurmdLogFile={folder}/%n.log

# two nodes on one machine
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=100
ReturnToService=2
GresTypes=gpu
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={n1_port} CPUs={cpus} RealMemory={memory} Gres=gpu:1
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={n2_port} CPUs={cpus} RealMemory={memory} Gres=gpu:1
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE
PartitionName=quick Nodes=n1,n2 MaxTime=60

# what a machine without systemd, control groups, mail and a database can do
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
MailProg=/bin/true

# finished jobs stay known; nothing waits
MinJobAge=3600
SchedulerParameters=sched_interval=1,batch_sched_delay=0
KillWait=5
"""


def why_not() -> str | None:
    """Why no cluster can be brought up here, in one sentence; None if it can."""
    if os.geteuid() != 0:
        return "a SLURM cluster needs root"
    if absent := [program for program in PROGRAMS if shutil.which(program) is None]:
        return f"no {', '.join(absent)} here: apt-get install munge slurmctld slurmd slurm-client"
    if CONFIGURATION.exists() and not _is_ours(CONFIGURATION):
        return f"{CONFIGURATION} belongs to another cluster"
    return None


def _is_ours(path: Path) -> bool:
    return path.is_symlink() and path.readlink().parent.name.startswith(FOLDER_PREFIX)


def wait_for(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Returns when `condition()` is true; raises TimeoutError after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.1)


class VirtualSlurm:
    """While entered, the cluster is up; on leaving, its jobs, its daemons, its folder and its link are gone.

    The daemons also end with the process that started them, however that ends; the link that a killed process left
    behind is taken away by the next cluster.
    """

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
        self._daemons: list[subprocess.Popen] = []
        try:
            self._bring_up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if CONFIGURATION.exists() and len(self._daemons) > 1:
            subprocess.run(["scancel", "--user=root"], capture_output=True, timeout=PATIENCE, check=False)
        for daemon in reversed(self._daemons):
            daemon.terminate()
        for daemon in reversed(self._daemons):
            try:
                daemon.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                daemon.kill()
        for pid in self._processes_of_jobs():
            os.kill(pid, signal.SIGKILL)
        if CONFIGURATION.is_symlink() and CONFIGURATION.readlink() == self.folder / "slurm.conf":
            CONFIGURATION.unlink()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _processes_of_jobs(self) -> list[int]:
        """Job steps that outlived their node."""
        found = []
        for command in Path("/proc").glob("[0-9]*/environ"):
            try:
                if f"SLURM_CONF={self.folder}".encode() in command.read_bytes():
                    found.append(int(command.parent.name))
            except OSError:  # it ended meanwhile, or is not ours to read
                continue
        return [pid for pid in found if pid != os.getpid()]

    def _bring_up(self) -> None:
        host = socket.gethostname().split(".")[0]
        ports = free_ports(3)
        for name in ("state", *NODES):
            (self.folder / name).mkdir()
        (self.folder / "slurm.conf").write_text(
            SLURM_CONF.format(
                host=host,
                folder=self.folder,
                controller_port=ports[0],
                n1_port=ports[1],
                n2_port=ports[2],
                cpus=CPUS,
                memory=MEMORY,
            )
        )
        (self.folder / "gres.conf").write_text("Name=gpu File=/dev/null\n")  # a GPU that can be asked for
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        CONFIGURATION.parent.mkdir(parents=True, exist_ok=True)
        if _is_ours(CONFIGURATION):
            CONFIGURATION.unlink()
        CONFIGURATION.symlink_to(self.folder / "slurm.conf")
        self._start(
            "munged", "--foreground", "--force", f"--key-file={key}", f"--socket={self.folder}/munge.socket",
            f"--pid-file={self.folder}/munge.pid", f"--seed-file={self.folder}/munge.seed",
        )  # fmt: skip
        wait_for((self.folder / "munge.socket").exists, "munge")
        self._start("slurmctld", "-D", "-f", str(self.folder / "slurm.conf"))
        for node in NODES:
            self._start("slurmd", "-D", "-N", node, "-f", str(self.folder / "slurm.conf"))
        wait_for(lambda: self.node_states() == dict.fromkeys(NODES, "idle"), "nodes are idle")

    def _start(self, *command: str) -> None:
        with (self.folder / "daemons.log").open("a") as log:
            self._daemons.append(subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command], stdout=log, stderr=log))

    def node_states(self) -> dict[str, str]:
        """`{"n1": "idle", ...}`; empty while no controller answers."""
        answer = subprocess.run(
            ["sinfo", "--Node", "--noheader", "--partition=main", "--format=%N %t"], capture_output=True, text=True
        )
        return dict(line.split() for line in answer.stdout.splitlines())

    def jobs(self) -> dict[str, dict[str, str]]:
        """What SLURM knows of every job since the cluster came up, by number: the fields of `scontrol show job`."""
        answer = subprocess.run(["scontrol", "--oneliner", "show", "job"], capture_output=True, text=True, check=True)
        jobs = [
            dict(field.partition("=")[::2] for field in line.split() if "=" in field)
            for line in answer.stdout.splitlines()
            if line.startswith("JobId=")
        ]
        return {job["JobId"]: job for job in jobs}

    def jobs_of(self, rule: str) -> list[dict[str, str]]:
        """Those of `jobs` that were submitted for a rule or a group by Snakemake's plugin for SLURM."""
        return [job for job in self.jobs().values() if rule in job.get("Comment", "")]


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
