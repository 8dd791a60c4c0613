"""Bundles and folders of the exchange that nobody made with our tools: (name, how it is made, what the refusal says)."""

import hashlib
import io
import json
import os
import struct
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.hostile.course import ASSIGNMENT, CASE, NOTEBOOK, RIGHT, sheet

BOOK = f"{NOTEBOOK}.ipynb"
Forge = Callable[[Path, bytes], object]


def bundle(files: Mapping[str, bytes], *, student: str = "ana", manifest: bytes | None = None, **about: Any) -> bytes:
    """A bundle with any manifest, whole or forged."""
    told = {
        "schema": 1,
        "assignment": ASSIGNMENT,
        "student": student,
        "created_at": CASE,
        "files": {n: {"sha256": hashlib.sha256(d).hexdigest(), "bytes": len(d)} for n, d in files.items()},
        **about,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifiesto.json", json.dumps(told) if manifest is None else manifest)
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def _with(files: Mapping[str, bytes], **about: Any) -> Forge:
    return lambda path, book: path.write_bytes(bundle({BOOK: book, **files}, **about))


def _overlapping(path: Path, book: bytes) -> None:
    """Many entries that are the same bytes: small to send, endless to open. The central directory is written by hand."""
    base = bundle({BOOK: book, "respuestas.json": sheet(RIGHT)})
    start, end = base.index(b"PK\x01\x02"), base.index(b"PK\x05\x06")
    central = base[start:end]
    entries = central + b"".join(_renamed(central, f"a{n}.ipynb") for n in range(5))
    count = 3 + 5
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(entries), start, 0)
    path.write_bytes(base[:start] + entries + tail)


def _renamed(central: bytes, name: str) -> bytes:
    """The second entry of a central directory, under another name."""
    at = central.index(b"PK\x01\x02", 4)
    header = bytearray(central[at : at + 46])
    struct.pack_into("<3H", header, 28, len(name), 0, 0)
    return bytes(header) + name.encode()


def _many_entries(path: Path, _book: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}.ipynb", b"")


def _encrypted(path: Path, book: bytes) -> None:
    data = bytearray(bundle({BOOK: book}))
    at = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    data[at + 8] |= 1
    path.write_bytes(data)


def _method(path: Path, book: bytes) -> None:
    data = bytearray(bundle({BOOK: book}))
    struct.pack_into("<H", data, data.index(b"PK\x01\x02") + 10, 99)
    path.write_bytes(data)


def _bomb(path: Path, _book: bytes) -> None:
    path.write_bytes(bundle({BOOK: bytes(19 * 2**20)}))


def _sparse(path: Path, book: bytes) -> None:
    path.write_bytes(bundle({BOOK: book}))
    os.truncate(path, 2**36)


def _far(path: Path, _book: bytes) -> None:
    """A central directory that says to begin where there is nothing."""
    path.write_bytes(struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 9, 9, 2**32 - 2, 2**32 - 2, 0))


NOTEBOOK_DEEP = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": ' + b"[" * 60_000 + b"]" * 60_000 + b"}"
DAMAGED, NOT_READ, MANIFEST, NAME = (
    "está dañado",
    "no se puede leer",
    "su manifiesto no se entiende",
    "salir de la carpeta",
)

BUNDLES: dict[str, tuple[Forge, str]] = {
    "bomb": (_bomb, "ocupa demasiado al abrirse"),
    "entries that overlap": (_overlapping, "no son los que dice su manifiesto"),
    "20,000 entries": (_many_entries, "trae 20000 archivos"),
    "encrypted": (_encrypted, "está cifrado"),
    "unknown compression": (_method, DAMAGED),
    "directory that points nowhere": (_far, DAMAGED),
    "64 GiB of nothing behind it": (_sparse, "pesa más de"),
    "a pipe": (lambda path, _book: os.mkfifo(path), "no es un archivo"),
    "a folder": (lambda path, _book: path.mkdir(), ""),
    "a link to a device": (lambda path, _book: path.symlink_to("/dev/zero"), "no es un archivo"),
    "a link into nothing": (lambda path, _book: path.symlink_to("/no/existe"), "no existe"),
    "name with a zero": (_with({"a\0.ipynb": b"x"}), ""),
    "name that turns round": (_with({"a\u202ebnypi.ipynb": b"x"}), NAME),
    "name of 300 letters": (_with({"a" * 300 + ".ipynb": b"x"}), NAME),
    "name with a stream": (_with({"prueba.ipynb:x.ipynb": b"x"}), NAME),
    "name of a hidden file": (_with({".ipynb": b"x"}), NAME),
    "manifest from year 1": (_with({}, created_at="0001-01-01T00:00:00+23:59"), "fecha imposible"),
    "manifest with points": (_with({}, points=100), MANIFEST),
    "manifest not in UTF-8": (lambda p, b: p.write_bytes(bundle({BOOK: b}, manifest=b'{"x": "\xff"}')), MANIFEST),
    "manifest of digits": (lambda p, b: p.write_bytes(bundle({BOOK: b}, manifest=b"9" * 60_000)), MANIFEST),
    "trainee of nobody": (_with({}, student="desconocida"), "no está en la lista"),
    "trainee with markup": (_with({}, student="<script>"), MANIFEST),
    "assignment of dots": (_with({}, assignment=".."), MANIFEST),
    "deep notebook": (_with({BOOK: NOTEBOOK_DEEP}), NOT_READ),
    "deep sheet": (_with({"respuestas.json": b"[" * 100_000}), NOT_READ),
    "sheet with NaN": (_with({"respuestas.json": sheet({"p02": 1}).replace(b'"value": 1', b'"value": NaN')}), NOT_READ),
    "sheet of the future": (_with({"respuestas.json": sheet({}).replace(b'"schema": 1', b'"schema": 9')}), NOT_READ),
    "grades in it": (_with({"calificacion.txt": b"x"}), "no es de la tarea"),
    "a time of its own": (_with({"timestamp.txt": b"x"}), "no es de la tarea"),
}


