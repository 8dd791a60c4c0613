"""Importing this is loading what a grading worker needs: the fork server does, once, and workers are forked from it.

Nothing here may start a thread or open a connection: a fork would not have the thread, and would share the connection.
"""

import signal
import threading
from types import FrameType

from ciberaula.grading.cluster_start import import_quickly


def _leave_it_to_the_command(_signal: int, _frame: FrameType | None) -> None:
    """The terminal's Ctrl-C reaches every process; the command decides and ends the workers.

    A handler and not ``SIG_IGN``, which kernels started by a worker would inherit.
    """


if threading.current_thread() is threading.main_thread():  # pragma: no branch
    signal.signal(signal.SIGINT, _leave_it_to_the_command)

import_quickly()

import distributed  # noqa: E402, F401 - after the handler and the shortcut, on purpose

import ciberaula.grading.cluster_worker  # noqa: E402, F401
