"""What workers are asked to do in the tests of the pools: importable there, and told what to do by the ids of students."""

import os
import signal
import sys

import sqlalchemy as sa

from ciberaula.errors import UserError
from ciberaula.grading.engine import Order
from ciberaula.grading.outcomes import Graded
from ciberaula.paths import home


def obey(order: Order) -> list[Graded]:
    """Do what the ids say: ``muere`` ends the process, ``falla`` raises, ``lleno`` is a full disk
    for everybody, ``lejos`` a database that is away, ``estorba`` a trouble that passes."""
    for student in order.students:
        if student.startswith("muere"):
            os.kill(os.getpid(), signal.SIGKILL)
        if student.startswith("falla"):
            raise ValueError("algo raro")
        if student.startswith("lleno"):
            raise UserError("No queda espacio.")
        if student.startswith("lejos"):
            raise sa.exc.OperationalError("SELECT 1", {}, OSError("connection refused"))
        if student.startswith("estorba"):  # the first time only
            mark = home() / student
            if not mark.exists():
                mark.touch()
                raise UserError("No se puede ahora.")
        if student.startswith("cae"):  # the first time only
            mark = home() / student
            if not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
    return [Graded(student, "graded") for student in order.students]


def tell_home(order: Order) -> list[Graded]:
    """Where this worker has its files, and whether it ignores Ctrl-C."""
    ignores = signal.getsignal(signal.SIGINT) not in (signal.SIG_IGN, signal.SIG_DFL, signal.default_int_handler)
    loaded = "rfc3987_syntax" not in sys.modules
    return [Graded(student, "graded", f"{home()}|{ignores}|{loaded}") for student in order.students]
