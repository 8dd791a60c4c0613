"""Commands that tell a full disk or a database out of reach in one line. Light: the command line imports it at every start."""

import argparse
import errno
from collections.abc import Callable
from functools import wraps

from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.i18n import _

_OF_THE_SYSTEM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


def plainly(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """A command's ``run`` that raises ``UserError`` for what the database, or a full or read-only disk, does not allow.

    The program's own mistakes stay what they are: a line would hide them.
    """

    @wraps(run)
    def told(options: argparse.Namespace) -> int:
        try:
            return run(options)
        except OSError as error:
            if error.errno not in _OF_THE_SYSTEM:
                raise
            raise UserError(
                _("No se pudo terminar con {path}: {cause}.").format(path=error.filename or ".", cause=cause(error))
            ) from error
        except Exception as error:
            line = None if isinstance(error, UserError) else _of_the_gradebook(error)
            if line is None:
                raise
            raise line from error

    return told


def _of_the_gradebook(error: Exception) -> UserError | None:
    from ciberaula.grading.checks import explain, place_of
    from ciberaula.grading.config import gradebook_url

    return explain(error, place_of(gradebook_url()))
