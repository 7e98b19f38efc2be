"""Converts the IDX files of an image set to the format that the study reads."""

import argparse

import numpy as np

from study.data.downloads import check_sums
from study.data.idx import read_idx
from study.data.image_sets import ImageSet
from study.data.image_sources import IMAGE_SOURCES, SPLITS
from study.errors import StudyError
from study.provenance.record import Input, Output, parse
from study.scripts.run import run


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Input, metavar="FOLDER", help="folder with the files of the image set")
    parser.add_argument("--dataset", choices=sorted(IMAGE_SOURCES), required=True, help="which image set")
    parser.add_argument("--output", type=Output, required=True, metavar="NPZ", help="image set to write")
    options, record = parse(parser, arguments, __file__)
    with record:
        source = IMAGE_SOURCES[options.dataset]
        check_sums(list(source.files.values()), options.folder)
        arrays = {}
        for split in SPLITS:
            path = options.folder / source.files[split, "images"].name
            images = read_idx(path)
            if images.ndim != 3:
                raise StudyError(f"{path} does not hold images: it has {images.ndim} dimension(s), images have 3.")
            if source.transposed:
                images = images.swapaxes(1, 2)
            arrays[f"{split}_images"] = images.reshape(len(images), -1)
            arrays[f"{split}_labels"] = read_idx(options.folder / source.files[split, "labels"].name) - np.uint8(
                source.first_class
            )
        ImageSet(**arrays, image_shape=np.array(images.shape[1:]), pixel_max=np.array(255)).save(options.output)


if __name__ == "__main__":
    run(main)
