"""All blocks of the page, each by the name under which `python src/write_results.py NAME` prints it."""

from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from study.results_page.classifiers import asonn
from study.results_page.figures import active, control, fig2, fig3, fig4, fig5, fig6
from study.results_page.overview import readme, settings, signs, study, verdicts
from study.results_page.recorded import Recorded

TEMPLATE = Path(__file__).parents[3] / "workflow/report/results.md.jinja"
Block = Callable[[Recorded], str]

BLOCKS: dict[str, Block] = {
    block.__name__: block
    for block in (study, verdicts, signs, readme, fig2, fig3, fig4, fig5, fig6, control, active, settings, asonn)
}


def block_of(name: str, recorded: Recorded) -> str:
    """One block of the page, without its marks."""
    return BLOCKS[name](recorded).strip() + "\n"


def page_of(recorded: Recorded) -> str:
    """The whole page: the template with every block."""
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(name=recorded.archive.study, **{name: block_of(name, recorded) for name in BLOCKS})
