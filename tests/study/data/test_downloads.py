import functools
import gzip
import hashlib
import http.server
import threading
import zipfile
from pathlib import Path

import pytest
from tests.idx_files import damaged_deflate

from study.data.downloads import SourceFile, check_sums, obtain, write_sums
from study.data.image_sources import IMAGE_SOURCES
from study.data.pmlb import read_index, source_of
from study.errors import StudyError

CONTENT = b"the official content" * 100
DIGEST = f"content-sha256:{hashlib.sha256(CONTENT).hexdigest()}"
PLACE = "images/set/file.gz"
PMLB_INDEX = Path(__file__).parents[3] / "config/pmlb_tables.csv"


def official(*urls: str, **changes) -> SourceFile:
    return SourceFile(**{"mirror_path": PLACE, "urls": urls, "checksum": DIGEST} | changes)


@pytest.fixture
def mirror(tmp_path):
    path = tmp_path / "mirror" / PLACE
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(CONTENT))
    return tmp_path / "mirror"


@pytest.fixture
def server(mirror):
    """A server of the mirror's folder; yields the prefix of its URLs."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=mirror))
    thread = threading.Thread(target=httpd.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def test_a_folder_serves_as_a_mirror(mirror, tmp_path):
    obtain([official()], tmp_path / "got", str(mirror))
    assert gzip.decompress((tmp_path / "got" / "file.gz").read_bytes()) == CONTENT
    assert [path.name for path in (tmp_path / "got").iterdir()] == ["file.gz"]


def test_a_url_prefix_serves_as_a_mirror(server, tmp_path):
    obtain([official()], tmp_path / "got", server)
    assert gzip.decompress((tmp_path / "got" / "file.gz").read_bytes()) == CONTENT


def test_sources_are_tried_in_turn(server, tmp_path):
    obtain([official(f"{server}/absent.gz", f"{server}/{PLACE}")], tmp_path / "got")
    assert gzip.decompress((tmp_path / "got" / "file.gz").read_bytes()) == CONTENT


def test_a_file_is_taken_out_of_an_archive(server, mirror, tmp_path):
    with zipfile.ZipFile(mirror / "all.zip", "w") as archive:
        archive.write(mirror / PLACE, "inner/file.gz")
    obtain([official(f"{server}/all.zip", archive_member="inner/file.gz")], tmp_path / "got")
    assert gzip.decompress((tmp_path / "got" / "file.gz").read_bytes()) == CONTENT


def test_a_file_that_is_there_and_right_is_not_fetched_again(mirror, tmp_path):
    obtain([official()], tmp_path / "got", str(mirror))
    (mirror / PLACE).unlink()
    obtain([official()], tmp_path / "got", str(mirror))


@pytest.mark.parametrize("damaged", [damaged_deflate(CONTENT), gzip.compress(CONTENT)[:-4], b"", bytes(50)])
def test_a_gz_that_was_damaged_in_any_way_is_fetched_again(mirror, tmp_path, damaged):
    (tmp_path / "got").mkdir()
    (tmp_path / "got/file.gz").write_bytes(damaged)
    obtain([official()], tmp_path / "got", str(mirror))
    assert gzip.decompress((tmp_path / "got/file.gz").read_bytes()) == CONTENT


def test_what_a_killed_download_left_is_removed(mirror, tmp_path):
    left_over = tmp_path / "got/.incomplete-abc/half"
    left_over.parent.mkdir(parents=True)
    left_over.write_bytes(b"half a file")
    (tmp_path / "got/.file.gz.0123abcd.partial.gz").write_bytes(b"half a file")
    obtain([official()], tmp_path / "got", str(mirror))
    assert [path.name for path in (tmp_path / "got").iterdir()] == ["file.gz"]


def test_an_archive_that_is_damaged_is_one_failure_among_the_sources(server, mirror, tmp_path):
    with zipfile.ZipFile(mirror / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/file.gz", CONTENT)
    content = bytearray((mirror / "all.zip").read_bytes())
    content[45:55] = b"\xff" * 10
    (mirror / "all.zip").write_bytes(content)
    with pytest.raises(StudyError, match=r"file\.gz could not be downloaded from any source \(.*all\.zip: .*Error -3"):
        obtain([official(f"{server}/all.zip", archive_member="inner/file.gz")], tmp_path / "got")


@pytest.mark.parametrize(
    "mirror", ["~nosuchuser/data", "/no/where", "http://[", "ftp://127.0.0.1:1", "http://127.0.0.1:1"]
)
def test_a_mirror_that_is_none_is_one_sentence(tmp_path, mirror):
    with pytest.raises(StudyError, match=r"^The mirror (lacks|does not give) .*; add the file there, or use no mirror"):
        obtain([official()], tmp_path / "got", mirror)


def test_files_are_downloaded_by_https_and_checked_by_sha256():
    files = [file for source in IMAGE_SOURCES.values() for file in source.files.values()]
    files.append(source_of("glass", read_index(PMLB_INDEX)))
    assert {url.partition(":")[0] for file in files for url in file.urls} == {"https"}
    assert {file.checksum.partition(":")[0] for file in files} == {"sha256", "content-sha256"}
    assert {len(file.checksum.partition(":")[2]) for file in files} == {64}


@pytest.fixture
def got(mirror, tmp_path):
    """A folder into which a file was downloaded, and its list of checksums."""
    obtain([official()], tmp_path / "got", str(mirror))
    write_sums([official()], tmp_path / "got")
    return tmp_path / "got"


def test_files_that_are_as_they_were_downloaded_pass(got):
    check_sums([official()], got)
    (got / "SHA256SUMS").unlink()  # put there by hand
    check_sums([official()], got)


@pytest.mark.parametrize("name", ["file.gz", "SHA256SUMS"])
@pytest.mark.parametrize("content", [gzip.compress(b"other, valid content"), b"", b"\xff\0"])
def test_files_exchanged_after_the_download_are_named_and_downloaded_again(got, mirror, name, content):
    (got / name).write_bytes(content)
    sentence = r"file\.gz is not the file that was downloaded: .* Delete .*/got/SHA256SUMS and run again"
    with pytest.raises(StudyError, match=sentence):
        check_sums([official()], got)
    obtain([official()], got, str(mirror))
    write_sums([official()], got)
    check_sums([official()], got)


@pytest.mark.parametrize(
    ("damaged", "message"),
    [
        (gzip.compress(b"something else"), r"content-sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}; replace it"),
        (gzip.compress(CONTENT)[:-30], r"not a whole \.gz file .*; replace it"),
        (b"<html>not found</html>", r"not a whole \.gz file .*; replace it"),
        (damaged_deflate(CONTENT), r"not a whole \.gz file \(Error -3 .*; replace it"),
    ],
)
def test_a_damaged_file_of_a_mirror_is_named_and_nothing_is_left_behind(mirror, tmp_path, damaged, message):
    (mirror / PLACE).write_bytes(damaged)
    with pytest.raises(StudyError, match=rf"{PLACE} of the mirror is not the official file: {message}"):
        obtain([official()], tmp_path / "got", str(mirror))
    assert list((tmp_path / "got").iterdir()) == []


def test_what_a_mirror_lacks_is_named_and_its_sources_are_not_asked(mirror, server, tmp_path):
    (mirror / "elsewhere.gz").write_bytes((mirror / PLACE).read_bytes())
    (mirror / PLACE).unlink()
    with pytest.raises(StudyError, match=rf"The mirror lacks .*{PLACE}; add the file there, or use no mirror"):
        obtain([official(f"{server}/elsewhere.gz")], tmp_path / "got", str(mirror))
    with pytest.raises(StudyError, match=rf"The mirror does not give {server}/{PLACE}"):
        obtain([official(f"{server}/elsewhere.gz")], tmp_path / "got", server)


def test_where_no_source_helps_the_message_names_each_and_says_what_to_do(server, mirror, tmp_path):
    (mirror / "wrong.gz").write_bytes(gzip.compress(b"wrong"))
    with pytest.raises(StudyError, match=rf"absent\.gz: .*404.*wrong\.gz: content-sha256 is .*put it under {PLACE} "):
        obtain([official(f"{server}/absent.gz", f"{server}/wrong.gz")], tmp_path / "got")


def test_a_checksum_of_the_compressed_file_is_checked_too(mirror, tmp_path):
    digest = hashlib.sha256((mirror / PLACE).read_bytes()).hexdigest()
    obtain([official(checksum=f"sha256:{digest}")], tmp_path / "got", str(mirror))
    with pytest.raises(StudyError, match=r"sha256 is .*, expected 0000"):
        obtain([official(checksum=f"sha256:{'0' * 64}")], tmp_path / "other", str(mirror))


def test_a_file_of_another_length_is_named_by_its_length(mirror, tmp_path):
    with pytest.raises(StudyError, match="its content has 2000 bytes, expected 2001"):
        obtain([official(content_bytes=2001)], tmp_path / "got", str(mirror))


def test_a_disk_without_room_is_noticed_before_anything_is_fetched(mirror, tmp_path):
    with pytest.raises(StudyError, match=r"has room for .* MB; its files may need 1000000000 MB: make room"):
        obtain([official(content_bytes=10**15)], tmp_path / "got", str(mirror))
    assert list((tmp_path / "got").iterdir()) == []
