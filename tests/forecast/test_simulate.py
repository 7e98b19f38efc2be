"""Simulated schedules, judged by what every schedule must obey and by small cases done by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.simulate import Task, simulate


@st.composite
def task_lists(draw) -> list[Task]:
    """Tasks that wait for some of those before them, in an order that hides it."""
    order = draw(st.permutations(range(draw(st.integers(1, 12)))))
    tasks: list = [None] * len(order)
    for rank, place in enumerate(order):
        after = draw(st.sets(st.sampled_from(order[:rank]), max_size=3)) if rank else set()
        seconds, threads = draw(st.integers(1, 20)), draw(st.sampled_from([1, 1, 1, 2, 8]))
        tasks[place] = Task(seconds, threads, draw(st.integers(0, 1)), frozenset(after), draw(st.integers(0, 5)))
    return tasks


@settings(max_examples=60)
@given(task_lists(), st.sampled_from([1, 2, 3, 8]))
def test_a_schedule_keeps_the_order_and_the_cores_and_leaves_none_idle(tasks, cores):
    begins, peak = simulate(tasks, cores)
    ends = [begin + task.seconds for begin, task in zip(begins, tasks, strict=True)]

    def running_at(moment: float) -> list[Task]:
        return [task for task, begin, end in zip(tasks, begins, ends, strict=True) if begin <= moment < end]

    def taken(running: list[Task]) -> int:
        return sum(min(task.threads, cores) for task in running)

    assert peak == max(sum(task.memory for task in running_at(moment)) for moment in begins)
    assert all(taken(running_at(moment)) <= cores for moment in begins)
    for task, begin in zip(tasks, begins, strict=True):
        assert all(ends[before] <= begin for before in task.after)
        for moment in {0.0, *ends}:
            ready = moment < begin and all(ends[before] <= moment for before in task.after)
            assert not ready or taken([*running_at(moment), task]) > cores


def test_a_task_of_higher_priority_comes_first():
    assert simulate([Task(2), Task(3, priority=1)], cores=1)[0] == [3, 0]


def test_tasks_in_a_circle_are_refused():
    with pytest.raises(ValueError, match="circle"):
        simulate([Task(1, after=frozenset({1})), Task(1, after=frozenset({0})), Task(1)], cores=2)
