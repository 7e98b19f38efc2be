"""The playing through of a schedule, judged by what every schedule must obey and by small cases done by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast.simulate import Task, play


@st.composite
def task_lists(draw) -> list[Task]:
    """Tasks that wait for some of those before them, in an order that hides it."""
    number = draw(st.integers(1, 12))
    order = draw(st.permutations(range(number)))
    tasks: list = [None] * number
    for rank, place in enumerate(order):
        after = draw(st.sets(st.sampled_from(order[:rank]), max_size=3)) if rank else set()
        tasks[place] = Task(
            seconds=draw(st.integers(1, 20)),
            threads=draw(st.sampled_from([1, 1, 1, 2, 8])),
            priority=draw(st.integers(0, 1)),
            after=frozenset(after),
            memory=draw(st.integers(0, 5)),
        )
    return tasks


def longest_chain(tasks: list[Task]) -> float:
    """The most seconds of tasks that wait for one another, by trying all chains."""

    def until_end_of(task: Task) -> float:
        return task.seconds + max((until_end_of(tasks[before]) for before in task.after), default=0)

    return max(map(until_end_of, tasks))


cores_of_machines = st.sampled_from([1, 2, 3, 8])
brief = settings(max_examples=40)


@brief
@given(task_lists(), cores_of_machines)
def test_no_run_is_shorter_than_its_longest_chain_or_its_work_shared_by_all_cores(tasks, cores):
    wall = play(tasks, cores).wall
    assert wall >= longest_chain(tasks)
    assert wall >= sum(task.seconds * min(task.threads, cores) for task in tasks) / cores - 1e-9
    assert wall <= sum(task.seconds for task in tasks)


@brief
@given(task_lists(), cores_of_machines)
def test_a_task_begins_when_those_before_it_have_ended_and_lasts_as_long_as_it_takes(tasks, cores):
    schedule = play(tasks, cores)
    for task, begin, end in zip(tasks, schedule.begins, schedule.ends, strict=True):
        assert end == begin + task.seconds
        assert all(schedule.ends[before] <= begin for before in task.after)


@brief
@given(task_lists(), cores_of_machines)
def test_at_no_moment_more_cores_are_taken_than_there_are_and_the_most_memory_is_told(tasks, cores):
    schedule = play(tasks, cores)
    memory = []
    for moment in schedule.begins:
        running = [
            task
            for task, begin, end in zip(tasks, schedule.begins, schedule.ends, strict=True)
            if begin <= moment < end
        ]
        assert sum(min(task.threads, cores) for task in running) <= cores
        memory.append(sum(task.memory for task in running))
    assert schedule.memory == max(memory)


@brief
@given(task_lists(), cores_of_machines)
def test_no_task_waits_that_could_begin(tasks, cores):
    schedule = play(tasks, cores)
    for task, begin in zip(tasks, schedule.begins, strict=True):
        for moment in {end for end in schedule.ends if end < begin} | ({0.0} if begin else set()):
            ready = all(schedule.ends[before] <= moment for before in task.after)
            taken = sum(
                min(other.threads, cores)
                for other, first, last in zip(tasks, schedule.begins, schedule.ends, strict=True)
                if first <= moment < last
            )
            assert not ready or taken + min(task.threads, cores) > cores


@brief
@given(task_lists())
def test_one_core_takes_the_sum_of_all_tasks(tasks):
    assert play(tasks, 1).wall == sum(task.seconds for task in tasks)


def test_a_task_of_all_cores_waits_until_they_are_free_together():
    alone = Task(seconds=5, threads=2, priority=1, after=frozenset({0}))
    schedule = play([Task(1), Task(3), Task(1), alone], cores=2)
    assert schedule.begins == [0, 0, 1, 3]
    assert schedule.wall == 8


def test_a_task_of_higher_priority_comes_first():
    assert play([Task(2), Task(3, priority=1)], cores=1).begins == [3, 0]


def test_no_tasks_take_no_time():
    assert play([], cores=2).wall == 0


def test_tasks_in_a_circle_are_refused():
    with pytest.raises(ValueError, match="circle"):
        play([Task(1, after=frozenset({1})), Task(1, after=frozenset({0})), Task(1)], cores=2)
