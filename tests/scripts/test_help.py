"""What `--help` says."""

import importlib
from argparse import ArgumentParser
from pathlib import Path

import pytest

SCRIPTS = sorted(path.stem for path in (Path(__file__).parents[2] / "src").glob("*.py"))


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_says_what_it_does_and_what_each_argument_means(script, monkeypatch):
    class Parsed(Exception):
        """Carries the parser out of the script."""

    def stop(parser, arguments=None):
        raise Parsed(parser)

    monkeypatch.setattr(ArgumentParser, "parse_args", stop)
    module = importlib.import_module(script)
    with pytest.raises(Parsed) as parsed:
        module.main([])
    (parser,) = parsed.value.args
    assert parser.description == module.__doc__
    assert [action.dest for action in parser._actions if not action.help] == []
    parser.format_help()