def _folder_of(inbound: Path, name: str, book: bytes) -> Path:
    folder = inbound / f"{name}+{ASSIGNMENT}+2026-03-02 10:00:00.000000 UTC+{name}"
    folder.mkdir(parents=True)
    (folder / BOOK).write_bytes(book)
    (folder / "respuestas.json").write_bytes(sheet(RIGHT))
    (folder / "timestamp.txt").write_text("2026-03-02 10:00:00.000000 UTC")
    (folder / "submission_secret.txt").write_text("e" * 64)
    return folder


def _deep(folder: Path) -> None:
    here = Path.cwd()
    try:
        os.chdir(folder)
        for _ in range(400):
            Path("d" * 30).mkdir()
            os.chdir("d" * 30)
    finally:
        os.chdir(here)


def exchange(inbound: Path, book: bytes, keys: Path) -> None:
    """Fill ``inbound`` with what anybody could put there, each as the work of its own trainee."""
    links = _folder_of(inbound, "enlaces", book)
    for name in ("datos.csv", os.fsdecode(b"\xff"), "preguntas.yml"):
        (links / name).symlink_to(keys)
    (links / "carpeta").symlink_to(keys.parent)
    (links / "datos.csv.apartado").symlink_to(keys)
    traps = _folder_of(inbound, "trampas", book)  # names that leave no room, or no place, for a note
    (traps / ("a" * 250)).symlink_to(keys)
    (traps / "x").symlink_to(keys)
    (traps / "x.apartado").mkdir()
    special = _folder_of(inbound, "especiales", book)
    os.mkfifo(special / "tubo")
    with suppress(OSError):
        os.mknod(special / "nulo", 0o20666, os.makedev(1, 5))
    with (_folder_of(inbound, "enorme", book) / "hueco.bin").open("wb") as out:
        out.truncate(2**38)
    _deep(_folder_of(inbound, "honda", book))
    many = _folder_of(inbound, "muchos", book)
    for number in range(3_000):
        (many / str(number)).touch()
    sheetless = _folder_of(inbound, "hoja", book)
    (sheetless / "respuestas.json").unlink()
    (sheetless / "respuestas.json").symlink_to(keys)
    stamped = _folder_of(inbound, "sellos", book)
    for name in ("timestamp.txt", "submission_secret.txt"):
        (stamped / name).unlink()
        (stamped / name).mkdir()
    (inbound / f"../{ASSIGNMENT}").with_name(f"salto+{ASSIGNMENT}+x+y").mkdir()
    moment = "2026-03-02 10:00:00.000000 UTC"
    odd = ("x\n\x1b[2J", "..", "*", "a b")
    whose = [f"{name}+{ASSIGNMENT}+{moment}+x" for name in odd]
    for name in (*whose, f"+{ASSIGNMENT}+2026", f"ana+{ASSIGNMENT}", f"año+{ASSIGNMENT}+9999-99-99 UTC+x", "+++"):
        (inbound / name).mkdir()
    whole = f"enlace-entero+{ASSIGNMENT}+2026-03-02 10:00:00.000000 UTC+x"
    (inbound / whole).symlink_to(keys.parent)
    (inbound / f"archivo+{ASSIGNMENT}+2026-03-02 10:00:00.000000 UTC+x").write_text("x")
    for honest in ("ana", "zoe"):
        _folder_of(inbound, honest, book)
