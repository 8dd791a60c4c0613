"""``ciberaula start``: everything from an empty folder to a page that answers."""

import importlib
import os
import time
import warnings
import webbrowser
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from ciberaula.classroom.participant import LOCAL_STUDENT, pseudonym
from ciberaula.errors import UserError
from ciberaula.i18n import _
from ciberaula.launch import checks, serving, workspace
from ciberaula.launch.notebooks import refresh_home, sign
from ciberaula.launch.profiles import PROFILES, Profile, new_server, state_folder, write_configuration
from ciberaula.paths import course_root, home

GUIDE = Path("grading/guia/instituciones.md")
Say = Callable[[str], None]


def start(role: str, port: int, *, browser: bool, say: Say) -> None:
    """Prepare the course's folders, run the server of ``role`` on ``port`` and stay until Ctrl-C.

    Raises ``UserError`` for whatever keeps the classroom from opening.
    """
    profile = PROFILES[role]
    checks.require_packages()
    serving.check_port(port)
    course, state = course_root(), home()
    for line in checks.weaknesses(state):
        say(line)
    with serving.stopping_on_termination():
        try:
            prepare(profile, course, state, say)
            _serve(profile, course, state, port, browser, say)
        except KeyboardInterrupt:
            say(_("El aula se cerró. Su trabajo está guardado en {folder}.").format(folder=state))


def prepare(profile: Profile, course: Path, state: Path, say: Say) -> None:
    """Everything the profile's pages read: the demonstration, the progress snapshot, the profile's own folder."""
    # A trainee's own installation may lack what grading a cohort takes, and can do without a simulated one.
    if find_spec("pyarrow") is not None:
        ensure_demo(course, state, say)
        refresh_progress(course, state)
    elif profile.role != "trainee":
        raise UserError(_("Este perfil necesita el paquete pyarrow: ejecute make setup y repita."))
    if profile.role == "trainee":
        prepare_trainee(course, state, say)
    elif profile.role == "institution":
        pages = {"institucion.ipynb": course / "grading/dashboards/institucion.ipynb", "guia.md": course / GUIDE}
        update = workspace.update(state / str(profile.workspace), pages)
        sign(update.written, state_folder(profile, state) / "data")


def prepare_trainee(course: Path, state: Path, say: Say) -> None:
    """Bring the trainee's workspace up to date; where no exchange offers the assignments, they come with it."""
    profile = PROFILES["trainee"]
    folder = state / str(profile.workspace)
    offered = offered_tasks(state)
    exchange = bool(offered)
    files = workspace.contents(course) if exchange else workspace.with_assignments(course)
    update = workspace.update(folder, files)
    for note in update.notes:
        say(note)
    pseudonym(folder)  # Made here, at the top: a lesson opened first would make one of its own.
    refreshed = refresh_home(folder, exchange=exchange, offered=offered)
    sign([*update.written, *refreshed], state_folder(profile, state) / "data")


def offered_tasks(state: Path) -> frozenset[str]:
    """The tasks that nbgrader's exchange offers here; none where it does not exist (on Windows)."""
    return frozenset() if os.name == "nt" else frozenset(one.name for one in state.glob("exchange/*/outbound/*"))


def ensure_demo(course: Path, state: Path, say: Say) -> None:
    """Build the simulated cohort on the first start, unless a cohort of the institution's own is there already.

    The build puts nothing in its place before it is whole, so that one which was interrupted is simply begun again.
    """
    ready = state / "demo.ready"
    if ready.exists():
        return
    demo = importlib.import_module("ciberaula.grading.demo")
    if not demo.is_wanted(state):
        return
    say(_("Preparando la cohorte de demostración, con 24 participantes simulados (solo la primera vez)…"))
    with warnings.catch_warnings():
        # What nbgrader's own libraries remark about each other says nothing to a person who opens a classroom.
        warnings.simplefilter("ignore")
        demo.build(state, course, local_student=LOCAL_STUDENT)
    ready.touch()


def refresh_progress(course: Path, state: Path) -> None:
    """Make a new progress snapshot where the gradebook changed since the last one."""
    from ciberaula.progress.gradebook import changed_since

    if changed_since(state, state / "progress" / "snapshot" / "items.parquet"):
        from ciberaula.progress.snapshot import refresh

        refresh(state, course)


def _serve(profile: Profile, course: Path, state: Path, port: int, browser: bool, say: Say) -> None:
    server = new_server(profile, course, state, port)
    if not (server.root / profile.page).is_file():
        raise UserError(
            _("Falta {page} en {folder}: ejecute make notebooks y repita.").format(
                page=profile.page, folder=server.root
            )
        )
    # Again: preparing may have taken long, and the configuration below could be that of a classroom opened meanwhile.
    serving.check_port(port)
    log = state / "jupyter" / f"{profile.role}.log"
    env = write_configuration(server, course, state)
    begun = time.monotonic()
    with serving.running(server, env, log) as process:
        say(_announcement(profile, server.address, server.root, log, time.monotonic() - begun))
        if browser:
            webbrowser.open(server.address)
        code = process.wait()
    raise UserError(
        _("El aula se detuvo sola (código {code}): vea el detalle en {log} y ábrala de nuevo.").format(
            code=code, log=log
        )
    )


def _announcement(profile: Profile, address: str, root: Path, log: Path, seconds: float) -> str:
    return "\n".join(
        (
            "",
            _("El aula está lista para {title} (se abrió en {seconds:.0f} s). Ábrala en su navegador:").format(
                title=profile.title, seconds=seconds
            ),
            "",
            f"    {address}",
            "",
            _("En marcha: JupyterLab y Voila, solo en este equipo. Carpeta: {root}").format(root=root),
            _("Registro del servidor: {log}").format(log=log),
            _("Para cerrar el aula: Ctrl-C en esta ventana. Lo hecho ya está guardado."),
            "",
        )
    )
