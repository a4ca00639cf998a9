"""Papers are kept whole, once, and come back as they were or not at all."""

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import papers

JPEG = b"\xff\xd8\xff\xe0 photo"


def test_a_paper_comes_back(tmp_path: Path) -> None:
    digest = papers.save(tmp_path, JPEG)
    assert digest == hashlib.sha256(JPEG).hexdigest()
    assert papers.load(tmp_path, digest) == JPEG
    assert (tmp_path / "papers" / digest[:2] / digest).read_bytes() == JPEG


def test_saving_again_changes_nothing(tmp_path: Path) -> None:
    digest = papers.save(tmp_path, JPEG)
    before = (tmp_path / "papers" / digest[:2] / digest).stat().st_ino
    assert papers.save(tmp_path, JPEG) == digest
    assert (tmp_path / "papers" / digest[:2] / digest).stat().st_ino == before
    assert [path.name for path in (tmp_path / "papers" / digest[:2]).iterdir()] == [digest]


def test_damage_is_found_and_mended_by_the_original(tmp_path: Path) -> None:
    digest = papers.save(tmp_path, JPEG)
    (tmp_path / "papers" / digest[:2] / digest).write_bytes(JPEG + b"!")
    with pytest.raises(papers.DamagedPaper, match="F004"):
        papers.load(tmp_path, digest)
    papers.save(tmp_path, JPEG)
    assert papers.load(tmp_path, digest) == JPEG


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "", "A" * 64])
def test_unknown_papers_are_refused(tmp_path: Path, digest: str) -> None:
    with pytest.raises(papers.UnknownPaper):
        papers.load(tmp_path, digest)


def test_bounds(tmp_path: Path) -> None:
    with pytest.raises(papers.PaperTooLarge, match=r"10\.0 MB"):
        papers.save(tmp_path, bytes(10 * 2**20 + 1))
    with pytest.raises(papers.EmptyPaper):
        papers.save(tmp_path, b"")
    assert papers.save(tmp_path, bytes(10 * 2**20))


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        papers.save(tmp_path, JPEG)
    assert [path for path in Path(tmp_path).rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7 ...", "pdf"),
        (b"\n\n%PDF-1.4", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (JPEG, "jpeg"),
        (b"GIF89a", None),
        (b"<svg/>", None),
        (b"", None),
    ],
)
def test_kind_is_told_by_content(data: bytes, kind: str | None) -> None:
    assert papers.sniff(data) == kind


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    root = tmp_path_factory.mktemp("papers")
    assert papers.load(root, papers.save(root, data)) == data


def test_every_folder_on_the_way_to_a_paper_is_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, fsync = set(), os.fsync

    def note(handle: int) -> None:
        synced.add(Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    monkeypatch.setattr("os.fsync", note)
    digest = papers.save(tmp_path, b"%PDF-1.7 new")
    folder = tmp_path / "papers"
    assert {tmp_path, folder, folder / digest[:2]} <= synced
