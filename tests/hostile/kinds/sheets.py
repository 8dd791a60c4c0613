"""Answer sheets and learning records that were edited by hand, or replaced by what is no sheet."""

import json
from typing import Any

from tests.hostile.course import CASE, RIGHT, SOME, sheet
from tests.hostile.kind import EARNED, NO_SCORE, Desk, Kind, Result, code, made


def _sheet(name: str, data: bytes, **more: Any) -> Kind:
    about = {"state": "not_gradable", "points": NO_SCORE, "page": "No es un cero", **more}
    return Kind(name, lambda desk: desk.hand_in(data), **about)


def _changed(change: Any, answers: Any = RIGHT) -> bytes:
    content = json.loads(sheet(answers))
    change(content)
    return json.dumps(content).encode()


def _entry(**more: Any) -> Any:
    return lambda content: content["answers"]["p01"].update(more)


def _value(item: str, raw: bytes, kind: str = "number") -> bytes:
    return sheet({**SOME, item: "AQUI"}, {item: kind}).replace(b'"AQUI"', raw)


UNREADABLE = "no se puede leer"
SHAPE = "forma inesperada"
NUMBER = "número no admitido"

KINDS = [
    _sheet("sheet-not-json", b"{", reason=UNREADABLE),
    _sheet("sheet-empty", b"", reason=UNREADABLE),
    _sheet("sheet-not-utf-8", b'{"schema": 1, "x": "\xff"}', reason=UNREADABLE),
    _sheet("sheet-deep", b'{"schema": 1, "answers": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", reason=UNREADABLE),
    _sheet("sheet-depth-of-fifty", _value("p02", b"[" * 50 + b"]" * 50), reason="anida demasiados niveles"),
    _sheet("sheet-of-two-mib", sheet({"p05": "x" * 2_000_000}), reason="1 MiB"),
    _sheet("sheet-with-nan", _value("p02", b"NaN"), reason=UNREADABLE),
    _sheet("sheet-with-infinity", _value("p02", b"-Infinity"), reason=UNREADABLE),
    _sheet("sheet-with-a-number-too-large", _value("p02", b"1e999"), reason=NUMBER),
    _sheet("sheet-with-a-number-of-many-digits", _value("p02", b"9" * 50_000), reason=UNREADABLE),
    _sheet("sheet-with-a-huge-integer", _value("p02", b"9" * 300), reason=NUMBER),
    _sheet("sheet-with-a-key-twice", sheet(RIGHT).replace(b'"p02":', b'"p01":', 1), reason=UNREADABLE),
    _sheet("sheet-with-lone-surrogates", _value("p05", b'"\\ud800"', "text"), reason="texto no admitido"),
    _sheet("sheet-with-too-many-answers", sheet({f"p{n}": 1 for n in range(600)}), reason=SHAPE),
    _sheet("sheet-of-a-later-schema", _changed(lambda c: c.update(schema=99)), reason="versión más nueva"),
    _sheet("sheet-of-no-schema", _changed(lambda c: c.update(schema=True)), reason=SHAPE),
    _sheet("sheet-with-more-keys", _changed(lambda c: c.update(points=100)), reason=SHAPE),
    _sheet("sheet-with-points-in-an-answer", _changed(_entry(points=2)), reason=SHAPE),
    _sheet("sheet-of-an-unknown-kind", _changed(_entry(kind="object")), reason=SHAPE),
    _sheet("sheet-is-a-list", b"[]", reason=SHAPE),
    _sheet(
        "sheet-with-lines-in-a-name",
        sheet(RIGHT).replace(b'"p01"', b'"\\n\\u001b[2J<b>ana: calificada</b>"').replace(b'"single"', b'"x"'),
        reason=SHAPE,
    ),
    _sheet(
        "sheet-of-other-kinds",
        _changed(lambda c: [entry.update(kind="story") for entry in c["answers"].values()]),
        state="graded",
        # The test judges the value, whatever the sheet calls it: the same answers earn the same.
        points={"p01": 2, "p02": 3, "p03": 1, "p05": 0},
        page="",
    ),
    _sheet(
        "sheet-of-values-of-other-types",
        sheet({"p01": {"b": True}, "p02": [5], "p03": ["no"], "p05": {"x": [1]}}),
        state="graded",
        points={"p01": 0, "p02": 0, "p03": 0, "p05": 0},
        page="",
    ),
    _sheet(
        "sheet-of-truths",
        sheet({"p01": True, "p02": True, "p03": True, "p05": True}),
        state="graded",
        points={"p01": 0, "p02": 0, "p03": 0, "p05": 0},
        page="",
    ),
    _sheet(
        "sheet-of-unknown-items",
        sheet({**SOME, "p99": "b", "../p01": "b", "p01 ": "b", "": "b"}),
        state="graded",
        points=EARNED,
        page="",
    ),
    _sheet(
        "sheet-of-another-assignment",
        _changed(lambda c: c.update(folder="../../solutions", revision=2**50, updated_at="9999"), SOME),
        state="graded",
        points=EARNED,
        page="",
    ),
]


def _isolated_lost(result: Result) -> None:
    """What the code left in the place of the sheet is not read, and the answers of the sheet stand."""
    assert result.source("p03") == "sheet"


CODE_SHEETS = {
    "sheet-becomes-a-link": "os.remove('respuestas.json'); os.symlink(LUGARES['solutions'], 'respuestas.json')",
    "sheet-becomes-a-link-to-proc": "os.remove('respuestas.json'); os.symlink('/proc/self/environ', 'respuestas.json')",
    "sheet-becomes-a-hard-link": (
        "os.remove('respuestas.json')\n"
        "for path in (LUGARES['solutions'], '/etc/hostname', '/etc/passwd'):\n"
        "    try: os.link(path, 'respuestas.json')\n"
        "    except OSError: pass"
    ),
    "sheet-becomes-a-pipe": "os.remove('respuestas.json'); os.mkfifo('respuestas.json')",
    "sheet-becomes-a-folder": "os.remove('respuestas.json'); os.makedirs('respuestas.json/a/b')",
    "sheet-becomes-a-socket": (
        "import socket; os.remove('respuestas.json'); s = socket.socket(socket.AF_UNIX); s.bind('respuestas.json')"
    ),
    "sheet-becomes-a-device": (
        "os.remove('respuestas.json')\ntry: os.mknod('respuestas.json', 0o20666, 261)\nexcept OSError: pass"
    ),
    "sheet-becomes-huge": (
        "try:\n    with open('respuestas.json', 'r+b') as f: f.truncate(2 ** 30)\n"
        "except OSError: open('respuestas.json', 'wb').write(bytes(2 ** 21))"
    ),
    "sheet-becomes-deep": "open('respuestas.json', 'w').write('[' * 400_000)",
    "sheet-cannot-be-read": "os.chmod('respuestas.json', 0)",
    "folder-becomes-a-link": (
        "here = os.getcwd(); os.chdir('/')\ntry:\n    os.rename(here, here + 'x'); os.symlink('/etc', here)\nexcept OSError: pass"
    ),
    "folder-is-removed": "import shutil; shutil.rmtree(os.getcwd(), ignore_errors=True)",
    "folder-cannot-be-entered": "os.chmod('.', 0)",
}
KINDS += [
    code(name, f"import os\n{source}", answers={**SOME, "p02": 99}, check=_isolated_lost)
    for name, source in CODE_SHEETS.items()
]


@made("sheet-written-by-the-code", points={"p01": 0, "p02": 3, "p03": 1, "p05": 0})
def _own_sheet(desk: Desk) -> None:
    """Its own sheet is its own: answers of the ways by code count, those of the widgets stay as they were handed in."""
    forged = sheet({**RIGHT, "p05": "hola"}).decode()
    desk.hand_in({**SOME, "p02": 99}, code={"p02": f"open('respuestas.json', 'w').write({forged!r})"})


FILES = {
    "ciberaula.py": "raise SystemExit('entró')",
    "json.py": "1/0",
    "pandas.py": "1/0",
    "sitecustomize.py": "1/0",
    "usercustomize.py": "1/0",
    "conftest.py": "1/0",
    "x.pth": "import os; os._exit(9)",
    "ipython_config.py": "c = get_config(); c.InteractiveShellApp.exec_lines = ['import os; os._exit(9)']",
    "ipython_kernel_config.py": "import os; os._exit(9)",
    "nbgrader_config.py": "1/0",
    "jupyter_config.py": "1/0",
    "pyproject.toml": "[",
    ".env": "CIBERAULA_DB_URL=sqlite:///otra.db",
    "curriculum.yml": "&a [*a, *a]",
    "preguntas.yml": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\n",
}


@made("modules-in-the-folder", points={**EARNED, "p02": 3})
def _modules(desk: Desk) -> None:
    desk.hand_in(code={"p02": "submit_answer('p02', 5)"})
    for name, text in FILES.items():
        (desk.folder / name).write_text(text)
    start = desk.folder / "profile_default" / "startup"
    start.mkdir(parents=True)
    (start / "00.py").write_text("import os; os._exit(9)")
    (desk.folder / "__pycache__").mkdir()
    (desk.folder / "__pycache__" / "json.cpython-311.pyc").write_bytes(b"\0" * 64)


@made("startup-files-for-the-next")
def _startup(desk: Desk) -> None:
    source = (
        "import os, pathlib\n"
        "for base in {os.path.expanduser('~'), os.environ.get('IPYTHONDIR', '.'), os.environ.get('TMPDIR', '.'), '.', '..'}:\n"
        "    for name in ('sitecustomize.py', 'usercustomize.py', 'profile_default/startup/00.py', '.pdbrc', '.pythonrc.py',\n"
        "                 'ipython_config.py', 'respuestas.json', 'json.py', 'ciberaula.py'):\n"
        "        try:\n"
        "            path = pathlib.Path(base, name); path.parent.mkdir(parents=True, exist_ok=True); path.write_text('1/0')\n"
        "        except OSError: pass\n"
    )
    desk.hand_in(code={"p05": source})


def _statement(**more: Any) -> dict[str, Any]:
    return {
        "id": "x",
        "actor": {"account": {"homePage": "https://ciberaula.invalid", "name": "p-ajena"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://ciberaula.invalid/actividades/91-hostil/leccion-1"},
        "timestamp": CASE,
        **more,
    }


def _record(name: str, data: bytes) -> Kind:
    def make(desk: Desk) -> None:
        desk.hand_in()
        (desk.folder / "registro.jsonl").write_bytes(data)

    return Kind(name, make)


KINDS += [
    _own_sheet,
    _modules,
    _startup,
    _record("record-from-the-future", json.dumps(_statement(timestamp="9999-12-31T23:59:59+00:00")).encode()),
    _record("record-of-somebody-else", json.dumps(_statement(actor={"account": {"name": "vecina"}})).encode()),
    _record(
        "record-of-nonsense", b"\n".join([b"[" * 50_000, b"null", b"7", b'{"id": 1}', b"\xff\xff", b"{" * 9, b'""'])
    ),
    _record(
        "record-of-many-people",
        b"\n".join(json.dumps(_statement(actor={"account": {"name": f"p{n}"}})).encode() for n in range(20_000)),
    ),
    _record("record-without-lines", b"x" * 20_000_000),
    _record(
        "record-with-markup",
        json.dumps(_statement(actor={"account": {"name": "<script>INYECCION()</script>\ud800"}})).encode(),
    ),
]
