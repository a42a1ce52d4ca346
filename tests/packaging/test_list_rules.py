"""The list of rules finds every rule without a test, and is not fooled."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
ALL = [*(f"R{n}" for n in range(1, 80)), *(f"D{n}" for n in range(1, 33))]


class Tree:
    """A project of its own whose one test proves every rule."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "packaging").mkdir()
        shutil.copy(ROOT / "packaging/list_rules.py", folder / "packaging")
        self.later("")
        self.test("all", "\n".join(marked(f"test_{rule.lower()}", rule) for rule in ALL))

    def test(self, name: str, text: str) -> None:
        path = self.folder / "tests" / "app" / f"test_{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"import pytest\n\n{text}\n")

    def without(self, *rules: str) -> None:
        kept = [rule for rule in ALL if rule not in rules]
        self.test("all", "\n".join(marked(f"test_{rule.lower()}", rule) for rule in kept))

    def later(self, text: str) -> None:
        (self.folder / "docs").mkdir(exist_ok=True)
        (self.folder / "docs" / "rules-later.md").write_text(f"# Later\n\n{text}\n")

    def list(self) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "packaging/list_rules.py"],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return done.returncode, done.stdout + done.stderr


def marked(name: str, *rules: str, kind: str = "def") -> str:
    names = ", ".join(f'"{rule}"' for rule in rules)
    return f"@pytest.mark.rule({names})\n{kind} {name}():\n    pass\n"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_a_tree_that_proves_all_rules_is_well(tree: Tree) -> None:
    status, said = tree.list()
    assert status == 0
    assert said.splitlines()[0] == "R1   1 test, as tests/app/test_all.py::test_r1"
    assert len(said.splitlines()) == len(ALL)


def test_a_rule_without_a_test_is_named(tree: Tree) -> None:
    tree.without("R29", "D9")
    status, said = tree.list()
    assert status == 1
    assert "without a test: R29, D9" in said


def test_a_rule_for_later_needs_a_reason(tree: Tree) -> None:
    tree.without("D22")
    tree.later("- D22")
    assert tree.list()[0] == 1
    tree.later("- D22: the phone's own issue")
    status, said = tree.list()
    assert status == 0
    assert "D22  later: the phone's own issue" in said


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("- R1: proved already", "listed as later, though proved: R1"),
        ("- R99: no such", "unknown rule names: R99"),
    ],
)
def test_the_list_for_later_holds_only_what_it_must(tree: Tree, line: str, named: str) -> None:
    tree.later(line)
    status, said = tree.list()
    assert status == 1
    assert named in said


def test_a_mark_that_names_no_rule_is_found(tree: Tree) -> None:
    tree.test("more", marked("test_it", "R80"))
    status, said = tree.list()
    assert status == 1
    assert "unknown rule names: R80" in said


@pytest.mark.parametrize(
    "text",
    [
        marked("helper", "R29"),
        '# @pytest.mark.rule("R29")\ndef test_it():\n    pass',
        '"""pytest.mark.rule("R29")"""',
        "@pytest.mark.skip\n" + marked("test_it", "R29"),
        '@pytest.mark.rule("R29")\nclass TestNothing:\n    pass',
    ],
    ids=["a helper", "a comment", "a docstring", "a skipped test", "a class without tests"],
)
def test_what_is_no_test_proves_nothing(tree: Tree, text: str) -> None:
    tree.without("R29")
    tree.test("more", text)
    status, said = tree.list()
    assert status == 1
    assert "without a test: R29" in said


@pytest.mark.parametrize(
    "text",
    [
        marked("test_it", "D1", "R29"),
        '@pytest.mark.rule("R29")\nclass TestIt:\n    def test_it(self):\n        pass',
        "class TestIt:\n    " + marked("test_it", "R29").replace("\n", "\n    "),
        marked("test_it", "R29", kind="async def"),
        '@pytest.mark.parametrize("x", [1])\n' + marked("test_it", "R29"),
    ],
    ids=["several", "a class", "a method", "async", "parametrised"],
)
def test_every_way_of_marking_a_test_counts(tree: Tree, text: str) -> None:
    tree.without("R29")
    tree.test("more", text)
    status, said = tree.list()
    assert "R29  1 test" in said
    assert status == 0


def test_the_projects_own_marks_name_real_rules() -> None:
    done = subprocess.run(
        [sys.executable, "packaging/list_rules.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "unknown rule names" not in done.stderr
