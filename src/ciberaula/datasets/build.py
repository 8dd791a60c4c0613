"""Making a data set: portion by portion, in constant memory, so that an interrupted build goes on where it was.

What is being made lies in a hidden folder beside its place, with a state file that says how far each table is good; a
table that was written further (the machine went down) is cut back to that. Only a whole set takes its name.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ciberaula.datasets.card_page import card
from ciberaula.datasets.croissant import croissant
from ciberaula.datasets.package import Written, datapackage
from ciberaula.datasets.spec import DataSet, Recipe, Table
from ciberaula.datasets.writing import header, lines, to_parquet, to_sqlite
from ciberaula.errors import UserError
from ciberaula.files import cause, write_atomic
from ciberaula.i18n import _

Form = Literal["csv", "parquet"]
Progress = Callable[[int, int], None]
"""(units done, units in all), told after each portion."""

PACKAGE_FILE, CROISSANT_FILE, CARD_FILE = "datapackage.json", "croissant.json", "README.md"
_STATE, _KEYS = "estado.json", "claves"
_PUBLISHED = 2026
_MAKERS = 2
_READ_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Built:
    """A finished set: its ``folder``, rows by table, whether it was gone on with, and where the keys are (if kept)."""

    folder: Path
    rows: Mapping[str, int]
    resumed: bool
    keys: Path | None


class _Made(NamedTuple):
    """What a portion adds to a file: CSV lines, and how many rows they are."""

    file: str
    data: bytes
    rows: int


@dataclass(slots=True)
class _State:
    """How far a build is: units done, and bytes and rows of each file that are good."""

    plan: dict[str, Any]
    done: int
    sizes: dict[str, int]
    rows: dict[str, int]


def build(
    dataset: DataSet,
    recipe: Recipe,
    out: Path,
    *,
    keys: Path | None = None,
    form: Form = "csv",
    sqlite: bool = True,
    progress: Progress = lambda _done, _all: None,
) -> Built:
    """Make the set in ``out/<name>`` and return what was made; ``keys``: the folder for the instructor's tables.

    ``sqlite``: with an SQLite file beside the CSV, for the sets that have one (it takes longer than all the rest).

    The same call again goes on with an interrupted one. An earlier set of the same name is replaced at the end, in one
    step. Raises ``UserError`` where the folder can't be written or is something else, and then leaves no part behind.
    """
    dataset.check_rows(recipe.rows)
    target = out / dataset.name
    _check_place(dataset, target)
    work = out / f".{dataset.name}.en-curso"
    _check_keys(keys, target, work)
    try:
        work.mkdir(parents=True, exist_ok=True)
        with _alone(work):
            try:
                if keys is not None:
                    keys.mkdir(parents=True, exist_ok=True)
                return _build(dataset, recipe, target, work, keys, form, sqlite and dataset.sqlite, progress)
            except (OSError, UserError):
                shutil.rmtree(work, ignore_errors=True)
                raise
    except OSError as error:
        raise UserError(
            _("No se pudo generar «{name}» en {folder}: {reason}. No quedó nada a medias.").format(
                name=dataset.name, folder=out, reason=cause(error)
            )
        ) from error


def _build(
    dataset: DataSet,
    recipe: Recipe,
    target: Path,
    work: Path,
    keys: Path | None,
    form: Form,
    sqlite: bool,
    progress: Progress,
) -> Built:
    state, resumed = _begin(dataset, recipe, work, form)
    progress(state.done, recipe.rows)
    for last, made in _portions(dataset, recipe, state.done):
        _append(work, state, made)
        state.done = last
        _keep(work, state)
        progress(last, recipe.rows)
    files = _finish(dataset, recipe, work, state, form, sqlite)
    _hand_over_keys(dataset, work, keys)
    (work / _STATE).unlink()
    _swap(work, target)
    return Built(
        target, {file.table: file.rows for file in files if file.table}, resumed, keys if dataset.keys else None
    )


def _begin(dataset: DataSet, recipe: Recipe, work: Path, form: Form) -> tuple[_State, bool]:
    """The state of an interrupted build of the very same set, or a new one."""
    plan = {
        **{name: value for name, value in asdict(recipe).items() if name != "bank"},
        "form": form,
        "portion": dataset.portion,
        "columns": _fingerprint(dataset),
    }
    found = _read_state(work)
    if found is not None and found.plan == plan:
        for name, size in found.sizes.items():
            os.truncate(work / name, size)
        _clear(work, {_LOCK, _STATE, _KEYS, *found.sizes})
        return found, found.done > 0
    _clear(work, {_LOCK})
    (work / _KEYS).mkdir()
    state = _State(plan, 0, {}, {})
    for name, table in _files(dataset).items():
        first = header(table)
        (work / name).write_bytes(first)
        state.sizes[name], state.rows[name] = len(first), 0
    _keep(work, state)
    return state, False


def _clear(work: Path, keep: Collection[str]) -> None:
    """Everything but ``keep`` goes: what was half written when the build was killed would become part of the set."""
    for path in work.iterdir():
        if path.name not in keep:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _read_state(work: Path) -> _State | None:
    """``None`` where there is none, or none that can be trusted."""
    try:
        state = _State(**json.loads((work / _STATE).read_text(encoding="utf-8")))
        enough = all((work / name).stat().st_size >= size for name, size in state.sizes.items())
    except (OSError, ValueError, TypeError):
        return None
    return state if enough else None


def _files(dataset: DataSet) -> dict[str, Table]:
    """File within the work folder -> its table: the data, and the keys apart."""
    return {f"{table.name}.csv": table for table in dataset.tables} | {
        f"{_KEYS}/{table.name}.csv": table for table in dataset.keys
    }


def _fingerprint(dataset: DataSet) -> str:
    names = [(name, [column.name for column in table.columns]) for name, table in _files(dataset).items()]
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]


def _portions(dataset: DataSet, recipe: Recipe, done: int) -> Iterator[tuple[int, list[_Made]]]:
    """(last unit, what each file gets) of the portions after ``done``, in order.

    The next ones are made while one is written: NumPy and Arrow work outside Python's lock.
    """
    ends = range(done + dataset.portion, recipe.rows + dataset.portion, dataset.portion)
    bounds = deque((last - dataset.portion + 1, min(last, recipe.rows)) for last in ends)
    waiting: deque[tuple[int, Future[list[_Made]]]] = deque()
    with ThreadPoolExecutor(_MAKERS) as pool:
        try:
            while bounds or waiting:
                while bounds and len(waiting) <= _MAKERS:
                    first, last = bounds.popleft()
                    waiting.append((last, pool.submit(_portion, dataset, recipe, first, last)))
                last, future = waiting.popleft()
                yield last, future.result()
        finally:  # stopped: what nobody waits for any more need not be begun
            pool.shutdown(wait=False, cancel_futures=True)


def _portion(dataset: DataSet, recipe: Recipe, first: int, last: int) -> list[_Made]:
    made = dataset.make(recipe, first, last)
    return [
        _Made(name, lines(table, values), len(next(iter(values.values()))))
        for name, table in _files(dataset).items()
        if (values := made.get(table.name)) is not None
    ]


def _append(work: Path, state: _State, made: Iterable[_Made]) -> None:
    for one in made:
        with (work / one.file).open("ab") as stream:
            stream.write(one.data)
            stream.flush()
            os.fsync(stream.fileno())
        state.sizes[one.file] += len(one.data)
        state.rows[one.file] += one.rows


def _keep(work: Path, state: _State) -> None:
    write_atomic(work / _STATE, json.dumps(asdict(state)).encode())


def _finish(dataset: DataSet, recipe: Recipe, work: Path, state: _State, form: Form, sqlite: bool) -> list[Written]:
    """Turn the tables into the form wanted and describe them."""
    files: dict[str, Written] = {}
    for table in dataset.tables:
        path = work / f"{table.name}.csv"
        if form == "parquet":
            to_parquet(table, path, path.with_suffix(".parquet"))
            path.unlink()
            path = path.with_suffix(".parquet")
        files[table.name] = _written(path, table.name, state.rows[f"{table.name}.csv"])
    package = datapackage(dataset, recipe, files)
    if sqlite and form == "csv":
        base = work / f"{dataset.name}.sqlite"
        to_sqlite(dataset.tables, work, base)
        files[base.name] = _written(base, None, 0)
    write_atomic(work / PACKAGE_FILE, _json(package))
    write_atomic(work / CROISSANT_FILE, _json(croissant(dataset, recipe, files, year=_PUBLISHED)))
    write_atomic(work / CARD_FILE, card(dataset, recipe).encode())
    return list(files.values())


def _written(path: Path, table: str | None, rows: int) -> Written:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while part := stream.read(_READ_BYTES):
            digest.update(part)
    return Written(path.name, table, rows, path.stat().st_size, digest.hexdigest())


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _hand_over_keys(dataset: DataSet, work: Path, keys: Path | None) -> None:
    """Each key table to the instructor's folder, whole; or to nowhere, where nobody said which."""
    for table in dataset.keys if keys is not None else ():
        assert keys is not None  # noqa: S101 -- the line above; mypy does not see it
        aside = keys / f".{table.name}.csv.tmp"
        try:
            shutil.copyfile(work / _KEYS / f"{table.name}.csv", aside)
            aside.replace(keys / f"{table.name}.csv")
        except OSError:
            aside.unlink(missing_ok=True)
            raise
    shutil.rmtree(work / _KEYS)


