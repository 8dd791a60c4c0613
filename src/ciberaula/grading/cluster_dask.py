"""Dask's workers as a pool: those of this machine, or a scheduler's on several."""

import asyncio
import contextlib
import os
import queue
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import dask
import distributed

from ciberaula.errors import UserError, one_line
from ciberaula.grading import cluster_folder, cluster_start, cluster_worker
from ciberaula.grading.cluster import Work
from ciberaula.grading.cluster_worker import Errand, Place
from ciberaula.grading.config import course_config
from ciberaula.grading.engine import Order, grade_chunk
from ciberaula.grading.outcomes import Graded
from ciberaula.i18n import _
from ciberaula.paths import course_root, home

CONNECT_SECONDS = 5
JOIN_SECONDS = 5  # for the first of a scheduler's workers
NO_WORKERS_SECONDS = 30
_LOOK_SECONDS = 2.0


@contextmanager
def local_pool(workers: int) -> Iterator["Workers"]:
    """``workers`` processes of this machine for the while.

    They listen on the loopback only, and answer only to who holds the certificate, which is made here and never
    written: another account of this machine could otherwise have its code run as the instructor.
    """
    cluster_start.begin()
    # Dask would give its fork server a list of its own to load, and load pandas here to make it.
    distributed.utils._forkserver_preload_set = True
    place = Place(_variables(), imposed=True)
    with ExitStack() as stack:
        folder = stack.enter_context(cluster_folder.run_folder())
        stack.enter_context(dask.config.set(_settings()))
        stack.enter_context(cluster_worker.quiet())
        cluster = stack.enter_context(
            distributed.LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                memory_limit=0,  # what takes memory are kernels, which have limits of their own
                dashboard_address="127.0.0.1:0",
                scheduler_kwargs={"dashboard": False},
                security=distributed.Security.temporary(),  # type: ignore[no-untyped-call]
                local_directory=str(folder.path),
                silence_logs=cluster_worker.SILENT,
            )
        )
        client = stack.enter_context(distributed.Client(cluster, set_as_default=False))  # type: ignore[no-untyped-call]
        client.register_plugin(cluster_worker.Ready("ciberaula", quiet=True))
        yield Workers(client, place, workers)


@contextmanager
def remote_pool(address: str, assignments: Sequence[str]) -> Iterator["Workers"]:
    """The workers of a scheduler, once it is certain that all see what this process sees. ``UserError`` otherwise."""
    if not re.fullmatch(r"(tcp|tls)://[^\s:/]+:\d{1,5}", address):
        raise UserError(
            _("«{address}» no es la dirección de un planificador: escriba, por ejemplo, tcp://10.0.0.5:8786.").format(
                address=address
            )
        )
    with ExitStack() as stack:
        stack.enter_context(cluster_worker.quiet())
        stack.enter_context(dask.config.set({"distributed.diagnostics.nvml": False}))
        client = stack.enter_context(_client(address))
        folder = stack.enter_context(cluster_folder.run_folder())
        place = Place(_variables(), imposed=False, token=folder.path.name, assignments=tuple(sorted(assignments)))
        try:
            sight = cluster_worker.look(place)
        except UserError as error:
            what = str(error).rstrip(".")
            raise UserError(_("No se puede calificar desde esta máquina: {what}.").format(what=what)) from error
        _look_at_workers(client, place, sight, address)
        place = replace(place, sight=sight)
        name = f"ciberaula-{folder.path.name}"
        stack.callback(_leave, client, name)
        _make_ready(client, name)
        yield Workers(client, place, None)


