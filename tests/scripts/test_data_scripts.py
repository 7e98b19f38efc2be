"""The scripts that write data sets, each once."""

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from tests.idx_files import idx

import convert_images
import download_images
import download_table
import prepare_digits
import prepare_table
from study.data.classification_tables import load_classification_table
from study.data.downloads import SourceFile, write_sums
from study.data.image_sets import ImageSet
from study.data.image_sources import IMAGE_SOURCES, ImageSource
from study.errors import StudyError


def test_digits_are_split_once_and_for_all_with_every_class_in_the_same_fractions(tmp_path):
    prepare_digits.main(["--output", str(tmp_path / "digits.npz")])
    digits = ImageSet.load(tmp_path / "digits.npz")
    assert len(digits.train_images) == 1257
    assert len(digits.test_images) == 540
    np.testing.assert_array_equal(digits.image_shape, [8, 8])
    fractions = [np.bincount(labels) / len(labels) for labels in (digits.train_labels, digits.test_labels)]
    np.testing.assert_allclose(*fractions, atol=0.002)
    both = np.vstack([digits.train_images, digits.test_images])
    np.testing.assert_array_equal(np.sort(both, axis=0), np.sort(load_digits().data, axis=0))


@pytest.mark.parametrize(
    ("name", "load", "feature", "classes"),
    [
        ("iris", load_iris, "petal_length", {"setosa", "versicolor", "virginica"}),
        ("wine", load_wine, "alcohol", {"class_0", "class_1", "class_2"}),
        ("breast_cancer", load_breast_cancer, "mean_concave_points", {"malignant", "benign"}),
    ],
)
def test_tables_have_plain_names_and_classes_by_name(tmp_path, name, load, feature, classes):
    prepare_table.main(["--table", name, "--output", str(tmp_path / "table.csv")])
    features, target = load_classification_table(tmp_path / "table.csv")
    original = load()
    np.testing.assert_array_equal(features.to_numpy(), original.data)
    assert feature in features
    assert set(target) == classes
    np.testing.assert_array_equal(target, original.target_names[original.target])


def official_files(folder, dataset):
    """The four files of an image set as its makers publish them, with four images of 2 × 3 pixels each."""
    source = IMAGE_SOURCES[dataset]
    for (split, kind), file in source.files.items():
        first = {"train": 0, "test": 100}[split]
        array = np.arange(24, dtype=np.uint8).reshape(4, 2, 3) + np.uint8(first)
        if source.transposed:
            array = np.ascontiguousarray(array.swapaxes(1, 2))
        if kind == "labels":
            array = np.arange(4, dtype=np.uint8) + np.uint8(source.first_class)
        (folder / file.name).write_bytes(gzip.compress(idx(array)))


@pytest.mark.parametrize("dataset", sorted(IMAGE_SOURCES))
def test_official_files_become_upright_images_with_classes_from_0(tmp_path, dataset):
    official_files(tmp_path, dataset)
    record, output = tmp_path / "record.json", tmp_path / "set.npz"
    convert_images.main([str(tmp_path), "--dataset", dataset, "--output", str(output), "--record", str(record)])
    converted = ImageSet.load(output)
    np.testing.assert_array_equal(converted.train_images, np.arange(24).reshape(4, 6))
    np.testing.assert_array_equal(converted.test_images, np.arange(100, 124).reshape(4, 6))
    np.testing.assert_array_equal(converted.train_labels, range(4))
    np.testing.assert_array_equal(converted.image_shape, [2, 3])
    read = json.loads(record.read_text())["inputs"]["folder"]
    assert {Path(path).name for path in read} == {file.name for file in IMAGE_SOURCES[dataset].files.values()}


def test_labels_exchanged_for_other_valid_ones_after_the_download_are_not_converted(tmp_path):
    files = list(IMAGE_SOURCES["mnist"].files.values())
    official_files(tmp_path, "mnist")
    write_sums(files, tmp_path)
    arguments = [str(tmp_path), "--dataset", "mnist", "--output", str(tmp_path / "set.npz")]
    convert_images.main(arguments)
    (tmp_path / "set.npz").unlink()
    labels = tmp_path / IMAGE_SOURCES["mnist"].files["train", "labels"].name
    labels.write_bytes(gzip.compress(gzip.decompress(labels.read_bytes())[:-1] + b"\0"))
    with pytest.raises(StudyError, match=r"train-labels.* is not the file that was downloaded"):
        convert_images.main(arguments)
    assert not (tmp_path / "set.npz").exists()


def test_labels_in_the_place_of_images_are_one_sentence(tmp_path):
    official_files(tmp_path, "mnist")
    names = {kind: IMAGE_SOURCES["mnist"].files["train", kind].name for kind in ("images", "labels")}
    (tmp_path / names["images"]).write_bytes((tmp_path / names["labels"]).read_bytes())
    with pytest.raises(StudyError, match=r"train-images.* does not hold images: it has 1 dimension"):
        convert_images.main([str(tmp_path), "--dataset", "mnist", "--output", str(tmp_path / "set.npz")])


def test_downloaded_files_stay_when_another_is_missing_and_a_whole_set_is_listed(tmp_path, monkeypatch):
    mirror = tmp_path / "mirror/images/small"
    mirror.mkdir(parents=True)
    files = {}
    for name in ("one", "two"):
        content = gzip.compress(name.encode())
        digest = hashlib.sha256(content).hexdigest()
        files["train", name] = SourceFile(f"images/small/{name}.gz", (), f"sha256:{digest}")
        (mirror / f"{name}.gz").write_bytes(content)
    monkeypatch.setitem(download_images.IMAGE_SOURCES, "small", ImageSource(files, licence="", citation=""))
    arguments = ["--dataset", "small", "--mirror", str(tmp_path / "mirror"), "--output", str(tmp_path / "got")]
    whole = (mirror / "two.gz").read_bytes()
    (mirror / "two.gz").unlink()
    with pytest.raises(StudyError, match=r"The mirror lacks .*two\.gz"):
        download_images.main(arguments)
    assert [path.name for path in (tmp_path / "got").iterdir()] == ["one.gz"]
    (mirror / "two.gz").write_bytes(whole)
    download_images.main([*arguments, "--record", str(tmp_path / "got.json")])
    record = json.loads((tmp_path / "got.json").read_text())
    assert {Path(path).name for path in record["outputs"]["output"]} == {"one.gz", "two.gz", "SHA256SUMS"}
    assert record["uncounted"] == {"mirror": str(tmp_path / "mirror")}
    assert (tmp_path / "got/SHA256SUMS").read_text() == "".join(
        f"{hashlib.sha256((mirror / name).read_bytes()).hexdigest()}  {name}\n" for name in ("one.gz", "two.gz")
    )


def test_a_table_is_taken_from_a_mirror_checked_and_written_as_csv(tmp_path):
    path = tmp_path / "mirror/pmlb/small/small.tsv.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(b"target\tlength\n1\t0.5\n0\t2\n", mtime=0))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "index.csv").write_text(f"table,sha256\nsmall,{digest}\n")
    named = {"table": "small", "index": "index.csv", "mirror": "mirror", "output": "small.csv"}
    download_table.main([f"--{name}={value if name == 'table' else tmp_path / value}" for name, value in named.items()])
    assert (tmp_path / "small.csv").read_text() == "length,target\n0.5,1\n2.0,0\n"
