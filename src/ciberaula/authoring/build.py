"""Build every derived file of the course, or tell which of them are stale."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from nbformat import NotebookNode

from ciberaula.authoring import release
from ciberaula.authoring.notebooks import read_source, sources, to_bytes
from ciberaula.authoring.running import run
from ciberaula.errors import UserError
from ciberaula.files import write_atomic
from ciberaula.i18n import _

COMMAND = "make notebooks"
# Folders whose notebooks are built one by one from the .md beside them; exercises/ is derived as a whole.
_BESIDE = ("modules", "solutions", "grading")
_DERIVED_WHOLE = "exercises"
# Notebooks that run at the same time: more would not fit in the memory of a weak machine.
_AT_ONCE = 2


@dataclass(frozen=True)
class Difference:
    """One derived file that is not what its source makes: ``why`` is missing, stale or extra."""

    path: PurePosixPath
    why: str

    def __str__(self) -> str:
        return {
            "missing": _("{path}: falta; ejecute «{command}»."),
            "stale": _("{path}: no corresponde a su fuente; ejecute «{command}»."),
            "extra": _("{path}: no sale de ninguna fuente; ejecute «{command}» para quitarlo."),
            "orphan": _(
                "{path}: no tiene fuente .md a su lado; créela con «jupytext --to md:myst {path}» o borre el cuaderno."
            ),
        }[self.why].format(path=self.path, command=COMMAND)


Derived = dict[PurePosixPath, bytes]


def derive(course: Path) -> Derived:
    """Every derived file (path in the course -> bytes), made in a temporary folder. Raises ``UserError``."""
    made: Derived = {}
    with TemporaryDirectory(prefix="ciberaula-tareas-") as name:
        staging = Path(name).resolve()
        _stage_what_runs_need(course, staging)
        pages = [*sources(course / "modules"), *sources(course / "grading")]
        # Each notebook runs in a kernel of its own, so that one waits while another works.
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for source, page in zip(pages, pool.map(partial(_page, course), pages), strict=True):
                made[_target(course, source)] = to_bytes(page)
        for source in sources(course / "solutions"):
            target = _target(course, source)
            made[target] = to_bytes(read_source(source, _name(course, source)))
            (staging / target).parent.mkdir(parents=True, exist_ok=True)
            (staging / target).write_bytes(made[target])
        if any((staging / "solutions").glob("*/*.ipynb")):
            release.generate(course, staging)
        for path in sorted(staging.glob(f"{_DERIVED_WHOLE}/**/*")):
            if path.is_file():
                made[PurePosixPath(path.relative_to(staging).as_posix())] = path.read_bytes()
    return made


def _page(course: Path, source: Path) -> NotebookNode:
    """A notebook of modules/ or grading/: with its outputs inside a module, where they are the same for everybody.

    Ways in and dashboards show whoever opens them something of their own, and stay without.
    """
    notebook = read_source(source, _name(course, source))
    if source.parent.parent != course / "modules":
        return notebook
    return run(notebook, course, source.parent, _name(course, source))


def _stage_what_runs_need(course: Path, staging: Path) -> None:
    (staging / "modules").mkdir()
    (staging / "solutions").mkdir()
    for plan in (course / "modules").glob("*.yml"):
        shutil.copy(plan, staging / "modules")
    if (course / "datasets").is_dir():
        (staging / "datasets").symlink_to(course / "datasets")
    for folder in sorted((course / "solutions").glob("*/")):
        ignored = shutil.ignore_patterns(
            "*.ipynb", ".*", "__pycache__", "respuestas.json*", "registro.jsonl", "mis-documentos"
        )
        shutil.copytree(folder, staging / "solutions" / folder.name, ignore=ignored)


def _target(course: Path, source: Path) -> PurePosixPath:
    return PurePosixPath(source.relative_to(course).with_suffix(".ipynb").as_posix())


def _name(course: Path, path: Path) -> str:
    return path.relative_to(course).as_posix()


def _present(course: Path) -> set[PurePosixPath]:
    """Derived files that the checkout holds; hidden ones (checkpoints) do not count."""
    found = [path for folder in _BESIDE for path in (course / folder).rglob("*.ipynb")]
    found += [path for path in (course / _DERIVED_WHOLE).rglob("*") if path.is_file()]
    names = {PurePosixPath(path.relative_to(course).as_posix()) for path in found}
    return {name for name in names if not any(part.startswith(".") for part in name.parts)}


def compare(course: Path, made: Derived) -> list[Difference]:
    """How the checkout differs from what its sources make, in order of path."""
    present = _present(course)
    differences = []
    for path in sorted(present.union(made)):
        if path not in made:
            differences.append(Difference(path, "extra" if path.parts[0] == _DERIVED_WHOLE else "orphan"))
        elif path not in present:
            differences.append(Difference(path, "missing"))
        elif (course / path).read_bytes() != made[path]:
            differences.append(Difference(path, "stale"))
    return differences


def build(course: Path) -> list[Difference]:
    """Write what differs and remove what exercises/ should not hold; returns what was done.

    Raises ``UserError``, before writing, for a notebook that has no source: removing it could lose an author's work.
    """
    made = derive(course)
    differences = compare(course, made)
    orphans = [str(one) for one in differences if one.why == "orphan"]
    if orphans:
        raise UserError("\n".join(orphans))
    for one in differences:
        target = course / one.path
        if one.why == "extra":
            target.unlink()
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(target, made[one.path])
    return differences