class Workers:
    """Dask's workers as a pool. ``known``: how many there are, or None where they come and go."""

    def __init__(self, client: Any, place: Place, known: int | None) -> None:
        self._client = client
        self._place = place
        self._known = known

    @property
    def size(self) -> int:
        """How many workers there are now."""
        return self._known or max(1, self._count())

    def grade(self, orders: Iterable[Order], work: Work = grade_chunk) -> Iterator[tuple[Order, list[Graded]]]:
        """See ``cluster.Pool``."""
        waiting = deque(orders)
        told: set[Order] = set()  # one machine said of these what may be wrong with it alone
        suspects: deque[Order] = deque()  # one of these took a worker down: each is tried with no other beside it
        flying: dict[Any, Order] = {}
        landed: queue.SimpleQueue[Any] = queue.SimpleQueue()
        try:
            while waiting or suspects or flying:
                alone = not waiting and not flying
                for order in self._next_orders(waiting, suspects, flying):
                    future = self._submit(order, work)
                    flying[future] = order
                    future.add_done_callback(landed.put)
                future = self._next(landed)
                order = flying.pop(future)
                try:
                    yield order, self._result(future)
                except UserError:
                    if self._known or order in told or self._client.status != "running":
                        raise
                    told.add(order)
                    waiting.append(order)
                except distributed.scheduler.KilledWorker:
                    if alone:
                        reason = _("su proceso de calificación terminó de golpe cada vez (¿memoria?)")
                        yield order, [Graded(order.students[0], "failed", reason)]
                    else:
                        suspects.extend(_one_by_one(order))
                except _Broken as error:
                    if len(order.students) > 1:
                        waiting.extendleft(_one_by_one(order))
                    else:
                        yield order, [Graded(order.students[0], "failed", str(error))]
        finally:
            for future in flying:
                future.cancel()

    def _next_orders(self, waiting: deque[Order], suspects: deque[Order], flying: Collection[Any]) -> list[Order]:
        if waiting:
            return [waiting.popleft() for _number in range(min(self.size - len(flying), len(waiting)))]
        return [suspects.popleft()] if suspects and not flying else []

    def _submit(self, order: Order, work: Work) -> Any:
        return self._client.submit(cluster_worker.do, Errand(self._place, order, work), pure=False)

    def _next(self, landed: "queue.SimpleQueue[Any]") -> Any:
        """The next future that ended. Raises ``UserError`` where none can any more."""
        idle = 0.0
        while True:
            try:
                return landed.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                idle = 0.0 if self._count() else idle + _LOOK_SECONDS
                if idle >= NO_WORKERS_SECONDS:
                    raise UserError(
                        _(
                            "El planificador se quedó sin máquinas: arránquelas de nuevo (dask worker) y repita la orden; lo "
                            "ya calificado no se repite."
                        )
                    ) from None

    def _count(self) -> int:
        """How many workers the scheduler has. Raises ``UserError`` where it does not answer any more."""
        if self._client.status != "running":
            raise _lost()
        try:
            return len(self._client.nthreads())
        except Exception as error:  # whatever the connection says when it breaks
            raise _lost() from error

    def _result(self, future: Any) -> list[Graded]:
        """What a worker answered. Raises ``KilledWorker`` where it died, and ``_Broken`` for what it did not expect."""
        try:
            graded: list[Graded] = future.result(timeout=CONNECT_SECONDS * 6)
        except (UserError, distributed.scheduler.KilledWorker):
            raise
        except (distributed.CancelledError, distributed.client.FutureCancelledError) as error:
            raise _lost() from error
        except Exception as error:
            told = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            raise _Broken(_("fallo inesperado: {error}").format(error=told)) from error
        return graded


class _Broken(Exception):
    """An order raised what it should not: the message says it to the instructor."""


def _one_by_one(order: Order) -> list[Order]:
    return [replace(order, students=(student,)) for student in order.students]


def _variables() -> tuple[tuple[str, str], ...]:
    """What a worker's environment must say for it to see this course, store and gradebook."""
    named = {"CIBERAULA_COURSE": str(course_root()), "CIBERAULA_HOME": str(home())}
    db_url = str(course_config().CourseDirectory.db_url)
    if not db_url.startswith("sqlite"):
        named["CIBERAULA_DB_URL"] = db_url
    for name in ("CIBERAULA_DATASETS", "CIBERAULA_SANDBOX"):
        if name in os.environ:
            named[name] = os.environ[name]
    return tuple(named.items())


