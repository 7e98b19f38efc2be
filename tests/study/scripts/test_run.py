import pytest

from study.errors import StudyError
from study.scripts.run import run


class LibraryError(ValueError):
    """An error whose message is meant for users."""


def raising(error: Exception):
    def main() -> None:
        raise error

    return main


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (StudyError("table.csv: the table has no rows."), "table.csv: the table has no rows."),
        (LibraryError("density must lie in (0, 1], got 2"), "density must lie in (0, 1], got 2"),
        (FileNotFoundError(2, "No such file or directory", "network.npz"), "network.npz: no such file."),
        (IsADirectoryError(21, "Is a directory", "results"), "results: Is a directory."),
        (MemoryError("8 TiB"), "Out of memory (8 TiB): reduce the size of the job or use a larger machine."),
    ],
)
def test_what_a_user_can_fix_ends_the_program_with_one_sentence(error, sentence):
    with pytest.raises(SystemExit) as stop:
        run(raising(error), LibraryError)
    assert stop.value.code == sentence  # printed on standard error by the interpreter; the exit status is then 1


@pytest.mark.parametrize("error", [ValueError("a bug"), LibraryError("of a library not named"), OSError(5, "no file")])
def test_everything_else_keeps_its_traceback(error):
    with pytest.raises(type(error)):
        run(raising(error))


def test_bad_input_is_an_ordinary_exception_that_a_notebook_survives():
    assert issubclass(StudyError, Exception)


def test_an_exit_status_of_the_script_is_kept():
    with pytest.raises(SystemExit) as stop:
        run(raising(SystemExit(143)))
    assert stop.value.code == 143
