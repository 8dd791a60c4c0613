import errno

import pytest

from ciberaula.files import cause

REFUSED = "el sistema no lo permite: la carpeta es de solo lectura o le faltan permisos; cámbielos o use otra carpeta"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "el disco está lleno; libere espacio"),
        (errno.EDQUOT, "el disco está lleno; libere espacio"),
        (errno.EACCES, REFUSED),
        (errno.EROFS, REFUSED),
        (errno.ENOENT, "no existe; revise la ruta"),
        (errno.EISDIR, "es una carpeta, no un archivo"),
        (errno.EIO, f"el sistema respondió con el error {errno.EIO}; revise el disco"),
    ],
)
def test_the_cause_is_told_in_spanish_whatever_the_system_says(number, words):
    assert cause(OSError(number, "some words of the system")) == words
