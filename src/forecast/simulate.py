"""How long jobs take that wait for one another and for a free core, by playing through what Snakemake does."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """A job as the scheduler sees it.

    seconds  how long it takes
    threads  cores that it takes; more than there are count as all of them
    after    places (in the list of tasks) of those that must be done before
    memory   that it takes meanwhile, in any unit
    """

    seconds: float
    threads: int = 1
    priority: float = 0
    after: frozenset[int] = frozenset()
    memory: float = 0


@dataclass(frozen=True)
class Schedule:
    """Begin and end of each task, and what they add up to.

    wall    when the last task ends
    memory  the most memory that tasks take at one time
    """

    begins: list[float]
    ends: list[float]
    wall: float
    memory: float


def play(tasks: Sequence[Task], cores: int) -> Schedule:
    """Runs the tasks on a number of cores as Snakemake's scheduler does.

    Whenever tasks end, of those that are ready the ones of highest priority begin, of those the ones that waited for
    most others (Snakemake: the largest input), as long as cores are free; one that needs more cores than are free waits
    until they happen to be free together. Raises ValueError for tasks that wait for one another in a circle.
    """
    waiting_for = [len(task.after) for task in tasks]
    followers: list[list[int]] = [[] for _ in tasks]
    for place, task in enumerate(tasks):
        for before in task.after:
            followers[before].append(place)

    def rank(place: int) -> tuple:
        return -tasks[place].priority, -len(tasks[place].after), place

    ready = sorted((place for place, count in enumerate(waiting_for) if not count), key=rank)
    begins, ends = [0.0] * len(tasks), [0.0] * len(tasks)
    running: list[tuple[float, int]] = []
    now, free, memory, most_memory, n_done = 0.0, cores, 0.0, 0.0, 0
    while ready or running:
        left = []
        for place in ready:
            needed = min(tasks[place].threads, cores)
            if needed > free:
                left.append(place)
                continue
            free -= needed
            memory += tasks[place].memory
            begins[place], ends[place] = now, now + tasks[place].seconds
            heapq.heappush(running, (ends[place], place))
        ready = left
        most_memory = max(most_memory, memory)
        now = running[0][0]
        while running and running[0][0] <= now:
            _, place = heapq.heappop(running)
            n_done += 1
            free += min(tasks[place].threads, cores)
            memory -= tasks[place].memory
            for follower in followers[place]:
                waiting_for[follower] -= 1
                if not waiting_for[follower]:
                    ready.append(follower)
        ready.sort(key=rank)
    if n_done < len(tasks):
        raise ValueError("tasks wait for one another in a circle")
    return Schedule(begins, ends, now, most_memory)
