"""What the guides promise exists: commands, links, pictures, derived files; and those derived files are in step."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml
from frictionless import Package
from pydantic import TypeAdapter

from ciberaula import cli
from ciberaula.casework.assessment.spec import Avoidance, Expectation
from ciberaula.casework.players import play_script
from ciberaula.casework.stories.evaluate import holds
from ciberaula.casework.stories.load import load_story
from ciberaula.datasets.build import build
from ciberaula.datasets.published import NAMES, SIDE
from ciberaula.datasets.spec import Recipe
from ciberaula.launch.development import POT, catalogue

COURSE = Path(__file__).parents[1]
READ_BY_PEOPLE = [
    *("README.md", "README.es.md", "CONTRIBUTING.md", "modules/GUIA.md", "grading/GUIA.md", "datasets/README.md"),
    *(f"grading/guia/{name}.md" for name in ("calificar", "exportar", "instituciones", "mesa-compartida")),
    *("grading/guia/preguntas-y-textos.md", "grading/servicio/LEEME.md"),
]
PAGES = [*READ_BY_PEOPLE, "modules/inicio.md", "modules/entregar.md", "grading/inicio.md"]


def text(name: str) -> str:
    return (COURSE / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    # Pages of the workspace are named as they are there.
    there = {"mi-avance.ipynb": "grading/dashboards/mi-avance.ipynb", "guia.md": "modules/GUIA.md"}
    there["datasets/README.md"] = "datasets/README.md"
    missing = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text(name)):
        path, _hash, anchor = unquote(link).partition("#")
        if path.startswith(("https://", "/voila/render/")):
            path = path.removeprefix("/voila/render/")
        if path.startswith("https://") or path == "/formgrader":
            continue
        target = COURSE / path if link.startswith("/voila/") else (COURSE / name).parent / there.get(path, path)
        target = COURSE / there[path] if path in there else target
        if path and not target.exists():
            missing.append(link)
        if anchor and anchor not in headings(target if path else COURSE / name):
            missing.append(link)
    assert missing == []


def headings(page: Path) -> set[str]:
    """Anchors as GitHub and JupyterLab make them from headings."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in found}


@pytest.mark.parametrize("name", PAGES)
def test_commands_exist(name: str) -> None:
    makefile = text("Makefile")
    for target in re.findall(r"(?:`|^|=\S+ )make ([a-z]+)", text(name), re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"
    words = set(re.findall(r"(?:`|bin/|-m )ciberaula ([a-z][a-z-]+)", text(name)))
    for word in words:
        parser, _missing = cli._parser(word)
        listed = parser.format_help()
        assert re.search(rf"^\s+{word}\b", listed, re.MULTILINE), f"ciberaula {word}"


def test_both_readmes_say_the_same() -> None:
    """Same commands, same pictures, same number of sections."""
    english, spanish = text("README.md"), text("README.es.md")
    for pattern in (r"make [a-z]+(?: [A-Z]+=\w+)?", r"\((\S+\.png)\)", r"^## ", r"python3? -m ciberaula \w+"):
        found = [sorted(re.findall(pattern, page, re.MULTILINE)) for page in (english, spanish)]
        assert found[0] == found[1]
        assert found[0]


def test_pictures_are_small_and_described() -> None:
    for name in ("README.md", "README.es.md", "grading/GUIA.md"):
        for words, picture in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text(name)):
            assert len(words) > 15, picture
            assert (COURSE / name).parent.joinpath(picture).stat().st_size < 60_000, picture


def test_the_contributors_table_names_what_exists() -> None:
    rows = re.findall(r"^\| (`.+?) \| (.+?) \| (.+?) \|$", text("CONTRIBUTING.md"), re.MULTILINE)
    assert len(rows) >= 6
    for derived, _source, _command in rows:
        for pattern in re.findall(r"`([^`]+)`", derived):
            assert any(COURSE.glob(pattern.rstrip("/"))), pattern


def test_the_contributors_story_loads_and_its_players_show_what_judges_it(tmp_path: Path) -> None:
    whole, judged, played = re.findall(r"^```yaml\n(.+?)^```$", text("CONTRIBUTING.md"), re.MULTILINE | re.DOTALL)
    file = tmp_path / "historia-la-cita.yml"
    file.write_text(whole, encoding="utf-8")
    story, key, players = load_story(file), yaml.safe_load(judged), yaml.safe_load(played)
    (expected,) = TypeAdapter(list[Expectation]).validate_python(key["expect"])
    (avoided,) = TypeAdapter(list[Avoidance]).validate_python(key["avoid"])
    good, careless = (play_script(story, players[name]) for name in ("good", "careless"))
    assert [record.line for record in good.happened if record.outcome == "denied"] == []
    assert [holds(way.when, good) is not None for way in expected.ways] == [True, True]
    assert [holds(way.when, careless) is not None for way in expected.ways] == [False, False]
    assert holds(avoided.when, careless) is not None
    assert holds(avoided.when, good) is None


def python_in(name: str) -> list[str]:
    return re.findall(r"^```python\n(.+?)^```$", text(name), re.MULTILINE | re.DOTALL)


