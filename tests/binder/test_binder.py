"""Binder's steps, carried out in a clean folder: what a trainee finds there, and what nobody finds."""

import ast
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from ciberaula.authoring.leaks import Kept, files_in, searchable, secret_texts
from tests.launch.classroom import COURSE, free_port

# What gives an answer away in a graded cell, and what only the instructor's side holds.
GIVEAWAYS = ("BEGIN HIDDEN TESTS", "BEGIN SOLUTION", "scoring.", "gradebook.db", "answer_bank")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a hub copies into the image: every file of the checkout, its history, and a gradebook somebody left."""
    folder = tmp_path_factory.mktemp("binder") / "home"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=COURSE, capture_output=True, check=True
    )
    for name in listed.stdout.decode().split("\0"):
        if name and (COURSE / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # a file that git does not know may come and go meanwhile
                shutil.copy(COURSE / name, folder / name)
    for left in ("var/gradebook.db", ".git/HEAD", "gradebook.db"):
        (folder / left).parent.mkdir(exist_ok=True)
        (folder / left).write_text("x")
    return folder


@pytest.fixture(scope="module")
def dockerfile(repository: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(repository)],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_repo2docker_takes_the_folder_with_a_current_python(dockerfile: str) -> None:
    assert "python=3.11" in dockerfile
    assert 'pip install --no-cache-dir -r "binder/requirements.txt"' in dockerfile
    assert "RUN ./binder/postBuild" in dockerfile
    assert 'R2D_ENTRYPOINT="${REPO_DIR}/binder/start"' in dockerfile
    # The package must come from postBuild, with its hashed tools, never from an unpinned build of repo2docker's own.
    assert "pip install --no-cache-dir ." not in dockerfile


def test_every_package_is_locked() -> None:
    requirements = (COURSE / "binder/requirements.txt").read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", requirements)
    assert all(re.match(r"[a-z0-9._-]+(\[[^]]+\])?==", block) and "--hash=sha256:" in block for block in blocks)


@pytest.fixture(scope="module")
def image(repository: Path, dockerfile: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run the generated steps after the packages; returns the environment of the finished image.

    The packages are those of the tests' own environment, seen from a new one, so that pip finds every requirement met
    and installs only this package: for real, as an ordinary wheel.
    """
    place = tmp_path_factory.mktemp("image")
    venv.create(place / "env", with_pip=True, symlinks=True)
    packages = next((place / "env/lib").glob("python*")) / "site-packages"
    (packages / "tests.pth").write_text(next(path for path in sys.path if path.endswith("site-packages")))
    account = place / "account"
    account.mkdir()
    env = {
        "PATH": f"{place / 'env/bin'}:/usr/bin:/bin",
        "HOME": str(account),
        "PIP_NO_INDEX": "1",  # Whatever is not there already is a failure, not a download.
        "JUPYTER_PATH": str(Path(sys.prefix) / "share/jupyter"),
        "JUPYTER_CONFIG_PATH": str(Path(sys.prefix) / "etc/jupyter"),
        "LANG": "C.UTF-8",
    }
    steps = re.findall(r"^RUN (chmod \+x .*|\./binder/.*)$", dockerfile, re.MULTILINE)
    assert "./binder/postBuild" in steps
    for step in steps:
        done = subprocess.run(
            ["bash", "-c", step],
            cwd=repository,
            env={**env, "REPO_DIR": str(repository)},
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == 0, f"{step}\n{done.stdout}\n{done.stderr}"
    return env


def test_only_the_workspace_is_left(repository: Path, image: dict[str, str]) -> None:
    assert {path.name for path in repository.iterdir()} == {"aula", "binder"}
    assert {path.name for path in (repository / "binder").iterdir()} == {"start"}
    aula = repository / "aula"
    assert (aula / "inicio.ipynb").is_file()
    assert (aula / "modules/05-proteccion-de-datos/leccion-1.ipynb").is_file()
    assert (aula / "05-proteccion-de-datos/proteccion-de-datos.ipynb").is_file()
    # The graded stories come, what judges them does not; practice stories come whole.
    stories = "06-gestion-virtual-de-casos"
    task = {path.name for path in (aula / stories).iterdir()}
    assert task == {path.name for path in (COURSE / "exercises" / stories).iterdir() if path.is_file()}
    judged = {path.relative_to(aula).as_posix() for path in aula.rglob("valoracion-*")}
    assert judged == {path.relative_to(COURSE).as_posix() for path in (COURSE / "modules").rglob("valoracion-*.yml")}


def test_nothing_there_gives_an_answer_away(repository: Path, image: dict[str, str]) -> None:
    found = [
        (path.relative_to(repository).as_posix(), word)
        for path in repository.rglob("*")
        if path.is_file()
        for word in GIVEAWAYS
        if word.encode() in path.read_bytes()
    ]
    assert found == []


def test_the_installed_package_holds_no_key(image: dict[str, str]) -> None:
    package = next(Path(image["PATH"].split(":")[0]).parent.glob("lib/python*/site-packages/ciberaula"))
    assert (package / "cli.py").is_file()
    assert _given_away(package) == []
    assert not [path for path in package.rglob("*") if "solution" in path.name or path.suffix == ".db"]


@pytest.mark.parametrize("name", ["grading/scoring/nota.py", "casework/nota.yml", "share/nota.json"])
def test_a_key_in_the_package_would_be_found(tmp_path: Path, name: str) -> None:
    package = tmp_path / "ciberaula"
    shutil.copytree(COURSE / "src/ciberaula", package)
    notebook = (COURSE / "solutions/05-proteccion-de-datos/proteccion-de-datos.md").read_text(encoding="utf-8")
    # As it stands there, over several lines.
    why = re.findall(r'^    why=\{\n +"\w+": ("[^{}]{40,}?),\n +"\w+": ', notebook, re.MULTILINE)
    text = why[0] if name.endswith(".py") else json.dumps(ast.literal_eval(f"({why[0]})"), ensure_ascii=False)
    (package / name).write_text(f"[{text}]\n")
    assert _given_away(package) == [f"ciberaula/{name}"]


def _given_away(package: Path) -> list[str]:
    """Files of a package that hold what the course keeps from trainees: the hidden tests' texts, solutions, answer bank."""
    secrets = secret_texts(COURSE)
    assert len(secrets) >= 50
    kept = Kept(secrets)
    return [
        path.relative_to(package.parent).as_posix()
        for path in files_in(package.parent, [package.name])
        if any(kept.found_in(searchable(path)))
    ]


@pytest.fixture(scope="module")
def server(repository: Path, image: dict[str, str]) -> Iterator[str]:
    """The image's own start, with the server and the prefix that a hub would ask for."""
    port = free_port()
    command = ["python", "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    command += ["--IdentityProvider.token=t"]
    command += ["--ServerApp.base_url=/user/alguien/"]
    if os.geteuid() == 0:
        command.append("--allow-root")
    env = {**image, "JUPYTERHUB_SERVICE_PREFIX": "/user/alguien/"}
    log = repository.parent / "server.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(repository / "binder/start"), *command], cwd=repository, env=env, stdout=stream, stderr=stream
        )
    address = f"http://127.0.0.1:{port}/user/alguien"
    try:
        deadline = time.monotonic() + 300
        while True:
            try:
                get(f"{address}/api/status")
                break
            except OSError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def get(address: str) -> str:
    request = urllib.request.Request(address, headers={"Authorization": "token t"})
    with urllib.request.urlopen(request, timeout=300) as answer:
        text: str = answer.read().decode()
        return text


def test_a_hubs_server_opens_the_home_page_with_links_that_lead_somewhere(server: str) -> None:
    listed = json.loads(get(f"{server}/api/contents"))["content"]
    assert {"inicio.ipynb", "modules", "05-proteccion-de-datos"} <= {entry["name"] for entry in listed}
    notebook = json.loads(get(f"{server}/api/contents/inicio.ipynb"))["content"]
    page = "".join(
        output["data"]["text/html"]
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if "data" in output
    )
    links = re.findall(r'href="(/user/alguien/[^"]+)"', page)
    assert "/user/alguien/voila/render/entregar.ipynb" in links
    assert "lista de tareas" not in page
    form = get(server.removesuffix("/user/alguien") + "/user/alguien/voila/render/entregar.ipynb")
    assert "Preparar mi archivo" in form


def test_a_delivery_leaves_as_one_file(repository: Path, image: dict[str, str], server: str) -> None:
    code = (
        "from pathlib import Path; from ciberaula.launch.delivery import deliver;"
        "print(deliver(Path.cwd(), '05-proteccion-de-datos', 'alu-07'))"
    )
    done = subprocess.run(
        [str(Path(image["PATH"].split(":")[0]) / "python"), "-c", code],
        cwd=repository / "aula",
        env={**image, "JUPYTERHUB_SERVICE_PREFIX": "/user/alguien/"},
        capture_output=True,
        text=True,
    )
    assert 'href="/user/alguien/files/entregas/05-proteccion-de-datos-alu-07.zip?download=1"' in done.stdout, (
        done.stderr
    )
    request = urllib.request.Request(
        f"{server}/files/entregas/05-proteccion-de-datos-alu-07.zip?download=1", headers={"Authorization": "token t"}
    )
    with urllib.request.urlopen(request, timeout=300) as answer:
        assert answer.read(2) == b"PK"
