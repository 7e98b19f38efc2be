"""Outputs belong to one job at a time, and are published together, by their owner alone.

A job that was left behind (Snakemake was killed, the login node went down) may end after a newer one that was asked for
other settings; it must not overwrite the results of that one. So a job claims its outputs when it begins: beside each
lies a mark, a small hidden file whose name only this job knows. A newer job takes the marks of an older one away, and a
job whose marks are gone publishes nothing. This needs nothing of a file system but that renaming is atomic; locks may
be local to a host. On the same host the older process is ended, too, with SIGTERM first: a training then stores a
checkpoint, and the newer job goes on from it if it is the same training.

The newer job is the one whose run was asked for later (a variable that the main process of the workflow sets, `ASKED`),
so that a job which waited long in a queue does not replace what was asked for meanwhile. Within a run, and by hand, it
is the one whose process began later; of two hosts, whose clocks may differ, the one that claims later.
"""

import atexit
import hashlib
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from study.errors import StudyError
from study.files import make_folder, publish_through, real_path, remove_partial, rename_all
from study.provenance.environment import ASKED

NOTES = Path(".snakemake/asked")  # a file for each job
PATIENCE = 60.0  # seconds that an older process has to store a checkpoint, or to publish, before it counts as stuck
DRAFT, OWNER, PUBLISHING = ".claim-", ".owner-", ".publishing-"


@dataclass(frozen=True)
class Owner:
    """The process that a mark stands for.

    script   file name of the script that it runs
    asked    when its run was asked for, in ISO format; empty by hand
    machine  host, boot and process namespace: where the number of the process means something
    process  that number
    started  when the process began, in seconds since 1970
    """

    script: str
    asked: str
    host: str
    machine: str
    process: int
    started: float

    @classmethod
    def this(cls, script: str) -> "Owner":
        """This process."""
        process = psutil.Process()
        return cls(
            script,
            _past_time(os.environ.get(ASKED)),
            socket.gethostname(),
            _machine(),
            process.pid,
            process.create_time(),
        )

    @classmethod
    def read(cls, mark: Path) -> "Owner":
        """The owner that a mark names; nobody, on a host without a name, for a mark that is damaged."""
        try:
            found = cls(**json.loads(mark.read_text(encoding="utf-8")))
            return found if {type(found.process), type(found.started)} == {int, float} else cls.nobody()
        except (OSError, ValueError, TypeError):
            return cls.nobody()

    @classmethod
    def nobody(cls) -> "Owner":
        return cls("", "", "a host that is not known", "", 0, 0.0)

    @property
    def is_elsewhere(self) -> bool:
        """Whether this machine cannot tell if the process still runs."""
        return self.machine != _machine()

    def running(self) -> psutil.Process | None:
        """The process, if it is one of this machine that still runs."""
        if self.is_elsewhere or self.process == os.getpid():
            return None
        with suppress(psutil.Error):
            process = psutil.Process(self.process)
            same = abs(process.create_time() - self.started) < 0.05 and self.script in map(_name, process.cmdline())
            if same and process.status() != psutil.STATUS_ZOMBIE:
                return process
        return None

    def __str__(self) -> str:
        return f"process {self.process} on {self.host}"


