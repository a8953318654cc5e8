"""Projects that others made are read without unpacking anything; hostile archives are refused."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from local_engine.projects.sources.errors import SourceError
from local_engine.projects.sources.project import check_name, read_project

BLUEPRINT = "name: Notes\nentities: {}\n"


def zipped(path: Path, entries: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


def test_a_folder_and_its_zips_are_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    (folder / "app").mkdir(parents=True)
    (folder / "blueprint.yaml").write_text(BLUEPRINT)
    (folder / "app/main.py").write_text("")
    flat = zipped(tmp_path / "flat.zip", {"blueprint.yaml": BLUEPRINT, "app/main.py": ""})
    inner = zipped(tmp_path / "in.zip", {"n/blueprint.yaml": BLUEPRINT, "n/app/main.py": ""})
    assert read_project(folder) == read_project(flat)
    assert read_project(inner).blueprint == BLUEPRINT


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "a/../../evil", "/etc/passwd", "C:/x", "c:x", "\\\\server\\share", "a\\..\\b",
        "con", "a/NUL.txt", "com1.log", "LPT9", "aux .txt", "a/trailing.", "a/trailing ",
        "a\nb", "x\x00y", "a:stream", "", "a/" * 60 + "x", "n" * 2000,
    ],
)  # fmt: skip
def test_an_unsafe_name_is_refused(name: str) -> None:
    with pytest.raises(SourceError, match="the archive holds"):
        check_name(name)


@pytest.mark.parametrize(
    "name", ["app/main.py", "a.b/c-d_e", ".env.example", "console.py", "naïve"]
)
def test_a_safe_name_is_taken(name: str) -> None:
    assert str(check_name(name)) == name


def test_zip_slip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"blueprint.yaml": BLUEPRINT, "../../evil.txt": "x"})
    with pytest.raises(SourceError, match="leads out"):
        read_project(path)
    assert not (tmp_path.parent / "evil.txt").exists()


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("blueprint.yaml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(SourceError, match="link or a device"):
        read_project(path)


def test_size_bombs_are_refused(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "x.zip", {"blueprint.yaml": BLUEPRINT, "zeros": b"\0" * 30_000_000})
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("blueprint.yaml", BLUEPRINT)
        archive.writestr("zeros", b"\0" * 30_000_000)
    with pytest.raises(SourceError, match="size bomb"):
        read_project(bomb)


def test_a_zip_that_says_the_wrong_size_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("blueprint.yaml", "a: " + "x" * 2_000_000)
    content = path.read_bytes()
    size = (2_000_003).to_bytes(4, "little")
    assert size in content
    path.write_bytes(content.replace(size, (100).to_bytes(4, "little")))
    with pytest.raises(SourceError):
        read_project(path)


def test_two_names_in_another_case_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"blueprint.yaml": BLUEPRINT, "App.py": "", "app.py": ""})
    with pytest.raises(SourceError, match="twice"):
        read_project(path)


def test_a_link_out_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(BLUEPRINT)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "blueprint.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(SourceError, match="leads out"):
        read_project(folder)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xfe\x00", "not UTF-8"), (b"x" * 1_000_001, "larger than")],
)
def test_a_blueprint_that_is_no_text_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "blueprint.yaml").write_bytes(content)
    with pytest.raises(SourceError, match=words):
        read_project(tmp_path)
    path = zipped(tmp_path / "x.zip", {"blueprint.yaml": content})
    with pytest.raises(SourceError):
        read_project(path)


def test_what_is_no_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="neither"):
        read_project(tmp_path / "nothing")
    with pytest.raises(SourceError, match=r"no blueprint\.yaml"):
        read_project(tmp_path)
