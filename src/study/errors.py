"""The error that scripts and what they share raise for what a user can fix."""


class StudyError(Exception):
    """One sentence: which file or argument, what is wrong with it, what was expected or what to do.

    A script that runs as a program ends with this sentence (`study.scripts.run`); elsewhere it is an exception like any
    other.
    """