def _check_place(dataset: DataSet, target: Path) -> None:
    """Is the set's place free, or taken by an earlier one of its kind?"""
    aside = _aside(target)
    if aside.exists() and not target.exists():  # the machine went down between the two renames
        aside.rename(target)
    if not target.exists() and not target.is_symlink():
        return
    try:
        found = json.loads((target / PACKAGE_FILE).read_text(encoding="utf-8"))
        ours = found.get("generator") == dataset.generator
    except (OSError, ValueError, AttributeError):
        ours = target.is_dir() and not target.is_symlink() and not any(target.iterdir())
    if not ours:
        raise UserError(
            _("{folder} ya existe y no es el conjunto «{name}»: elija otra carpeta con --out, o muévala.").format(
                folder=target, name=dataset.name
            )
        )


def _check_keys(keys: Path | None, target: Path, work: Path) -> None:
    """Keys beside the data would be handed out with it, and go when the finished set takes its name."""
    if keys is None:
        return
    place = keys.resolve()
    if any(place.is_relative_to(folder.resolve()) for folder in (target, work)):
        raise UserError(
            _("Las claves no pueden ir junto a los datos, en {folder}: indique otra carpeta con --keys.").format(
                folder=target
            )
        )


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.anterior")


def _swap(work: Path, target: Path) -> None:
    """Give the finished folder its name; the earlier set goes only then."""
    (work / _LOCK).unlink(missing_ok=True)
    aside = _aside(target)
    shutil.rmtree(aside, ignore_errors=True)
    if target.exists():
        target.rename(aside)
    work.rename(target)
    shutil.rmtree(aside, ignore_errors=True)


_LOCK = "candado"


@contextlib.contextmanager
def _alone(work: Path) -> Iterator[None]:
    """Only one build at a time in that folder. The system lets go of the lock where a build is killed."""
    try:
        import fcntl
    except ImportError:  # Windows: nobody to keep apart but oneself
        yield
        return
    with (work / _LOCK).open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(
                _("Otra orden está generando ese conjunto en {folder}: espere a que termine.").format(
                    folder=work.parent
                )
            ) from error
        yield
