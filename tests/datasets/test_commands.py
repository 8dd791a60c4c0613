"""``ciberaula datasets``: what an instructor types, and the one line that a mistake gets."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ciberaula.cli import main
from ciberaula.datasets.published import NAMES, dataset, recipe

ROOT = Path(__file__).parents[2]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["datasets", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_list_names_every_set(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _err = run(capsys, "list")
    assert code == 0
    assert [line.split(":")[0] for line in out.splitlines()] == list(NAMES)
    assert "100 personas, semilla 2026" in out


def test_one_set_is_built_where_it_is_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "build", "casos-k", "--rows", "150", "--seed", "7", "--out", str(tmp_path))
    assert (code, err) == (0, "")
    assert out == f"{tmp_path / 'casos-k'}: 150 filas en 1 tabla.\n"
    assert (tmp_path / "casos-k" / "casos-k.csv").read_bytes().count(b"\n") == 151


def test_keys_are_kept_only_where_somebody_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _code, out, _err = run(capsys, "build", "entrevistas", "--rows", "2", "--out", str(tmp_path / "a"))
    assert "Las claves de «entrevistas» no se guardaron" in out
    assert not list(tmp_path.rglob("codificacion*"))
    run(capsys, "build", "entrevistas", "--rows", "2", "--out", str(tmp_path / "b"), "--keys", str(tmp_path / "k"))
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("codificacion*")] == [
        "k/entrevistas/codificacion.csv"
    ]


def test_a_seed_of_ones_own_decides_what_is_planted_too() -> None:
    assert recipe(dataset("observatorio"), seed=77).hidden == 77
    assert recipe(dataset("observatorio"), seed=77, hidden=5).hidden == 5


def test_whoever_has_the_seed_of_the_card_does_not_get_the_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def key(*more: str) -> tuple[bytes, str]:
        where = ("--out", str(tmp_path / "datos"), "--keys", str(tmp_path / "claves"))
        code, out, _err = run(capsys, "build", "observatorio", "--rows", "200", "--seed", "77", *where, *more)
        assert code == 0
        return (tmp_path / "claves" / "observatorio" / "parejas.csv").read_bytes(), out

    of_the_seed, told = key()
    assert "Quien lea la semilla 77 en la ficha podría rehacer las claves de «observatorio»" in told
    apart, told = key("--hidden", "918273645")
    assert "rehacer las claves" not in told
    assert apart != of_the_seed
    assert key("--hidden", "918273645")[0] == apart
    described = [path.read_text(encoding="utf-8") for path in (tmp_path / "datos" / "observatorio").glob("*.[jm]*")]
    assert len(described) == 3 and not any("918273645" in text for text in described)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("build", "casas", "--out", "x"),
            "ciberaula: No hay un conjunto de datos «casas». Los que hay: conectividad, casos,",
        ),
        (
            ("build", "casos-k", "--rows", "0", "--out", "x"),
            "ciberaula: --rows debe ser un número entero mayor que cero; pidió 0.",
        ),
        (
            ("build", "casos-k", "--rows", "7", "--out", "x"),
            "ciberaula: «casos-k» admite entre 100 y 5000 casos; pidió 7.",
        ),
        (("build", "casos-k", "--rows", "muchas", "--out", "x"), "ciberaula: "),
        (
            ("build", "casos", "--rows", "99999999999999999999", "--out", "x"),
            "ciberaula: «casos» admite entre 1 y 100000000 casos; pidió 99999999999999999999.",
        ),
        (("build", "", "--out", "x"), "ciberaula: No hay un conjunto de datos «». Los que hay: conectividad, casos,"),
        (
            ("build", "entrevistas", "--rows", "2", "--out", "x", "--keys", "x"),
            "ciberaula: Las claves no pueden ir junto a los datos, en x/entrevistas: indique otra carpeta con --keys.",
        ),
        (("build", "casos-k"), "ciberaula: Falta --out CARPETA"),
        (
            ("build", "casos-k", "--published", "--seed", "3"),
            "ciberaula: --published rehace los conjuntos tal como son",
        ),
        (
            ("build", "casos-k", "--published", "--hidden", "3"),
            "ciberaula: --published rehace los conjuntos tal como son",
        ),
        (("build", "entrevistas", "--rows", "21", "--out", "x"), "ciberaula: "),
        (("build", "casos-k", "--out", "/proc/nada"), "ciberaula: No se pudo generar «casos-k» en /proc/nada: "),
        (("build", "casos-k", "--format", "xlsx", "--out", "x"), "ciberaula: "),
    ],
)
def test_a_mistake_gets_one_line_and_leaves_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    line: str,
) -> None:
    monkeypatch.setenv("CIBERAULA_COURSE", str(ROOT))
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (1, "")
    assert err.startswith(line) and err.count("\n") == 1 and "Traceback" not in err
    assert not list(tmp_path.rglob("*.csv"))


def test_without_the_instructors_texts_it_says_who_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "curriculum.yml").write_text("", encoding="utf-8")
    monkeypatch.setenv("CIBERAULA_COURSE", str(tmp_path))
    code, _out, err = run(capsys, "build", "entrevistas", "--out", str(tmp_path / "x"))
    assert code == 1
    assert "que solo tiene quien enseña" in err


@pytest.mark.parametrize(
    ("seeds", "line"),
    [
        ("schema: 1\nseeds: {casos_cruda: 1}\n", "falta la semilla de «mensajes»"),
        ("schema: 1\nseeds: {mensajes: veinte}\n", "semillas.yml, línea 2: "),
        ("schema: 1\nseeds: [\n", "semillas.yml, línea 3: el YAML no se entiende"),
        ("", "semillas.yml: se esperaba"),
    ],
)
def test_broken_hidden_seeds_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeds: str, line: str
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "curriculum.yml").write_text("", encoding="utf-8")
    (tmp_path / "grading" / "datasets" / "mensajes").mkdir(parents=True)
    (tmp_path / "grading" / "datasets" / "semillas.yml").write_text(seeds, encoding="utf-8")
    monkeypatch.setenv("CIBERAULA_COURSE", str(tmp_path))
    code, out, err = run(capsys, "build", "mensajes", "--published")
    assert (code, out) == (1, "") and err.count("\n") == 1
    assert line in err
    assert not (tmp_path / "datasets").exists()


def test_it_shows_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    """On a terminal of its own, interrupted by the key and by the same command taken up again."""
    command = [sys.executable, "-m", "ciberaula", "datasets", "build", "registro_actividades"]
    command += ["--rows", "400000", "--out", str(tmp_path)]
    shown = interrupted(command, tmp_path)
    assert "registro_actividades" in shown and "%" in shown
    assert "Interrumpido. Lo hecho se conserva" in shown
    assert not (tmp_path / "registro_actividades").exists()
    assert (tmp_path / ".registro_actividades.en-curso" / "estado.json").is_file()


def interrupted(command: list[str], out: Path) -> str:
    """What the command shows on a terminal until Ctrl+C, pressed when something is done."""
    terminal, end = pty.openpty()
    process = subprocess.Popen(command, stdout=end, stderr=end, stdin=end, start_new_session=True, cwd=ROOT)
    os.close(end)
    os.set_blocking(terminal, False)
    shown, pressed = b"", False
    while process.poll() is None:
        try:
            shown += os.read(terminal, 65536)
        except (BlockingIOError, OSError):
            time.sleep(0.02)
        if not pressed and b"%" in shown and list(out.glob(".*/estado.json")):
            process.send_signal(signal.SIGINT)
            pressed = True
    try:
        while part := os.read(terminal, 65536):
            shown += part
    except OSError:
        pass
    return shown.decode(errors="replace")
