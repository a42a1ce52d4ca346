"""Lists every line of the FAQ (R) and decision (D) with the tests that prove it; fails when one has none.

Rules that belong to a later issue stand in docs/rules-later.md with the reason; that list may only shrink.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RULES = [f"R{n}" for n in range(1, 80)] + [f"D{n}" for n in range(1, 33)]


def main() -> int:
    """Print the list; return 1 when a rule has neither a test nor a stated reason."""
    proofs: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name, rules in marked(ast.parse(path.read_text(encoding="utf-8"))):
            for rule in rules:
                proofs[rule].append(f"{path.relative_to(ROOT)}::{name}")
    later = dict(
        re.findall(
            r"^- (\w+): (.+)$", (ROOT / "docs/rules-later.md").read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    bare = []
    for rule in RULES:
        if rule in proofs:
            count = len(proofs[rule])
            print(f"{rule:4} {count} {'test' if count == 1 else 'tests'}, as {proofs[rule][0]}")
        elif rule in later:
            print(f"{rule:4} later: {later[rule]}")
        else:
            print(f"{rule:4} NO TEST")
            bare.append(rule)
    unknown = sorted((set(proofs) | set(later)) - set(RULES))
    stale = sorted(rule for rule in later if rule in proofs)
    for text, names in (
        ("without a test", bare),
        ("unknown rule names", unknown),
        ("listed as later, though proved", stale),
    ):
        if names:
            print(f"{text}: {', '.join(names)}", file=sys.stderr)
    return 1 if bare or unknown or stale else 0


def marked(tree: ast.AST) -> Iterator[tuple[str, list[str]]]:
    """Go over the tests in a module with the rules that mark them, or that mark their class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            is_test = node.name.startswith("Test") and any(map(_is_test, node.body))
        else:
            is_test = _is_test(node)
        if not is_test:
            continue
        assert isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        rules = [
            argument.value
            for decorator in node.decorator_list
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.rule"
            for argument in decorator.args
            if isinstance(argument, ast.Constant)
        ]
        if rules:
            yield node.name, [str(rule) for rule in rules]


def _is_test(node: ast.AST) -> bool:
    """Tell whether this is a test that runs: a skipped one proves nothing."""
    return (
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not any(
            ast.unparse(decorator).startswith("pytest.mark.skip") for decorator in node.decorator_list
        )
    )


if __name__ == "__main__":
    sys.exit(main())
