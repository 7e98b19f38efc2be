"""Downloads the files of an image set and checks them."""

import argparse
import os
from pathlib import Path

from study.downloads import obtain
from study.image_sources import IMAGE_SOURCES


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
    parser.add_argument("--output", type=Path, required=True, metavar="FOLDER", help="where the files go")
    options = parser.parse_args(arguments)
    obtain(list(IMAGE_SOURCES[options.dataset].files.values()), options.output, options.mirror)


if __name__ == "__main__":
    main()
