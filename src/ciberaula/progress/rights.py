"""A participant's rights: to be given what is held about them, and to be erased."""

import csv
import io
import shutil
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ciberaula.errors import UserError
from ciberaula.files import write_atomic
from ciberaula.grading.config import COURSE_ID
from ciberaula.grading.erased import remember
from ciberaula.grading.roster import STUDENT_ID, column_of
from ciberaula.i18n import _
from ciberaula.progress.copies import copies_left, named
from ciberaula.progress.desk_rights import Person, erase_from_desk, held_on_desk
from ciberaula.progress.gradebook_rights import erase_from_gradebook, held_in_gradebook
from ciberaula.progress.mine import copies_folder
from ciberaula.progress.pseudonym import pseudonym, secret

_FOLDERS = ("submitted", "autograded", "feedback")
_README = """Lo que el Aula de Ciberintervención guarda sobre usted

persona.csv        sus datos en la lista de participantes
notas.csv          los puntos de cada pregunta calificada
comentarios.csv    los comentarios de quien calificó
intentos.csv       cada entrega suya que se calificó y si es la que cuenta
cambios.csv        los puntos que alguien cambió a mano, con motivo y fecha
prorrogas.csv      el tiempo adicional que se le dio, con motivo y fecha
avance.json        lo que muestran los tableros, bajo el seudónimo {pseudonym}
mesa-de-casos.json lo que hizo y escribió en la mesa compartida, si la abrió
archivos/          lo que entregó, lo que se calificó y la retroalimentación que se le dio

Los archivos .csv se abren con una hoja de cálculo; los .json y .txt, con cualquier editor de texto. Su carpeta de
trabajo y los documentos que creó en ella son suyos y no están aquí. Si algo está mal o quiere que se borre, dígalo a la
persona responsable del curso.
"""


@dataclass(frozen=True)
class Erasure:
    """What was removed, and what the instructor still has to do: Spanish lines, one a place."""

    removed: tuple[str, ...]
    to_do: tuple[str, ...] = ()
    """Commands for the databases."""
    copies: tuple[str, ...] = ()
    """Files that still tell of the person, each with what to do about it."""


def held(home: Path, student_id: str, pseudonyms: Collection[str] = ()) -> bytes:
    """A ZIP with everything the course holds about a participant, in formats that a person can open.

    ``pseudonyms``: those that she tells, beside the ones in what she handed in. Raises ``UserError`` for an id that nobody
    has, and where the shared case desk is out of reach.
    """
    row = _row(home, student_id)
    places = list(_places(home, student_id))
    kept = held_in_gradebook(home, student_id)
    if not (row or places or kept.places):
        raise _unknown(home, student_id)
    who = pseudonym(secret(home), student_id)
    desk = held_on_desk(_at_the_desk(home, student_id, places, pseudonyms))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LEEME.txt", _README.format(pseudonym=who))
        archive.writestr("persona.csv", _csv([row] if row else []))
        for name, rows in kept.files.items():
            archive.writestr(name, _csv(rows))
        archive.writestr("segundas-lecturas.csv", _csv(_second_readings(home, student_id)))
        if desk is not None:
            archive.writestr("mesa-de-casos.json", desk)
        for place in places:
            for file in _files(place):
                name = file.relative_to(home).as_posix()
                if place == copies_folder(home) / who:
                    archive.write(file, "avance.json")
                else:
                    archive.write(file, f"archivos/{name}")
    return target.getvalue()


def erase(home: Path, student_id: str, pseudonyms: Collection[str] = ()) -> Erasure:
    """Remove a participant from the shared case desk, gradebook, roster, exchange, every folder of work, and snapshot.

    Says what was removed. ``pseudonyms``: those that she tells, beside the ones in what she handed in; the desk comes first,
    because they go with the rest.

    The databases are written anew afterwards, for they keep deleted rows until then. Copies made elsewhere (backups,
    exports, a server's own log of changes, the participant's own workspace) are not in reach. Raises ``UserError`` for an id
    nobody has, and where the desk or the gradebook is out of reach; then nothing was removed.
    """
    from ciberaula.progress.snapshot import refresh

    row = _row(home, student_id)
    places = list(_places(home, student_id))
    gradebooks = held_in_gradebook(home, student_id).places
    if not (row or places or gradebooks):
        raise _unknown(home, student_id)
    removed: list[str] = []
    if erase_from_desk(_at_the_desk(home, student_id, places, pseudonyms)):
        removed.append(_("mesa de casos compartida: sus textos, y todo lo que decía de quién eran"))
    to_do = [left for db_url in gradebooks if (left := erase_from_gradebook(db_url, student_id))]
    removed += [_("libro de calificaciones: la persona, sus entregas, notas y comentarios")] * len(gradebooks)
    for place in places:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink()
        removed.append(_("archivos: {place}").format(place=place.relative_to(home).as_posix()))
    if row:
        _erase_from_roster(home / "roster.csv", student_id)
        removed.append(_("lista de participantes: su fila"))
    removed += [_("segunda lectura: {name}").format(name=name) for name in _erase_second_readings(home, student_id)]
    removed += [
        _("bitácora: {log}").format(log=log.relative_to(home).as_posix()) for log in _scrub_logs(home, student_id)
    ]
    refresh(home)
    removed.append(_("datos de avance: rehechos sin esta persona"))
    remember(student_id, home)
    return Erasure(tuple(removed), tuple(to_do), tuple(copies_left(home, student_id)))


