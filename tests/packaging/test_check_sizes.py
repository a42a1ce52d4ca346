"""Files that are too long are named, unless a reason is stated."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "packaging").mkdir()
    shutil.copy(ROOT / "packaging/check_sizes.py", tmp_path / "packaging")
    (tmp_path / ".gitignore").write_text("ignored/\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    return tmp_path


def check(tree: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "packaging/check_sizes.py"], cwd=tree, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def write(tree: Path, name: str, lines: int) -> None:
    path = tree / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x = 1\n" * lines)


@pytest.mark.parametrize(
    "name", ["app/long.py", "web/long.css", "web/long.js", "web/long.html", "long.sh", "a b é.py"]
)
def test_four_hundred_lines_are_the_most(tree: Path, name: str) -> None:
    write(tree, name, 400)
    assert check(tree) == (0, "")
    write(tree, name, 401)
    status, said = check(tree)
    assert status == 1
    assert said.startswith(f"{name}: 401 lines")


def test_committed_and_new_files_count_and_ignored_ones_do_not(tree: Path) -> None:
    write(tree, "committed.py", 500)
    subprocess.run(["git", "add", "committed.py"], cwd=tree, check=True)
    write(tree, "new.py", 500)
    write(tree, "ignored/long.py", 500)
    said = check(tree)[1]
    assert [line.partition(":")[0] for line in sorted(said.splitlines())] == ["committed.py", "new.py"]


def test_a_file_that_is_gone_is_no_trouble(tree: Path) -> None:
    write(tree, "gone.py", 500)
    subprocess.run(["git", "add", "gone.py"], cwd=tree, check=True)
    (tree / "gone.py").unlink()
    assert check(tree) == (0, "")


def test_a_stated_reason_lets_a_file_be_long_and_a_stale_one_is_named(tree: Path) -> None:
    script = tree / "packaging/check_sizes.py"
    text = script.read_text()
    assert "REASONS: dict[str, str] = {" in text
    start = text.index("REASONS: dict[str, str] = {")
    end = text.index("}", start) + 1
    script.write_text(
        text[:start] + 'REASONS: dict[str, str] = {"long.py": "a table that cannot be split"}' + text[end:]
    )
    write(tree, "long.py", 500)
    assert check(tree) == (0, "")
    write(tree, "long.py", 20)
    status, said = check(tree)
    assert status == 1
    assert "long.py" in said
