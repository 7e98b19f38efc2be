"""How long jobs take that wait for one another and for free cores, by simulating Snakemake's scheduler."""

import heapq
from collections.abc import Sequence
from typing import NamedTuple


class Task(NamedTuple):
    """A job as the scheduler sees it.

    threads  cores that it takes; more than there are count as all of them
    after    places (in the list of tasks) of those that must be done before
    memory   that it takes meanwhile, in any unit
    """

    seconds: float
    threads: int = 1
    priority: float = 0
    after: frozenset[int] = frozenset()
    memory: float = 0


def simulate(tasks: Sequence[Task], cores: int) -> tuple[list[float], float]:
    """When each task begins, and the most memory that tasks take at one time.

    Whenever tasks end, of those that are ready the ones of highest priority begin first, of these the ones that waited
    for most others, as long as cores are free. Raises ValueError for tasks that wait for one another in a circle.
    """
    waiting_for = [len(task.after) for task in tasks]
    rank = [(-task.priority, -len(task.after), place) for place, task in enumerate(tasks)]
    ready = [place for place, count in enumerate(waiting_for) if not count]
    begins = [0.0] * len(tasks)
    running: list[tuple[float, int]] = []
    followers: list[list[int]] = [[] for _ in tasks]
    for place, task in enumerate(tasks):
        for before in task.after:
            followers[before].append(place)
    now, free, memory, peak, n_done = 0.0, cores, 0.0, 0.0, 0
    while ready or running:
        waiting = []
        for place in sorted(ready, key=rank.__getitem__):
            task = tasks[place]
            if min(task.threads, cores) > free:
                waiting.append(place)
                continue
            free -= min(task.threads, cores)
            memory += task.memory
            begins[place] = now
            heapq.heappush(running, (now + task.seconds, place))
        ready, peak, now = waiting, max(peak, memory), running[0][0]
        while running and running[0][0] <= now:
            done = heapq.heappop(running)[1]
            n_done += 1
            free += min(tasks[done].threads, cores)
            memory -= tasks[done].memory
            for follower in followers[done]:
                waiting_for[follower] -= 1
                if not waiting_for[follower]:
                    ready.append(follower)
    if n_done < len(tasks):
        raise ValueError("tasks wait for one another in a circle")
    return begins, peak
