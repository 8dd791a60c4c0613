"""What happens in a worker: an order is graded with the paths and the gradebook that came with it."""

import contextlib
import hashlib
import logging
import os
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from distributed.diagnostics.plugin import WorkerPlugin

from ciberaula.errors import UserError
from ciberaula.grading import cluster_folder
from ciberaula.grading.cluster import Work
from ciberaula.grading.config import course_config
from ciberaula.grading.engine import Order
from ciberaula.grading.outcomes import Graded
from ciberaula.grading.trusted import scoring_batch
from ciberaula.i18n import _
from ciberaula.paths import course_root, environment, home

SILENT = logging.CRITICAL + 1
_NOISY = (
    *("distributed", "distributed.client", "distributed.worker", "distributed.nanny", "distributed.scheduler"),
    *("tornado.application", "asyncio"),
)

_CONNECT_SECONDS = 5

# One order at a time in a process: the environment and the scoring kernel are the process's.
_turn = threading.Lock()


@dataclass(frozen=True)
class Sight:
    """What a process sees of what every grader must share, as digests that can be compared and tell nothing."""

    machine: str
    code: str
    store: str
    course: str
    gradebook: str


@dataclass(frozen=True)
class Place:
    """Where an order is graded: ``variables`` of the environment, and what must be seen with them (None: no need to look).

    ``imposed``: over what the worker's own environment says. A worker on another machine may have the course elsewhere,
    and then its own ``CIBERAULA_…`` variables are the right ones.
    """

    variables: tuple[tuple[str, str], ...]
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
        return errand.work(errand.order)


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
        config = course_config()
        seen = home() / cluster_folder.FOLDER / place.token
        store = _digest([seen / "token"])
        root = course_root()
        folders = [root / step / name for name in place.assignments for step in ("solutions", "exercises")]
        course = _digest(path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())
        package = Path(__file__).parent
        return Sight(
            machine=_machine(),
            code=_digest(sorted(package.rglob("*.py"))),
            store=store,
            course=course,
            gradebook=_gradebook(str(config.CourseDirectory.db_url), place.assignments),
        )


def difference(expected: Sight, seen: Sight, db_url: str) -> str | None:
    """What a worker sees otherwise than the command does, and what to do: a Spanish phrase, or None."""
    if seen.code != expected.code:
        return _("tiene otra versión de ciberaula: instale la misma")
    if seen.store != expected.store:
        return _("no ve la misma carpeta de entregas: monte la misma e indíquela en CIBERAULA_HOME")
    if seen.course != expected.course:
        return _("ve otro curso (solutions y exercises): monte el mismo e indíquelo en CIBERAULA_COURSE")
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


def _machine() -> str:
    """The same in all containers of one running system, which share what SQLite needs: locks and memory."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    return boot.read_text().strip() if boot.is_file() else socket.gethostname()
