import functools
import gzip
import hashlib
import http.server
import threading
import zipfile

import pytest

from study.data.downloads import SourceFile, obtain
from study.errors import StudyError

CONTENT = b"the official content" * 100
DIGEST = f"content-sha256:{hashlib.sha256(CONTENT).hexdigest()}"
PLACE = "images/set/file.gz"


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


def test_a_file_that_is_there_but_wrong_is_replaced(mirror, tmp_path):
    (tmp_path / "got").mkdir()
    (tmp_path / "got" / "file.gz").write_bytes(b"half a fi")
    obtain([official()], tmp_path / "got", str(mirror))
    assert gzip.decompress((tmp_path / "got" / "file.gz").read_bytes()) == CONTENT


@pytest.mark.parametrize(
    ("damaged", "message"),
    [
        (gzip.compress(b"something else"), r"content-sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}; replace it"),
        (gzip.compress(CONTENT)[:-30], r"not a whole \.gz file .*; replace it"),
        (b"<html>not found</html>", r"not a whole \.gz file .*; replace it"),
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
    digest = hashlib.md5((mirror / PLACE).read_bytes()).hexdigest()
    obtain([official(checksum=f"md5:{digest}")], tmp_path / "got", str(mirror))
    with pytest.raises(StudyError, match=r"md5 is .*, expected 0000"):
        obtain([official(checksum=f"md5:{'0' * 32}")], tmp_path / "other", str(mirror))


def test_a_file_of_another_length_is_named_by_its_length(mirror, tmp_path):
    with pytest.raises(StudyError, match="its content has 2000 bytes, expected 2001"):
        obtain([official(content_bytes=2001)], tmp_path / "got", str(mirror))


def test_a_disk_without_room_is_noticed_before_anything_is_fetched(mirror, tmp_path):
    with pytest.raises(StudyError, match=r"has room for .* MB; its files may need 1000000000 MB: make room"):
        obtain([official(content_bytes=10**15)], tmp_path / "got", str(mirror))
    assert list((tmp_path / "got").iterdir()) == []
