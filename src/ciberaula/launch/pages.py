"""The trainee's home page as accessible static HTML, from the plan of the course. ``inicio.ipynb`` shows it."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from ciberaula.curriculum import Curriculum, Lesson, Module, load
from ciberaula.i18n import _, ngettext
from ciberaula.page import Page
from ciberaula.paths import course_root

# ``ca-solo-lab`` is what works in JupyterLab alone; as a page (Voila) its style sheet shows ``ca-solo-pagina`` instead.
# Colours have a contrast of at least 4.5 on their ground in both of Lab's themes: they are the theme's own.
_STYLE = """
.ca-inicio { max-width: 60rem; line-height: 1.5; font-size: 1rem; }
.ca-inicio ol, .ca-inicio ul { padding-left: 1.4rem; }
.ca-inicio .ca-ficha { border: 1px solid currentColor; border-radius: .5rem; padding: .75rem 1rem; margin: .75rem 0; }
.ca-inicio h3 { margin: 0 0 .25rem; }
.ca-inicio li { margin: .25rem 0; }
.ca-inicio li a { line-height: 1.75; }
.ca-inicio summary { min-height: 44px; padding: .5rem 0; cursor: pointer; font-weight: 600; }
.ca-inicio .ca-solo-pagina { display: none; }
.ca-inicio a:focus-visible, .ca-inicio button:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
.ca-inicio button { font: inherit; padding: .35rem .75rem; min-height: 2rem; cursor: pointer; }
"""


@dataclass(frozen=True)
class _Place:
    """Where the page is shown: the workspace, the server's address, and how tasks come and go there."""

    here: Path
    base: str
    exchange: bool
    offered: Collection[str] | None

    def offers(self, task: str) -> bool:
        """Whether the exchange has the task today, as far as is known."""
        return self.offered is None or task in self.offered


