"""Downloads the files of an image set, checks them, and lists them in SHA256SUMS (`sha256sum -c` reads it)."""

import argparse
import os

from study.data.downloads import obtain, write_sums
from study.data.image_sources import IMAGE_SOURCES
from study.provenance.record import Output, parse
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", choices=sorted(IMAGE_SOURCES), required=True, help="which image set")
    parser.add_argument(
        "--mirror",
        default=os.environ.get("DATA_MIRROR"),
        metavar="PLACE",
        help="folder or URL prefix to take the files from, in place of their official sources "
        "(default: the variable DATA_MIRROR)",
    )
    parser.add_argument("--output", type=Output, required=True, metavar="FOLDER", help="where the files go")
    options, record = parse(parser, arguments, __file__, ["mirror"])
    with record:
        files = list(IMAGE_SOURCES[options.dataset].files.values())
        obtain(files, options.output, options.mirror)
        write_sums(files, options.output)


if __name__ == "__main__":
    run(main)
