"""What happens in a worker: an order is graded with the paths and the gradebook that came with it."""

import asyncio
import contextlib
import hashlib
import logging
import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from distributed.diagnostics.plugin import WorkerPlugin

import ciberaula
from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.grading import cluster_folder
from ciberaula.grading.checks import plain_errors
from ciberaula.grading.cluster import Work
from ciberaula.grading.config import course_config, gradebook_url
from ciberaula.grading.engine import Order
from ciberaula.grading.outcomes import Graded
from ciberaula.grading.trusted import scoring_batch
from ciberaula.i18n import _
from ciberaula.paths import course_root, datasets, environment, home

SILENT = logging.CRITICAL + 1
_NOISY = (
    *("distributed", "distributed.client", "distributed.worker", "distributed.nanny", "distributed.scheduler"),
    *("tornado.application", "asyncio"),
)

_CONNECT_SECONDS = 5
_BUSY_SECONDS = 120.0
# Clocks that nobody sets drift by seconds; one that is further off is wrong.
_CLOCK_SECONDS = 300

# One order at a time in a process: the environment and the scoring kernel are the process's.
_turn = threading.Lock()


@dataclass(frozen=True)
class Sight:
    """What a process sees of what every grader must share, as digests that can be compared and tell nothing."""

    machine: str
    account: int
    code: str
    store: str
    course: str
    gradebook: str


@dataclass(frozen=True)
class Place:
    """Where an order is graded: ``variables`` of the environment, and what must be seen with them (None: no need to look).

    ``variables`` may hold the database's password: Dask logs what failed by its ``repr``.

    ``imposed``: over what the worker's own environment says. A worker on another machine may have the course elsewhere,
    and then its own ``CIBERAULA_…`` variables are the right ones.
    """

    variables: tuple[tuple[str, str], ...] = field(repr=False)
    imposed: bool
    token: str = ""
    assignments: tuple[str, ...] = ()
    sight: Sight | None = None

    def values(self) -> dict[str, str]:
        """The variables to set in this process."""
        return {name: value for name, value in self.variables if self.imposed or name not in os.environ}


@dataclass(frozen=True)
class Errand:
    """An order, where it is graded, and the function that grades it."""

    place: Place
    order: Order
    work: Work


def do(errand: Errand) -> list[Graded]:
    """Grade an order in this process. ``UserError`` where this process sees another store, course, code or gradebook."""
    with _turn, environment(**errand.place.values()):
        if errand.place.sight is not None:
            _must_see(errand.place)
        try:
            # nbgrader's own connections say in English what is wrong with all, and it is no fault of these submissions.
            with plain_errors(gradebook_url()):
                return errand.work(errand.order)
        except UserError as error:
            if errand.place.sight is None:
                raise
            raise UserError(_("En {worker}: {told}").format(worker=socket.gethostname(), told=error)) from error


class Ready(WorkerPlugin):
    """Keeps a worker's scoring kernel between orders, and ends it with the pool."""

    def __init__(self, name: str, *, quiet: bool) -> None:
        self.name = name
        self._quiet = quiet

    def setup(self, worker: Any) -> None:
        """Called once in each worker, also in those that come later."""
        if self._quiet:
            be_quiet()
        self._open = contextlib.ExitStack()
        self._open.enter_context(scoring_batch())

    def teardown(self, worker: Any) -> None:
        """Called when the worker ends in an orderly way, or the pool leaves it."""
        self._open.close()


@contextmanager
def quiet() -> Iterator[None]:
    """For the while, silence Dask's own log: what an instructor should know of a lost worker is told by the pool."""
    before = {name: logging.getLogger(name).level for name in _NOISY}
    try:
        be_quiet()
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def be_quiet() -> None:
    """Silence Dask's own log in this process."""
    for name in _NOISY:
        logging.getLogger(name).setLevel(SILENT)


def look(place: Place) -> Sight:
    """What this process sees from ``place``. Raises ``UserError`` where something is not there at all."""
    with environment(**place.values()):
        db_url = str(course_config().CourseDirectory.db_url)
        folder = home() / cluster_folder.FOLDER / place.token
        store = _digest([folder / cluster_folder.TOKEN])
        _must_write(folder)
        return Sight(
            machine=_machine(),
            account=_account(),
            code=_code(),
            store=store,
            course=_course(place.assignments),
            gradebook=_gradebook(db_url, place.assignments),
        )


async def look_in_turn(place: Place) -> Sight:
    """``look`` in a worker that may be grading for another pool, whose environment it would otherwise see."""

    def look_when_free() -> Sight:
        if not _turn.acquire(timeout=_BUSY_SECONDS):
            raise UserError(_("está ocupada con otra calificación: espere a que termine y repita la orden"))
        try:
            return look(place)
        finally:
            _turn.release()

    return await asyncio.to_thread(look_when_free)