def _settings() -> dict[str, Any]:
    """Dask's configuration for workers of this machine: nothing written, nothing published, nothing measured."""
    return {
        "distributed.worker.multiprocessing-method": cluster_start.method(),
        "distributed.scheduler.allowed-failures": 1,  # an order is tried on two workers
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
        "distributed.worker.profile.enabled": False,
        "distributed.worker.memory.target": False,
        "distributed.worker.memory.spill": False,
        "distributed.worker.memory.pause": False,
        "distributed.worker.memory.terminate": False,
        "distributed.scheduler.active-memory-manager.start": False,
        "distributed.admin.system-monitor.interval": "60s",
        "distributed.diagnostics.nvml": False,
    }


class _Client(distributed.Client):
    """A client that leaves nothing behind where it cannot connect. Whoever has one closes it (``with``).

    Dask's own is closed only when Python forgets it. By then, at the end of the program, its thread is gone: it waits ten
    seconds for it, and then prints a traceback.
    """

    def __init__(self, address: str) -> None:
        try:
            super().__init__(address, timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
        except BaseException:
            with contextlib.suppress(Exception):
                self.close(timeout=1)  # type: ignore[no-untyped-call]
            raise

    def __del__(self) -> None:
        """Nothing is left to close."""


async def _knock(address: str) -> None:
    """Return when somebody at ``address`` speaks as Dask does. Its own client waits for ever for who listens and says nothing."""
    security = distributed.Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    comm = await asyncio.wait_for(distributed.comm.connect(address, **security), CONNECT_SECONDS)  # type: ignore[attr-defined, no-untyped-call]
    comm.abort()


def _client(address: str) -> Any:
    try:
        asyncio.run(_knock(address))
        return _Client(address)
    except Exception as error:  # OSError, TimeoutError, TLS errors, other versions' protocols
        raise UserError(
            _(
                "El planificador {address} no responde: revise que esté en marcha (dask scheduler), la dirección, la red y, con "
                "tls://, el certificado; o califique en esta máquina, sin --scheduler."
            ).format(address=address)
        ) from error


def _look_at_workers(client: Any, place: Place, expected: cluster_worker.Sight, address: str) -> None:
    """Every worker must see what this process sees."""
    try:
        client.wait_for_workers(1, timeout=JOIN_SECONDS)
    except Exception as error:
        raise UserError(
            _(
                "El planificador {address} no tiene máquinas: arranque en cada una «dask worker {address} --nthreads 1»."
            ).format(address=address)
        ) from error
    db_url = str(course_config().CourseDirectory.db_url)
    try:
        seen = client.run(cluster_worker.look_in_turn, place, on_error="return")
    except Exception as error:  # what the workers send cannot be read here, or the other way round
        seen = dict.fromkeys(client.nthreads(), error)
    for worker, sight in sorted(seen.items()):
        if isinstance(sight, cluster_worker.Sight):
            told = cluster_worker.difference(expected, sight, db_url)
        elif isinstance(sight, UserError):
            told = str(sight).rstrip(".")
        elif isinstance(sight, OSError | TimeoutError):
            told = _("no responde: revise su red, o espere un minuto a que el planificador la descarte")
        else:
            told = _("no tiene el mismo ciberaula instalado ({error}): ejecute allí make setup").format(
                error=one_line(f"{type(sight).__name__}: {sight}", 200)
            )
        if told:
            raise UserError(_("No se puede calificar con {worker}: {what}.").format(worker=worker, what=told))


def _make_ready(client: Any, name: str) -> None:
    try:
        client.register_plugin(cluster_worker.Ready(name, quiet=False))
    except Exception as error:  # a worker that is just going, or the connection
        raise _lost() from error


def _leave(client: Any, plugin: str) -> None:
    """End this pool's kernels in workers that go on without it."""
    try:
        if client.status == "running":
            client.unregister_worker_plugin(plugin)
    except Exception:  # noqa: S110 - the scheduler is gone, and its workers' kernels end with them
        pass


def _lost() -> UserError:
    return UserError(
        _(
            "Se perdió la conexión con el planificador: arránquelo si se detuvo, y otra vez sus máquinas, que terminan con él; "
            "repita la orden, que no repite lo ya calificado."
        )
    )
