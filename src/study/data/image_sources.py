"""Where image sets come from: the only place that knows their files, checksums, licences and citations."""

from dataclasses import dataclass

from study.data.downloads import SourceFile

SPLITS = ("train", "test")
PIXELS = 28 * 28
IDX_HEADER = {"images": 16, "labels": 8}  # bytes


@dataclass(frozen=True)
class ImageSource:
    """An image set in the IDX files of its makers.

    files       {(split, "images" | "labels"): file}
    first_class the label of the first class; ours start at 0
    transposed  whether the files hold each image with rows and columns exchanged
    """

    files: dict[tuple[str, str], SourceFile]
    licence: str
    citation: str
    first_class: int = 0
    transposed: bool = False


def _content_bytes(kind: str, n_images: int) -> int:
    """Size of an IDX file, decompressed."""
    return IDX_HEADER[kind] + n_images * (PIXELS if kind == "images" else 1)


def _mnist_like(
    dataset: str, prefixes: tuple[str, ...], checksums: dict[tuple[str, str], str]
) -> dict[tuple[str, str], SourceFile]:
    """The four files of a set that follows MNIST's names."""
    names = {
        (split, kind): f"{'train' if split == 'train' else 't10k'}-{kind}-idx{3 if kind == 'images' else 1}-ubyte.gz"
        for split, kind in checksums
    }
    return {
        (split, kind): SourceFile(
            f"images/{dataset}/{name}",
            tuple(f"{prefix}/{name}" for prefix in prefixes),
            checksums[split, kind],
            content_bytes=_content_bytes(kind, 60_000 if split == "train" else 10_000),
        )
        for (split, kind), name in names.items()
    }


def _emnist_letters() -> dict[tuple[str, str], SourceFile]:
    checksums = {  # of the .gz files, as copies of the set publish them
        ("train", "images"): "sha256:6288f418a917e007bf5fddb823a2dc7a5c6a35031401b93292a539cb12bd881f",
        ("train", "labels"): "sha256:9759af91ea6bccdf07a6040fd085861f2ec88e37f7c3f5760f6feb57106fbe5c",
        ("test", "images"): "sha256:50f0e93d75b99b463e9760b8345866f22587fa2c2fba472730a5ba09c693412d",
        ("test", "labels"): "sha256:924955c31fe7fd809b7303b5c0141282955f4b8390c74cdfd5d80435e0f4b4cb",
    }
    archives = (
        "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
        "https://rds.westernsydney.edu.au/Institutes/MARCS/BENS/EMNIST/emnist-gzip.zip",
    )
    names = {
        (split, kind): f"emnist-letters-{split}-{kind}-idx{3 if kind == 'images' else 1}-ubyte.gz"
        for split, kind in checksums
    }
    return {
        (split, kind): SourceFile(
            f"images/emnist_letters/{name}",
            archives,
            checksums[split, kind],
            archive_member=f"gzip/{name}",
            content_bytes=_content_bytes(kind, 124_800 if split == "train" else 20_800),
        )
        for (split, kind), name in names.items()
    }


IMAGE_SOURCES = {
    "mnist": ImageSource(
        files=_mnist_like(
            "mnist",
            ("https://ossci-datasets.s3.amazonaws.com/mnist", "https://storage.googleapis.com/cvdf-datasets/mnist"),
            {
                ("train", "images"): "content-sha256:ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                ("train", "labels"): "content-sha256:65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                ("test", "images"): "content-sha256:0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                ("test", "labels"): "content-sha256:ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            },
        ),
        licence="CC BY-SA 3.0",
        citation="LeCun, Cortes and Burges, The MNIST database of handwritten digits, 1998",
    ),
    "fashion_mnist": ImageSource(
        files=_mnist_like(
            "fashion_mnist",
            (
                "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion",
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets",
            ),
            {
                ("train", "images"): "content-sha256:c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                ("train", "labels"): "content-sha256:bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                ("test", "images"): "content-sha256:5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                ("test", "labels"): "content-sha256:0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
            },
        ),
        licence="MIT",
        citation="Xiao, Rasul and Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking, 2017",
    ),
    "kmnist": ImageSource(
        files=_mnist_like(
            "kmnist",
            ("https://codh.rois.ac.jp/kmnist/dataset/kmnist",),
            {
                ("train", "images"): "sha256:51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4",
                ("train", "labels"): "content-sha256:2a16eeae62da984b8bd24fa32e31d47291f01dac3fe84d5594f304f71e7d374b",
                ("test", "images"): "content-sha256:76fbd229ce87db80dd281af5e6670de4ad0e42fb30a7bd643972994c47c1f42e",
                ("test", "labels"): "content-sha256:a11dc742be8e781a40a92f53d6a4957e7b7d36df2faa097659131ebfd8fd60c6",
            },
        ),
        licence="CC BY-SA 4.0",
        citation='"KMNIST Dataset" (created by CODH), adapted from "Kuzushiji Dataset" (created by NIJL and others), '
        "doi:10.20676/00000341",
    ),
    "emnist_letters": ImageSource(
        files=_emnist_letters(),
        licence="not stated by its makers; derived from NIST Special Database 19",
        citation="Cohen, Afshar, Tapson and van Schaik, EMNIST: an extension of MNIST to handwritten letters, 2017",
        first_class=1,
        transposed=True,
    ),
}