def test_the_contributors_data_set_is_made_and_valid(tmp_path: Path) -> None:
    (code,) = python_in("CONTRIBUTING.md")
    made: dict[str, Any] = {}
    exec(compile(code, "CONTRIBUTING.md", "exec"), made)  # noqa: S102 -- what a contributor would copy
    found = made["DATASET"]
    built = build(found, Recipe(found.rows, found.seed, hidden=9), tmp_path, keys=tmp_path / "claves")
    assert Package(str(built.folder / "datapackage.json")).validate().valid
    planted = (tmp_path / "claves" / "erradas.csv").read_text(encoding="utf-8").split()[1:]
    with (built.folder / "llamadas.csv").open(encoding="utf-8") as stream:
        assert [row["llamada_id"] for row in csv.DictReader(stream) if int(row["minutos"]) > 60] == planted
    assert planted


def test_the_index_of_the_data_sets_names_all_and_opens_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    index = text("datasets/README.md")
    assert sorted(re.findall(r"^\| \[(.+?)\]", index, re.MULTILINE)) == sorted(NAMES)
    assert "simulado" in index.split("\n## ")[0]
    monkeypatch.setenv("CIBERAULA_DATASETS", str(COURSE / "datasets"))
    monkeypatch.setenv("CIBERAULA_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for code in python_in("datasets/README.md"):
        exec(compile(code, "datasets/README.md", "exec"), {})  # noqa: S102 -- what a trainee would copy


def test_the_instructors_guide_names_every_key() -> None:
    rows = re.findall(r"^\| `.+? \| .+? \| (`.+) \|$", text("grading/GUIA.md"), re.MULTILINE)
    named = {Path(file).name for row in rows for file in re.findall(r"`([\w/]+\.csv)`", row)}
    assert named == {path.name for path in (COURSE / SIDE).glob("*/*.csv")}


def test_the_instructors_program_compares_two_codings(tmp_path: Path) -> None:
    (code,) = python_in("grading/GUIA.md")
    handed_in = tmp_path / "var/submitted/ID/03-diagnostico-brecha-digital"
    handed_in.mkdir(parents=True)
    key = tmp_path / "grading/datasets/entrevistas/codificacion.csv"
    key.parent.mkdir(parents=True)
    key.write_text("segmento_id,codigo\nX-1,a\nX-2,b\nX-3,a\nX-4,b\nX-5,b\n", encoding="utf-8")
    coded = {"kind": "table", "value": {"rows": [["X-1", "a"], ["X-2", "b"], ["X-3", "b"], ["X-4", "b"]]}}
    (handed_in / "respuestas.json").write_text(json.dumps({"answers": {"p08": coded}}), encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "Coinciden en 0.75 y la kappa es 0.5\nX-3 b · a\n"


def test_the_catalogue_is_in_step() -> None:
    assert (COURSE / POT).read_bytes() == catalogue(COURSE), "run make catalogue"


def test_the_catalogue_is_the_same_every_time_and_complete() -> None:
    made = catalogue(COURSE)
    assert made == catalogue(COURSE)
    assert 'msgid "El puerto {port} no sirve: use un número entre 1024 y 65535."' in made.decode()
    assert b'msgid_plural "{hours} horas"' in made


def test_binder_gets_the_trainees_lock() -> None:
    assert text("binder/requirements.txt") == text("requirements-trainee.lock"), "run make locks"


def test_locks_hold_what_the_project_asks_for() -> None:
    """Every requirement of the project is pinned, with hashes, in the lock of the reader who needs it."""
    import tomllib

    project = tomllib.loads(text("pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    needs = {
        "trainee": project["dependencies"],
        "classroom": project["dependencies"] + extras["grading"] + extras["institution"],
        "dev": project["dependencies"] + extras["grading"] + extras["institution"] + extras["dev"][1:],
        "uv": ["uv", "hatchling", "editables"],
    }
    for lock, wanted in needs.items():
        blocks = re.split(r"\n(?=[a-z0-9])", text(f"requirements-{lock}.lock"))
        pinned = {re.split(r"[=\[]", block)[0] for block in blocks}
        assert all("--hash=sha256:" in block for block in blocks)
        names = {re.split(r"[<>=!\[ ;]", need)[0].lower().replace("_", "-") for need in wanted}
        assert names <= pinned, (lock, names - pinned)


def test_smaller_locks_are_parts_of_the_developers() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9][^\s\\]*==\S+)", text(f"requirements-{lock}.lock"), re.MULTILINE))

    assert pins("trainee") < pins("classroom") < pins("dev")


def test_no_other_machine_is_named() -> None:
    """Nothing that runs or is read points at a host outside: the classroom works without one."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=COURSE, capture_output=True, text=True
    )
    hosts = re.compile(r"https?://[\w.-]*(jsdelivr|cdnjs|unpkg|googleapis|fontawesome)")
    named = [
        name
        for name in listed.stdout.splitlines()
        if not name.endswith((".lock", ".png", ".txt"))
        and (COURSE / name).is_file()
        and hosts.search((COURSE / name).read_text(encoding="utf-8", errors="ignore"))
    ]
    assert named == []


def test_continuous_integration_runs_the_same_command() -> None:
    assert "make test" in text(".ci/run")
    assert (COURSE / ".ci/run").stat().st_mode & 0o111


def test_settings_for_jupyter_are_json_and_name_what_is_installed() -> None:
    share = COURSE / "src/ciberaula/share"
    for path in share.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))
    installed = Path(sys.prefix)
    settings = json.loads((share / "jupyter/lab/settings/overrides.d/ciberaula.json").read_text())
    for plugin, values in settings.items():
        package, name = plugin.split(":")
        schema = json.loads((installed / f"share/jupyter/lab/schemas/{package}/{name}.json").read_text())
        assert values.keys() <= schema["properties"].keys()