def difference(expected: Sight, seen: Sight, db_url: str) -> str | None:
    """What a worker sees otherwise than the command does, and what to do: a Spanish phrase, or None."""
    if seen.code != expected.code:
        return _("tiene otra versión de ciberaula: instale la misma y arranque allí «dask worker» otra vez")
    if seen.account != expected.account:  # what one wrote, the other could not put in its place
        return _("corre con otra cuenta del sistema: arranque allí «dask worker» con la misma que esta orden")
    if seen.store != expected.store:
        return _("no ve la misma carpeta de entregas: monte la misma e indíquela en CIBERAULA_HOME")
    if seen.course != expected.course:
        return _(
            "ve otro curso (tareas, plan, rúbricas o datos publicados): monte el mismo e indíquelo en CIBERAULA_COURSE"
        )
    if db_url.startswith("sqlite") and seen.machine != expected.machine:
        return _("está en otra máquina y SQLite no lo permite: use PostgreSQL, indicado en CIBERAULA_DB_URL")
    if seen.gradebook != expected.gradebook:
        return _("usa otro libro de calificaciones: indique el mismo en CIBERAULA_DB_URL")
    return None


def _must_see(place: Place) -> None:
    told = _checked(place)
    if told:
        raise UserError(
            _("Una máquina del planificador ({worker}) {what}.").format(worker=socket.gethostname(), what=told)
        )


@lru_cache(maxsize=4)
def _checked(place: Place) -> str | None:
    """Once for each pool: a worker may join when the others were looked at already."""
    assert place.sight is not None  # noqa: S101 - for the type checker
    return difference(place.sight, look(place), str(course_config().CourseDirectory.db_url))


def _account() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _must_write(folder: Path) -> None:
    """Raise ``UserError`` where the run's folder is there and this process cannot write in it."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except FileNotFoundError:
        return  # another store altogether, which is told by its digest
    except OSError as error:
        if _account() == 0 or os.access(folder, os.R_OK | os.X_OK):
            raise UserError(
                _("no puede escribir en {folder} ({cause}): monte allí la carpeta con permiso de escritura").format(
                    folder=home(), cause=cause(error)
                )
            ) from error


@cache
def _code() -> str:
    """Of this package as it was when this process first asked: what is installed later does not run in it."""
    return _digest(sorted(Path(ciberaula.__file__).parent.rglob("*.py")))


def _course(assignments: Iterable[str]) -> str:
    """Of what grading reads of the course: the assignments and their rubrics, the plan, and which data it has."""
    root, data = course_root(), datasets()
    folders = [root / step / name for name in assignments for step in ("solutions", "exercises")]
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    files += [root / "grading" / "rubrics" / f"{name}.yml" for name in assignments]
    files.append(root / "modules" / "curriculum.yml")
    sizes = [(str(path.relative_to(data)), path.stat().st_size) for path in sorted(data.rglob("*")) if path.is_file()]
    return _digest(files) + hashlib.sha256(repr(sizes).encode()).hexdigest()


def _digest(paths: Iterable[Path]) -> str:
    """Of the names and contents of files; a missing one counts as missing."""
    made = hashlib.sha256()
    for path in paths:
        made.update(path.name.encode() + b"\0")
        with contextlib.suppress(OSError):
            made.update(hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()


def _gradebook(db_url: str, assignments: tuple[str, ...]) -> str:
    """Of nbgrader's ids of the assignments: random, so no two gradebooks have the same. Makes no gradebook where none is."""
    url = sa.make_url(db_url)
    file = url.get_backend_name() == "sqlite"
    if file and not Path(url.database or "").is_file():
        return ""
    table = sa.table("assignment", sa.column("id"), sa.column("name"))
    query = sa.select(table.c.id).where(table.c.name.in_(assignments)).order_by(table.c.id)
    patience = {} if file else {"connect_timeout": _CONNECT_SECONDS}
    try:
        with sa.create_engine(url, poolclass=sa.NullPool, connect_args=patience).connect() as connection:
            if not file:
                _must_agree_on_time(connection)
            ids = connection.execute(query).scalars().all()
    except sa.exc.ProgrammingError:
        return ""  # a database without a gradebook in it
    except (sa.exc.SQLAlchemyError, ModuleNotFoundError) as error:
        raise UserError(
            _("no puede usar el libro de calificaciones ({error}): revise CIBERAULA_DB_URL").format(
                error=type(error).__name__
            )
        ) from error
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()


def _must_agree_on_time(connection: sa.Connection) -> None:
    """Raise ``UserError`` where this machine's clock is far from the server's: which grade came last would be lost."""
    ahead = time.time() - float(
        connection.execute(sa.text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
    )
    if abs(ahead) > _CLOCK_SECONDS:
        words = (
            _("tiene el reloj {minutes} min adelantado") if ahead > 0 else _("tiene el reloj {minutes} min atrasado")
        )
        told = words.format(minutes=round(abs(ahead) / 60))
        raise UserError(_("{told}, según el servidor del libro de calificaciones: póngalo en hora").format(told=told))


def _machine() -> str:
    """The same in all containers of one running system, which share what SQLite needs: locks and memory."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    return boot.read_text().strip() if boot.is_file() else socket.gethostname()