class Ownership:
    """This process's claim on its outputs, until it has published them or ends.

    script   file name of the script
    claimed  files and folders that no other job may make meanwhile
    written  files that get their names all at once (`publish`); others, such as a checkpoint, do not wait
    """

    def __init__(self, script: str, claimed: Iterable[Path], written: Iterable[Path]):
        self._owner = Owner.this(script)
        self._token = secrets.token_hex(8)
        self._claimed = sorted(
            {real_path(path) for path in claimed if path.is_file() or path.is_dir() or not path.exists()}
        )
        self._written = {real_path(path) for path in written}
        self._finished: dict[Path, Path] = {}
        self._marks: dict[Path, Path] = {}
        atexit.register(self.release)
        try:
            self._note_run()
            for path in self._claimed:
                self._claim(path)
            for path in self._written:
                remove_partial(path)
        except BaseException:
            self.release()
            raise
        publish_through(self)

    def _note_run(self) -> None:
        """Notes in Snakemake's folder for which run the outputs were begun last. StudyError if that is a later one."""
        if not (self._owner.asked and self._claimed and NOTES.parent.is_dir()):
            return
        place = os.path.relpath(self._claimed[0], real_path("."))  # the same on all hosts
        note = NOTES / hashlib.sha256(os.fsencode(place)).hexdigest()
        with suppress(OSError):
            if _past_time(asked := note.read_text(encoding="utf-8", errors="replace")) > self._owner.asked:
                raise StudyError(
                    f"{self._claimed[0].name} was made for a run that was asked for later, at {asked}; this job, of a"
                    f" run at {self._owner.asked}, does not replace it."
                )
        with suppress(OSError):
            NOTES.mkdir(exist_ok=True)
            note.write_text(self._owner.asked, encoding="utf-8")

    def _claim(self, path: Path) -> None:
        make_folder(path.parent)
        draft, mark = (path.with_name(f".{path.name}{kind}{self._token}") for kind in (DRAFT, OWNER))
        self._marks[path] = draft
        try:
            draft.write_text(json.dumps(asdict(self._owner)), encoding="utf-8")
            # now that the folder has changed, a network file system lists the marks of other hosts, too
            earlier = set(_marks(path))
            self._marks[path] = draft.rename(mark)
        except OSError as error:
            raise StudyError(
                f"{path} cannot be written ({error.strerror}): make room or give access, and run again."
            ) from None
        while others := [found for found in _marks(path) if found != mark]:
            for other in others:
                owner = Owner.read(other)
                newer = _is_newer(owner, self._owner, other not in earlier, other.name > mark.name)
                if newer and (owner.is_elsewhere or owner.running()):
                    raise StudyError(f"{path} is being made by {owner}, a newer job: this one ends.")
                _take(other, owner, path)
        for draft in _marks(path, DRAFT):  # of jobs that were killed within milliseconds, or begin now
            with suppress(OSError):
                owner = Owner.read(draft)
                old = draft.stat().st_mtime < mark.stat().st_mtime - PATIENCE
                if old if owner.is_elsewhere else not owner.running():
                    draft.unlink()

    def keep(self, temporary: Path, target: Path) -> bool:
        """Keeps a finished output until all are published. StudyError if the outputs belong to another job now."""
        if not all(mark.exists() for mark in self._marks.values()):
            raise self._lost()
        if target not in self._written:
            return False
        if former := self._finished.pop(target, None):
            former.unlink(missing_ok=True)
        self._finished[target] = temporary
        return True

    def file(self, path: Path) -> Path:
        """Where the content of an output lies, published or not."""
        return self._finished.get(real_path(path), path)

    def publish(self) -> None:
        """Gives the finished outputs their names. StudyError, and none has, if they belong to another job now."""
        try:
            for path, mark in self._marks.items():
                self._marks[path] = mark.rename(mark.with_name(mark.name.replace(OWNER, PUBLISHING)))
        except FileNotFoundError:
            raise self._lost() from None
        if self._finished:  # else the script was called as a function, and signals are its caller's business
            previous = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the job is as good as done
            rename_all(self._finished)
            signal.signal(signal.SIGTERM, previous)
        self._finished = {}
        self.release()

    def release(self) -> None:
        """Leaves no mark and no unpublished file behind."""
        if os.getpid() == self._owner.process:  # not in a fork
            for path in (*self._finished.values(), *self._marks.values()):
                with suppress(OSError):
                    path.unlink(missing_ok=True)
            publish_through(None)
            atexit.unregister(self.release)

    def _lost(self) -> StudyError:
        names = ", ".join(path.name for path in self._marks)
        return StudyError(
            f"{names}: a newer job has taken over, or the folder was deleted; what this job made is dropped."
        )


def _is_newer(owner: Owner, than: Owner, appeared: bool, tie: bool) -> bool:
    """Whether the job of another mark is the newer one.

    appeared  whether the mark was not there before our own
    tie       what decides between jobs that begin at the same moment: the same for both of them, the other way round
    """
    asked = _past_time(owner.asked)
    if asked and than.asked and asked != than.asked:
        return asked > than.asked
    if owner.is_elsewhere:
        return appeared and tie
    return (owner.started, tie) > (than.started, not tie)


def _past_time(text: object) -> str:
    """A time in ISO format; empty for what is none, or yet to come: then a clock was wrong, and it tells nothing."""
    with suppress(TypeError, ValueError):
        return text if datetime.fromisoformat(text) <= datetime.now(UTC) else ""
    return ""


def _marks(path: Path, *kinds: str) -> list[Path]:
    """The marks of all jobs that make a file or folder."""
    prefixes = tuple(f".{path.name}{kind}" for kind in kinds or (OWNER, PUBLISHING))
    return [path.with_name(entry.name) for entry in os.scandir(path.parent) if entry.name.startswith(prefixes)]


def _take(mark: Path, owner: Owner, path: Path) -> None:
    """Takes an older job's mark away. A process of this machine has ended then; one that is publishing has finished."""
    process = owner.running()
    if PUBLISHING in mark.name and (process or owner.is_elsewhere):
        _wait(lambda: not mark.exists() or not (owner.is_elsewhere or owner.running()))
    elif process:
        _say(f"{path.name} is being made by {owner}, an older job: ending that one")
        with suppress(psutil.Error):
            process.terminate()
            if not _wait(lambda: not owner.running()):
                process.kill()
                _wait(lambda: not owner.running())
    elif owner.is_elsewhere:
        _say(f"{path.name} was begun by {owner}, an older job: if it still runs, what it makes is dropped")
    mark.unlink(missing_ok=True)


def _wait(condition: Callable[[], bool]) -> bool:
    """Whether the condition comes true while patience lasts."""
    end = time.monotonic() + PATIENCE
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return met


def _machine() -> str:
    """What tells machines, their boots and their process namespaces apart, where there are such."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(parts)


def _name(word: str) -> str:
    return Path(word).name


def _say(news: str) -> None:
    print(news, file=sys.stderr, flush=True)