def trainee_home(
    folder: Path | None = None,
    *,
    exchange: bool = True,
    offered: Collection[str] | None = None,
    base_url: str | None = None,
) -> Page:
    """The trainee's home: every module with its lessons, tasks and their delivery, progress, guide.

    ``folder`` is the workspace (default: where the notebook runs); ``exchange`` says whether tasks are fetched and
    delivered through nbgrader's exchange or as a file, and ``offered`` which tasks it has today (default: all);
    ``base_url`` is the server's, as a hub may prefix it.
    """
    here = folder or Path.cwd()
    plan = load(here if (here / "modules/curriculum.yml").is_file() else course_root())
    base = (base_url or os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/")).rstrip("/")
    parts = [_written(plan, _Place(here, base, exchange, offered)), _planned(plan)]
    text = _("{title}: {modules}").format(title=plan.title, modules="; ".join(module.title for module in plan.written))
    return Page(f'<style>{_STYLE}</style><div class="ca-inicio" lang="es">{"".join(parts)}</div>', text)


def _written(plan: Curriculum, place: _Place) -> str:
    cards = "".join(_module_card(module, place) for module in plan.written)
    how = _(
        "El título abre la lección como página, lista para responder. «Cuaderno» la abre en JupyterLab, donde además se ve "
        "el código."
    )
    return f'<h2>{escape(_("Módulos que puede hacer hoy"))}</h2><p class="ca-solo-lab">{escape(how)}</p>{cards}'


def _module_card(module: Module, place: _Place) -> str:
    lessons = "".join(_lesson(module, lesson, place) for lesson in module.lessons)
    return (
        f'<section class="ca-ficha"><h3>{module.number}. {escape(module.title)}</h3>'
        f"<p>{escape(module.about)} {_hours(module.hours)}.</p><ol>{lessons}</ol>{_task(module, place)}</section>"
    )


def _lesson(module: Module, lesson: Lesson, place: _Place) -> str:
    path = f"modules/{module.id}/{lesson.notebook}"
    # Every module has a presentation and something to take away: only with the module is a title one of its own.
    about = _in_module(lesson.title, module)
    page = _link(f"{place.base}/voila/render/{quote(path)}", lesson.title, about)
    notebook = _link(quote(path), _("cuaderno"), _("cuaderno: {title}").format(title=about))
    return f'<li>{page} · {_minutes(lesson.minutes)}<span class="ca-solo-lab"> · {notebook}</span></li>'


def _task(module: Module, place: _Place) -> str:
    task = module.assignment
    path = f"{task.id}/{task.notebook}.ipynb"
    heading = _("Tarea: {title} ({minutes}, {points:g} puntos)").format(
        title=task.title, minutes=_minutes(task.minutes), points=task.points
    )
    lists = _command("nbgrader:open-assignment-list", _("Abrir la lista de tareas"), module)
    fetched = (place.here / path).is_file()
    handing_in = _("Al terminar, entréguela en la lista de tareas con «Submit»; ahí vuelve la retroalimentación.")
    if fetched:
        opened = _link(quote(path), _("abrir la tarea"), _("abrir la tarea: {title}").format(title=task.title))
        step = _("Ya está en su carpeta: {link}.").format(link=opened)
    elif not place.exchange:
        step = _("Todavía no está en su carpeta: pídala a su docente.")
    elif place.offers(task.id):
        step = _("Primero tráigala: {button} y pulse «Fetch» junto a {id}.").format(button=lists, id=escape(task.id))
    else:
        step = _("Su docente todavía no la publica. Cuando lo haga, la verá aquí: {button}.").format(button=lists)
    if not place.exchange:
        form = _link(f"{place.base}/voila/render/entregar.ipynb", _("entregar por archivo"))
        handing_in = _("Al terminar, prepare su archivo: {link}.").format(link=form)
    elif fetched:
        handing_in = _("Al terminar: {button} y pulse «Submit». Ahí mismo vuelve la retroalimentación.").format(
            button=lists
        )
    in_lab = _link(f"{place.base}/lab/tree/inicio.ipynb", _("abrir el aula en JupyterLab"))
    elsewhere = _("La tarea se hace en JupyterLab, mejor en un computador: {link}.").format(link=in_lab)
    return (
        f'<p><strong>{escape(heading)}</strong></p><p class="ca-solo-lab">{step}<br>{handing_in}</p>'
        f'<p class="ca-solo-pagina">{elsewhere}</p>'
    )


def _planned(plan: Curriculum) -> str:
    rows = "".join(
        f"<li>{module.number}. {escape(module.title)} ({_hours(module.hours)})<br>{escape(module.about)}</li>"
        for module in plan.modules
        if not module.written
    )
    if not rows:
        return ""
    count = sum(not module.written for module in plan.modules)
    summary = ngettext("Ver {count} módulo en preparación", "Ver los {count} módulos en preparación", count)
    return (
        f"<h2>{escape(_('Módulos que vienen'))}</h2><details><summary>{escape(summary.format(count=count))}</summary>"
        f'<ul class="ca-vienen">{rows}</ul></details>'
    )


def _in_module(text: str, module: Module) -> str:
    return _("{text}, módulo {number}").format(text=text, number=module.number)


def _link(address: str, text: str, name: str = "") -> str:
    # Several links share their words; a screen reader's list of links needs a ``name`` that tells them apart.
    label = f' aria-label="{escape(name)}"' if name else ""
    return f'<a href="{escape(address)}"{label}>{escape(text)}</a>'


def _command(command: str, text: str, module: Module) -> str:
    label = escape(_in_module(text, module))
    return (
        f'<button type="button" aria-label="{label}" data-commandlinker-command="{escape(command)}">'
        f"{escape(text)}</button>"
    )


def _minutes(minutes: int) -> str:
    return _("{minutes} min").format(minutes=minutes)


def _hours(hours: int) -> str:
    return ngettext("{hours} hora", "{hours} horas", hours).format(hours=hours)
