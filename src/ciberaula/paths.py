"""Where things are: the course (read) and what a run produces (written)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ciberaula.errors import UserError
from ciberaula.files import cause
from ciberaula.i18n import _


def course_root() -> Path:
    """The folder that holds ``modules/curriculum.yml``.

    ``CIBERAULA_COURSE`` names it; without it, the nearest such folder at or above the working folder, and then the
    checkout this package is installed from. Raises ``UserError`` where there is none.
    """
    named = os.environ.get("CIBERAULA_COURSE")
    if named:
        candidates = [Path(named)]
    else:
        here = Path.cwd()
        candidates = [here, *here.parents, Path(__file__).resolve().parents[2]]
    for folder in candidates:
        if (folder / "modules" / "curriculum.yml").is_file():
            return folder.resolve()
    raise UserError(
        _(
            "No se encontró el curso (modules/curriculum.yml) desde {folder}: abra esta orden en la carpeta del curso o "
            "indique su ruta en CIBERAULA_COURSE."
        ).format(folder=candidates[0])
    )


def home() -> Path:
    """The folder for everything a run produces: ``CIBERAULA_HOME``, or ``var/`` in the course. Made if missing."""
    named = os.environ.get("CIBERAULA_HOME")
    folder = Path(named) if named else course_root() / "var"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            _(
                "No se puede escribir en {folder} ({reason}): libere espacio, cambie los permisos o indique otra carpeta "
                "en CIBERAULA_HOME."
            ).format(folder=folder, reason=cause(error))
        ) from error
    return folder.resolve()


def datasets() -> Path:
    """The folder of simulated data: ``CIBERAULA_DATASETS``, or the nearest ``datasets/`` from here upwards.

    A trainee's workspace carries a copy of its own, which is why the working folder comes before the course.
    """
    named = os.environ.get("CIBERAULA_DATASETS")
    if named:
        return Path(named)
    here = Path.cwd()
    for folder in [here, *here.parents]:
        if (folder / "datasets").is_dir():
            return folder / "datasets"
    return course_root() / "datasets"


@contextmanager
def environment(**values: str) -> Iterator[None]:
    """For the while, environment variables have these values: for configurations that ask where things are as they load."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
