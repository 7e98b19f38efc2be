"""Progress of a long job, as a line of its log once in a while."""

import sys
import time


class Progress:
    """Reports the steps of a job: how many are done, how fast, how long the rest will take.

    total           steps of the whole job
    done            steps that were done before this process began
    every_seconds   least time between two lines; the last step is always reported
    """

    def __init__(self, total: int, done: int = 0, every_seconds: float = 30.0):
        self._total = total
        self._first = done
        self._every = every_seconds
        self._begin = time.monotonic()
        self._last_line = self._begin

    def report(self, done: int, news: str) -> None:
        """Reports that `done` steps are done, with some news of the last one."""
        now = time.monotonic()
        if done < self._total and now - self._last_line < self._every:
            return
        self._last_line = now
        pace = (done - self._first) / max(now - self._begin, 1e-9)
        left = (self._total - done) / pace
        print(
            f"epoch {done} of {self._total}: {news}; {pace:.3g} epochs/s, {duration(left)} left",
            file=sys.stderr,
            flush=True,
        )


def duration(seconds: float) -> str:
    """A time in words: `45 s`, `12 min`, `3 h 20 min`."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
