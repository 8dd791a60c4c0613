"""Submissions whose files are no plain files, or whose names are traps."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.hostile.course import ASSIGNMENT, NOTEBOOK, RIGHT
from tests.hostile.kind import NO_SCORE, TELL, Desk, Kind, Result, made

ASIDE = "se apartó"


def _folder_for(desk: Desk, name: str) -> None:
    (desk.folder / name).unlink(missing_ok=True)
    (desk.folder / name / "x").mkdir(parents=True)


def _beside(name: str, add: Callable[[Desk], object], **more: object) -> Kind:
    """Whole work with something odd beside it: it is graded all the same."""

    def make(desk: Desk) -> None:
        desk.hand_in(RIGHT)
        add(desk)

    return Kind(name, make, points={"p01": 2, "p02": 3, "p03": 1, "p05": 0}, **more)  # type: ignore[arg-type]


def _keys(desk: Desk) -> Path:
    return desk.places.root / "solutions" / ASSIGNMENT / f"{NOTEBOOK}.md"


def _link_to_keys(desk: Desk) -> None:
    (desk.folder / "datos.csv").symlink_to(_keys(desk))
    (desk.folder / "carpeta").symlink_to(_keys(desk).parent)
    (desk.folder / "relativo.csv").symlink_to(os.path.relpath(_keys(desk), desk.folder))
    (desk.folder / "bucle").symlink_to(".")
    (desk.folder / "proc").symlink_to("/proc/self/environ")


@made("hard-link")
def _hard_link(desk: Desk) -> None:
    """A name for a file of somebody else. Where Linux protects hard links only its owner can give it one."""
    theirs = desk.places.submitted / "vecina" / ASSIGNMENT / "nota.txt"
    code = f"{TELL}\ntry: cuente(open('duro.txt').read())\nexcept OSError: cuente('nada')"
    desk.hand_in(code={"p05": code})
    if os.geteuid() == 0:  # else nobody else's file is at hand, and Linux would not give it a name either
        for path in (desk.folder, *desk.folder.iterdir()):
            os.chown(path, 65534, 65534)
        os.link(theirs, desk.folder / "duro.txt")


def _pipes(desk: Desk) -> None:
    os.mkfifo(desk.folder / "tubo.csv")
    os.mkfifo(desk.folder / "registro.jsonl")
    server = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(desk.folder)  # a socket's path is short
    try:
        server.bind("enchufe")
    finally:
        os.chdir(here)
        server.close()
    with suppress(OSError):  # only the administrator may, and not everywhere
        os.mknod(desk.folder / "nulo", 0o20666, os.makedev(1, 5))
        os.mknod(desk.folder / "disco", 0o60666, os.makedev(8, 0))


def _long_link(desk: Desk) -> None:
    (desk.folder / ("a" * 250)).symlink_to(_keys(desk))
    (desk.folder / os.fsdecode(b"no-es-utf8-\xff")).symlink_to(_keys(desk))


# What set aside an odd file wrote its note under a name that the trainee could choose too.
def _note_through_a_link(desk: Desk) -> None:
    victim = desk.places.root / "modules" / "victima.txt"
    for name in ("aaa", "zzz", "carpeta"):
        target = desk.places.root / "modules" if name == "carpeta" else victim
        (desk.folder / name).symlink_to(target)
        (desk.folder / f"{name}.apartado").symlink_to(victim)
        (desk.folder / f"{name}.apartado.apartado").symlink_to(victim)


def _note_is_a_folder(desk: Desk) -> None:
    (desk.folder / "x").symlink_to(_keys(desk))
    (desk.folder / "x.apartado").mkdir()


def _odd_names(desk: Desk) -> None:
    for name in (b"--help", b"-rf", b"a\nb\x1b[2J", b"\xff\xfe.txt", b"*", b"{student_id}", b"a;touch x", b"$(touch y)",
                 b"=HYPERLINK(1)", b"con.txt", "ñ\u202e.txt".encode(), b"<script>INYECCION()</script>"[:20]):  # fmt: skip
        Path(os.fsdecode(os.fsencode(desk.folder) + b"/" + name)).write_bytes(b"x")


def _deep(desk: Desk) -> None:
    here = Path.cwd()
    os.chdir(desk.folder)
    try:
        for _ in range(600):
            os.mkdir("d" * 20)  # noqa: PTH102 - a path this long has no whole name
            os.chdir("d" * 20)
    finally:
        os.chdir(here)


def _shut(desk: Desk) -> None:
    (desk.folder / "cerrada").mkdir()
    (desk.folder / "cerrada" / "x").write_text("x")
    (desk.folder / "cerrada").chmod(0)
    (desk.folder / "cerrado.txt").write_text("x")
    (desk.folder / "cerrado.txt").chmod(0)
    (desk.folder / "privilegios").write_text("x")
    (desk.folder / "privilegios").chmod(0o6777)


@made("questions-are-a-folder", state="failed", points={}, reason="es una carpeta")
def _folder_of_questions(desk: Desk) -> None:
    desk.hand_in(RIGHT)
    (desk.folder / "preguntas.yml").unlink()
    (desk.folder / "preguntas.yml").mkdir()
    (desk.folder / "preguntas.yml" / "x").write_text("x")


def _aside(result: Result) -> None:
    assert result.places.canaries["answers"] not in result.page + str(result.notebook)


KINDS = [
    _beside("links-out-of-the-folder", _link_to_keys, check=_aside),
    _beside("pipes-sockets-and-devices", _pipes),
    _beside("links-with-impossible-notes", _long_link),
    _beside("note-through-a-link", _note_through_a_link),
    _beside("note-is-a-folder", _note_is_a_folder),
    _beside("odd-names", _odd_names),
    _beside("closed-files", _shut),
]


def _stamp(name: str, data: bytes) -> Kind:
    return _beside(name, lambda desk: (desk.folder / "timestamp.txt").write_bytes(data))


def _badly_stamped(name: str, data: bytes) -> Kind:
    """Whether it came in time cannot be known: a person must say."""

    def make(desk: Desk) -> None:
        desk.hand_in(RIGHT)
        (desk.folder / "timestamp.txt").write_bytes(data)

    return Kind(name, make, state="failed", points={}, reason="la fecha de entrega")


KINDS += [
    _badly_stamped("time-of-nonsense", b"ayer por la tarde"),
    _badly_stamped("time-not-utf-8", b"\xff\xfe"),
    _stamp("time-in-the-year-9999", b"9999-12-31 23:59:59.999999 UTC"),
    _badly_stamped("time-before-time", b"0001-01-01 00:00:00 +2359"),
    _badly_stamped("time-of-many-digits", b"9" * 5000),
    _badly_stamped("time-of-many-lines", b"2026-03-02 10:00:00 UTC\n" * 10_000),
    _stamp("time-empty", b""),
    _beside("no-time", lambda desk: (desk.folder / "timestamp.txt").unlink()),
    _beside("no-secret", lambda desk: (desk.folder / "submission_secret.txt").unlink()),
    _beside("secret-is-a-path", lambda desk: (desk.folder / "submission_secret.txt").write_text("../../x\n")),
    _beside("secret-is-a-folder", lambda desk: _folder_for(desk, "submission_secret.txt")),
    _beside("record-is-a-folder", lambda desk: _folder_for(desk, "registro.jsonl")),
    _beside("receipt-in-the-folder", lambda desk: (desk.folder / "calificacion.txt").write_text("f" * 32)),
    _beside("secret-not-utf-8", lambda desk: (desk.folder / "submission_secret.txt").write_bytes(b"\xff")),
]


def _odd_sheet(name: str, put: Callable[[Path, Desk], None]) -> Kind:
    """In the place of the sheet is no sheet: nothing of it is read, and it is no zero."""

    def make(desk: Desk) -> None:
        desk.hand_in(None)
        put(desk.folder / "respuestas.json", desk)

    return Kind(name, make, state="not_gradable", points=NO_SCORE, page="No es un cero")


def _sheet_of_neighbour(path: Path, desk: Desk) -> None:
    path.symlink_to(desk.places.submitted / "vecina" / ASSIGNMENT / "respuestas.json")


KINDS += [
    _odd_sheet("sheet-is-a-link", _sheet_of_neighbour),
    _odd_sheet("sheet-is-a-pipe", lambda path, _desk: os.mkfifo(path)),
    _odd_sheet("sheet-is-a-folder", lambda path, _desk: (path / "x").mkdir(parents=True)),
]


@made("notebook-is-a-link", state="failed", points={}, reason="era un enlace o pasa de")
def _linked_notebook(desk: Desk) -> None:
    desk.accompany(RIGHT)
    (desk.folder / "prueba.ipynb").symlink_to(desk.places.submitted / "vecina" / ASSIGNMENT / "prueba.ipynb")


@made("notebook-is-a-folder", state="failed", points={})
def _folder_notebook(desk: Desk) -> None:
    desk.accompany(RIGHT)
    (desk.folder / "prueba.ipynb").mkdir()


@made("notebook-is-a-pipe", state="failed", points={}, reason="era un enlace o pasa de")
def _pipe_notebook(desk: Desk) -> None:
    desk.accompany(RIGHT)
    os.mkfifo(desk.folder / "prueba.ipynb")


@made("deep-folders-handed-in", state="failed", points={}, reason="más de 30 carpetas")
def _deep_folders(desk: Desk) -> None:
    desk.hand_in(RIGHT)
    _deep(desk)


@made("many-files", state="failed", points={}, reason="archivos")
def _many_files(desk: Desk) -> None:
    desk.hand_in(code={"p02": "submit_answer('p02', 5)"})
    for number in range(3_000):
        (desk.folder / f"f{number}.txt").touch()


@made("huge-file", state="failed", points={}, reason="MB")
def _huge_file(desk: Desk) -> None:
    desk.hand_in(code={"p02": "submit_answer('p02', 5)"})
    with (desk.folder / "hueco.bin").open("wb") as out:
        out.truncate(200 * 2**20)


KINDS += [
    _folder_of_questions,
    _hard_link,
    _linked_notebook,
    _folder_notebook,
    _pipe_notebook,
    _deep_folders,
    _many_files,
    _huge_file,
]
