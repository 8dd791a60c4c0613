"""The arrows of the house go one way: import-linter holds the contracts of pyproject.toml."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]


def lint_imports(folder, *options):
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_contracts_hold():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "0 broken" in done.stdout


def test_a_broken_arrow_is_noticed(tmp_path):
    """The contracts are no empty ceremony: one wrong import in a copy of the package breaks them."""
    for path in (ROOT / "src" / "ciberaula").rglob("*.py"):
        copy = tmp_path / "ciberaula" / path.relative_to(ROOT / "src" / "ciberaula")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    wrong = tmp_path / "ciberaula" / "curriculum" / "plan.py"
    wrong.write_text(wrong.read_text() + "\nfrom ciberaula import progress  # noqa\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    assert "ciberaula.curriculum.plan -> ciberaula.progress" in done.stdout


def test_a_name_for_a_text_is_given_in_one_place():
    """Two modules that each say what the local person is called would part ways at the first change."""
    given = Counter(
        (statement.targets[0].id, statement.value.value)
        for path in (ROOT / "src" / "ciberaula").rglob("*.py")
        for statement in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
    assert ("LOCAL_STUDENT", "participante") in given
    assert [name for name, times in given.items() if times > 1] == []
