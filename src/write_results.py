"""Writes docs/results.md, what a recorded study measured, and its part of the README; or prints one block of them.

Run it after `src/pack.py --recorded` (docs/recorded.md). All numbers come from recorded/STUDY.
"""

import argparse
from pathlib import Path

from study.files import atomic_path
from study.provenance.archive import Archive
from study.results.summary import fill_blocks
from study.results_page.page import BLOCKS, block_of, page_of
from study.results_page.recorded import Recorded
from study.scripts.run import run

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE, README = Path("docs/results.md"), Path("README.md")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("block", nargs="?", choices=[*BLOCKS], help="prints this block (default: writes the pages)")
    parser.add_argument("--recorded", default="paper", metavar="STUDY", help="its name in recorded/ (default: paper)")
    parser.add_argument(
        "--repository", type=Path, default=REPOSITORY, metavar="FOLDER", help="whose files to write (default: this one)"
    )
    options = parser.parse_args(arguments)
    with Archive(options.repository / "recorded" / options.recorded) as archive:
        recorded = Recorded(archive)
        if options.block:
            print(block_of(options.block, recorded), end="")
            return
        readme = (options.repository / README).read_text(encoding="utf-8")
        readme = fill_blocks(readme, Path(__file__).name, lambda name: block_of(name, recorded))
        for page, text in ((PAGE, page_of(recorded)), (README, readme)):
            with atomic_path(options.repository / page) as temporary:
                temporary.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    run(main)