def _at_the_desk(home: Path, student_id: str, places: Iterable[Path], told: Collection[str]) -> Person:
    own = [file for place in places for file in _files(place)]
    others = (
        file
        for folder in sorted((home / _FOLDERS[0]).glob("*"))
        if folder.name != student_id
        for file in _files(folder)
    )
    return Person(home, own, others, told)


def _unknown(home: Path, student_id: str) -> UserError:
    return UserError(
        _("No hay nadie con el id «{id}»: revise {roster}, columna id.").format(
            id=student_id[:64], roster=home / "roster.csv"
        )
    )


def _places(home: Path, student_id: str) -> Iterator[Path]:
    """Every folder or file under ``home`` that holds only this participant's data."""
    if not STUDENT_ID.fullmatch(student_id):
        raise _unknown(home, student_id)
    yield from (folder for step in _FOLDERS if (folder := home / step / student_id).exists())
    exchange = home / "exchange" / COURSE_ID
    # nbgrader names what it takes in <student>+<assignment>+<time>+<random>.
    yield from sorted((exchange / "inbound").glob(f"{student_id}+*"))
    yield from _released_feedback(home, exchange / "feedback", student_id)
    own = copies_folder(home) / pseudonym(secret(home), student_id)
    if own.exists():
        yield own


def _scrub_logs(home: Path, student_id: str) -> Iterator[Path]:
    """Take the lines that name the participant out of the logs (nbgrader writes whose work it grades)."""
    wanted = named(student_id)
    for log in sorted([*(home / "logs").glob("*.log"), *(home / "jupyter").glob("*.log")]):
        lines = log.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if not wanted.search(line)]
        if len(kept) < len(lines):
            write_atomic(log, b"".join(kept))
            yield log


def _released_feedback(home: Path, released: Path, student_id: str) -> Iterator[Path]:
    """Feedback pages in the exchange; nbgrader names them by a hash of the submission's own secret."""
    from nbgrader.utils import notebook_hash

    for kept in sorted((home / "submitted" / student_id).glob("*/submission_secret.txt")):
        for notebook in sorted(kept.parent.glob("*.ipynb")):
            name = notebook_hash(secret=kept.read_text(encoding="utf-8"), notebook_id=notebook.stem)
            page = released / f"{name}.html"
            if page.exists():
                yield page


def _files(place: Path) -> Iterable[Path]:
    """Plain files of a place. Links are left out: somebody may have handed one in that points elsewhere."""
    if place.is_file() and not place.is_symlink():
        return [place]
    return [file for file in sorted(place.rglob("*")) if file.is_file() and not file.is_symlink()]


def _table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    if not path.exists():
        return [], []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header = stream.readline()
        stream.seek(0)
        reader = csv.DictReader(stream, delimiter=max(",;\t", key=header.count))
        return list(reader.fieldnames or []), list(reader)


def _row(home: Path, student_id: str) -> dict[str, Any] | None:
    _columns, rows = _table(home / "roster.csv")
    return next((dict(row) for row in rows if _id_in(row) == student_id), None)


def _id_in(row: dict[str, str]) -> str:
    """The id in a row of a roster, whatever its column is called there."""
    return next((value or "" for name, value in row.items() if name and column_of(name) == "id"), "").strip()


def _erase_from_roster(path: Path, student_id: str) -> None:
    _keep_rows(path, lambda row: _id_in(row) != student_id)


def _keep_rows(path: Path, keep: Callable[[dict[str, str]], bool]) -> None:
    """Write a CSV file again with only the rows that ``keep`` says."""
    columns, rows = _table(path)
    target = io.StringIO()
    writer = csv.DictWriter(target, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for row in rows if keep(row))
    write_atomic(path, target.getvalue().encode("utf-8"))


def _second_readings(home: Path, student_id: str) -> list[dict[str, Any]]:
    """What a second reader thought of this participant's written answers, with the assignment."""
    return [
        {"assignment": path.stem, **row}
        for path in sorted((home / "double-marking").glob("*.csv"))
        for row in _table(path)[1]
        if row.get("student") == student_id
    ]


def _erase_second_readings(home: Path, student_id: str) -> Iterator[str]:
    """Take the participant's rows out of every file of second readings; yields the names of those that had one."""
    for path in sorted((home / "double-marking").glob("*.csv")):
        if any(row.get("student") == student_id for row in _table(path)[1]):
            _keep_rows(path, lambda row: row.get("student") != student_id)
            yield path.name


def _csv(rows: list[dict[str, Any]]) -> bytes:
    """Rows as CSV with a byte order mark, without which Excel misreads Spanish letters."""
    if not rows:
        return _("(no hay nada)").encode("utf-8-sig")
    target = io.StringIO()
    writer = csv.DictWriter(target, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode("utf-8-sig")
