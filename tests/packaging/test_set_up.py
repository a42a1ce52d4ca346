"""The set-up script recovers from wherever it was stopped; the programs that it calls are stand-ins here."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

# Stand-ins for Debian's and Python's programs. Each writes down what it was asked; a file named fail-… makes it fail once.
PYTHON = """#!/bin/sh
echo "python $*" >>"$TOLD"
case "$1 ${2:-}" in
    "-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && touch "$3/half" ;;
    "-m pip")
        [ "$3" = --version ] && { [ ! -e "$STATE/no-pip" ]; exit; }
        if [ -e "$STATE/fail-pip" ]; then rm "$STATE/fail-pip"; exit 1; fi ;;
esac
exit 0
"""
DPKG_QUERY = """#!/bin/sh
for last; do :; done
grep -qx "$last" "$STATE/there" && echo "install ok installed"
"""
APT_GET = """#!/bin/sh
echo "apt-get $*" >>"$TOLD"
[ -e "$STATE/fail-apt" ] && exit 100
[ "$1" = install ] && for name; do echo "$name" >>"$STATE/there"; done
exit 0
"""
NPM = """#!/bin/sh
echo "npm $*" >>"$TOLD"
if [ -e "$STATE/fail-npm" ]; then rm "$STATE/fail-npm"; mkdir half; exit 1; fi
mkdir -p node_modules/photoswipe
"""
ID = """#!/bin/sh
cat "$STATE/id"
"""


class Checkout:
    """A fresh clone with the set-up script in it, on a machine of stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "clone"
        self.state = folder / "state"
        self.told = folder / "told"
        programs = folder / "programs"
        for made in (self.folder / "web", self.state, programs):
            made.mkdir(parents=True)
        shutil.copytree(ROOT / "packaging", self.folder / "packaging")
        (self.folder / "pyproject.toml").write_text("")
        os.utime(self.folder / "pyproject.toml", (0, 0))
        for name, text in (
            ("python3", PYTHON),
            ("dpkg-query", DPKG_QUERY),
            ("apt-get", APT_GET),
            ("npm", NPM),
            ("id", ID),
        ):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        for name in (
            "sh",
            "grep",
            "cat",
            "cmp",
            "rm",
            "mkdir",
            "mv",
            "cp",
            "touch",
            "mktemp",
            "dirname",
            "env",
            "flock",
        ):
            found = shutil.which(name)
            if found:
                (programs / name).symlink_to(found)
        self.programs = programs
        self.has_packages(self.listed("run") | self.listed("test"))
        self.is_root(root=True)

    def listed(self, what: str) -> set[str]:
        lines = (ROOT / f"packaging/apt-{what}.txt").read_text().splitlines()
        return {line for line in lines if line and not line.startswith("#")}

    def has_packages(self, names: set[str]) -> None:
        (self.state / "there").write_text("".join(f"{name}\n" for name in names))

    def is_root(self, *, root: bool) -> None:
        (self.state / "id").write_text("0\n" if root else "1000\n")

    def fails_once(self, program: str) -> None:
        (self.state / f"fail-{program}").touch()

    def set_up(self, what: str = "run") -> subprocess.CompletedProcess[str]:
        self.told.write_text("")
        return subprocess.run(
            ["/bin/sh", "packaging/set-up.sh", what],
            cwd=self.folder,
            env={"PATH": str(self.programs), "STATE": str(self.state), "TOLD": str(self.told)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def calls(self, program: str) -> list[str]:
        return [line for line in self.told.read_text().splitlines() if line.startswith(program)]

    def is_whole(self, what: str = "run") -> bool:
        lock = (ROOT / "packaging/requirements.lock").read_text()
        browser = (ROOT / "packaging/browser/package-lock.json").read_text()
        of_tests = (ROOT / "packaging/browser-test/package-lock.json").read_text()
        kept = self.folder / "tests/browser/.locked"
        return (
            (self.folder / ".venv/.locked").read_text() == lock
            and (self.folder / "web/browser/.locked").read_text() == browser
            and (self.folder / "web/browser/node_modules/photoswipe").is_dir()
            and (kept.read_text() == of_tests if what == "test" else not kept.exists())
            and (self.folder / f".set-up/{what}").exists()
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.mark.parametrize("what", ["run", "test"])
def test_a_fresh_clone_is_set_up_and_a_second_time_nothing_is_done(checkout: Checkout, what: str) -> None:
    assert checkout.set_up(what).returncode == 0
    assert checkout.is_whole(what)
    assert any("--require-hashes" in call for call in checkout.calls("python"))
    done = checkout.set_up(what)
    assert (done.returncode, done.stderr) == (0, "")
    assert checkout.calls("apt-get") == checkout.calls("npm") == []
    assert all("--version" in call for call in checkout.calls("python"))


@pytest.mark.parametrize("program", ["pip", "npm", "apt"])
def test_what_was_interrupted_is_begun_anew(checkout: Checkout, program: str) -> None:
    if program == "apt":
        checkout.has_packages(set())
    checkout.fails_once(program)
    assert checkout.set_up().returncode != 0
    assert not (checkout.folder / ".set-up/run").exists()
    (checkout.folder / "half-made").touch()
    if program == "pip":
        assert (checkout.folder / ".venv/half").exists()
        (checkout.folder / ".venv/rubbish").touch()
    (checkout.state / "fail-apt").unlink(missing_ok=True)
    assert checkout.set_up().returncode == 0
    assert checkout.is_whole()
    assert not (checkout.folder / ".venv/rubbish").exists()
    assert not (checkout.folder / "web/browser/half").exists()
    assert not (checkout.folder / "web/browser.new").exists()


def test_a_new_lock_file_is_installed(checkout: Checkout) -> None:
    checkout.set_up()
    lock = checkout.folder / "packaging/requirements.lock"
    lock.write_text(lock.read_text() + "# another\n")
    assert checkout.set_up().returncode == 0
    assert any("--require-hashes" in call for call in checkout.calls("python"))
    assert (checkout.folder / ".venv/.locked").read_text() == lock.read_text()


def test_a_venv_that_was_moved_or_lost_its_python_is_made_again(checkout: Checkout) -> None:
    checkout.set_up()
    moved = checkout.folder.with_name("moved")
    checkout.folder.rename(moved)
    checkout.folder = moved
    assert checkout.set_up().returncode == 0
    assert any("-m venv .venv" in call for call in checkout.calls("python"))
    (moved / ".venv/bin/python").unlink()
    assert checkout.set_up().returncode == 0
    assert any("-m venv .venv" in call for call in checkout.calls("python"))
    assert checkout.is_whole()


def test_only_what_is_missing_is_asked_of_apt(checkout: Checkout) -> None:
    renamed = {f"{name}t64" if name == "libcups2" else name for name in checkout.listed("run")}
    checkout.has_packages(renamed - {"libegl1"})
    assert checkout.set_up().returncode == 0
    assert checkout.calls("apt-get install")[0].split()[-1] == "libegl1"
    assert len([word for word in checkout.calls("apt-get install")[0].split() if word.startswith("lib")]) == 1


def test_without_the_right_to_install_the_exact_line_is_printed_once_for_all(checkout: Checkout) -> None:
    checkout.is_root(root=False)
    checkout.has_packages((checkout.listed("run") | checkout.listed("test")) - {"libegl1", "chromium"})
    done = checkout.set_up("test")
    assert done.returncode == 1
    line = done.stderr.splitlines()[-1].strip()
    assert line == "apt-get update && apt-get install -y --no-install-recommends libegl1 chromium"
    assert checkout.calls("apt-get") == []
    assert not (checkout.folder / ".venv").exists()


def test_when_apt_fails_the_line_is_printed_too(checkout: Checkout) -> None:
    checkout.has_packages((checkout.listed("run")) - {"libegl1"})
    checkout.fails_once("apt")
    done = checkout.set_up()
    assert done.returncode == 1
    assert "apt-get install -y --no-install-recommends libegl1" in done.stderr


def test_a_word_it_does_not_know_is_refused(checkout: Checkout) -> None:
    done = checkout.set_up("everything")
    assert done.returncode == 2
    assert "set-up.sh run" in done.stderr
    assert checkout.told.read_text() == ""
