"""``ciberaula serve-grading``: the service of a self-paced course, and how it is."""

import argparse
import os
import signal
import threading
from pathlib import Path
from typing import Any

from ciberaula.errors import UserError
from ciberaula.i18n import _


def add_commands(subparsers: Any) -> None:
    """Add ``serve-grading``."""
    words = _("Califica lo que llega y publica la retroalimentación, sin parar (curso a ritmo propio).")
    command = subparsers.add_parser("serve-grading", help=words, description=words)
    command.add_argument("--bundles", type=Path, help=_("Carpeta a la que llegan paquetes de entrega (.zip)."))
    command.add_argument(
        "--assignment", action="append", default=[], help=_("Solo esta tarea (se puede repetir); si no, todas.")
    )
    command.add_argument(
        "--interval", type=float, default=None, help=_("Segundos entre una mirada y otra (por defecto, 0.5).")
    )
    command.add_argument("--workers", type=int, default=None, help=_("Procesos que califican a la vez."))
    command.add_argument("--once", action="store_true", help=_("Atiende lo que haya y termina."))
    command.add_argument("--health", action="store_true", help=_("Dice cómo está el servicio y termina (0: bien)."))
    command.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from ciberaula.grading import serving_health
    from ciberaula.paths import home

    folder = home()
    if options.health:
        well, line = serving_health.health_line(folder)
        print(line, flush=True)
        return 0 if well else 1
    _check(options)
    with serving_health.only_one(folder):
        return _serve(options, folder)


def _check(options: argparse.Namespace) -> None:
    if options.interval is not None and not 0.05 <= options.interval <= 3600:
        raise UserError(_("--interval va de 0.05 a 3600 segundos."))
    if options.workers is not None and not 1 <= options.workers <= 256:
        raise UserError(_("--workers va de 1 a 256."))
    if options.bundles is not None and not options.bundles.is_dir():
        raise UserError(_("No existe la carpeta {folder}: créela o revise --bundles.").format(folder=options.bundles))


def _serve(options: argparse.Namespace, folder: Path) -> int:
    from ciberaula.grading.cohort import Cohort
    from ciberaula.grading.serving import INTERVAL_S, Service, Settings
    from ciberaula.grading.serving_health import HealthFile, open_log
    from ciberaula.grading.serving_work import Pool, silence

    cohort = Cohort()
    for assignment in options.assignment:
        cohort.require(assignment)
    settings = Settings(
        options.bundles.resolve() if options.bundles else None,
        INTERVAL_S if options.interval is None else options.interval,
        tuple(options.assignment),
    )
    silence()
    health = HealthFile(folder)
    pool = Pool(options.workers or default_workers())
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    health.write(now=True)
    pool.warm()
    try:
        Service(settings, pool, health, open_log(folder)).run(stop, once=options.once)
    finally:
        pool.close()
    return 0


def default_workers() -> int:
    """One for each core we may use, and one more: code that runs to its limit then keeps nobody waiting."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1
