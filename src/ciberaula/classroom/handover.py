"""What a trainee did in a module, and how it travels with her assignment."""

import html
from pathlib import Path

from ciberaula.classroom.lessons import lessons_in
from ciberaula.classroom.participant import pseudonym
from ciberaula.classroom.record import RECORD_FILE, LearningRecord, Statement, read_statements
from ciberaula.classroom.workplace import workplace
from ciberaula.errors import UserError
from ciberaula.i18n import _, ngettext
from ciberaula.page import Page


def module_progress(module: str | None = None) -> Page:
    """How many activities of each lesson of ``module`` (by default the working folder) have been done.

    ``module`` is the folder's name; it is looked for in ``modules/`` from here upwards.
    """
    folder = Path.cwd() if module is None else _module_folder(module)
    if folder is None:
        said = _("El módulo «{module}» no está en esta carpeta de trabajo: no hay avance que mostrar.").format(
            module=module
        )
        return _card(f"<p>{html.escape(said)}</p>", said)
    place = workplace(folder)
    counts = {
        lesson: (sum(place.is_done(id) for id in ids), len(ids)) for lesson, ids in lessons_in(place.folder).items()
    }
    if not counts:
        said = _("Este módulo no tiene lecciones con actividades.")
        return _card(f"<p>{said}</p>", said)
    return _progress_card(folder.name, counts)


def _card(body: str, text: str) -> Page:
    return Page(f'<div class="ciberaula-card" lang="es">{body}</div>', text)


def _progress_card(module: str, counts: dict[str, tuple[int, int]]) -> Page:
    heads = (_("Lección"), _("Actividades"), _("Estado"))
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    rows, lines = [], []
    for lesson, (done, total) in counts.items():
        state = _("completa") if done == total else _("en curso") if done else _("sin empezar")
        amount = _("{done} de {total}").format(done=done, total=total)
        rows.append(f'<tr><th scope="row">{html.escape(lesson)}</th><td>{amount}</td><td>{state}</td></tr>')
        lines.append(f"{lesson}: {amount} ({state})")
    caption = html.escape(_("Su avance en {module}").format(module=module))
    return _card(f"<table><caption>{caption}</caption><tr>{head}</tr>{''.join(rows)}</table>", "\n".join(lines))


def delivery(module: str) -> Page:
    """Bring the learning record of ``module`` into the assignment's folder, so that it travels with the submission.

    Statements already there are not brought again. Says to the trainee what travels: no name, nothing she wrote.
    """
    record = LearningRecord(Path.cwd())
    source = _module_folder(module)
    if source is None or source.resolve() == record.folder.resolve():
        brought, total = 0, len(list(record.statements()))
    else:
        brought, total = _bring(source / RECORD_FILE, record)
    said = ngettext(
        "Su registro de aprendizaje acompaña esta entrega: {count} actividad.",
        "Su registro de aprendizaje acompaña esta entrega: {count} actividades.",
        total,
    ).format(count=total)
    if not total:
        said = _("Todavía no hay actividades del módulo registradas; puede entregar de todos modos.")
    elif brought:
        said += ngettext(" Se añadió {count} nueva.", " Se añadieron {count} nuevas.", brought).format(count=brought)
    privacy = _(
        "El registro dice qué actividad se hizo y cuándo, con un seudónimo; no lleva su nombre ni los textos que usted escribió."
    )
    return _card(f"<p>{html.escape(said)}</p><p>{html.escape(privacy)}</p>", f"{said}\n{privacy}")


def _bring(source: Path, record: LearningRecord) -> tuple[int, int]:
    """Append to ``record`` what ``source`` has and it lacks; how many, and how many there are then."""
    here = {one["id"] for one in record.statements()}
    new = [one for one in read_statements(source) if one["id"] not in here and _own(one, source.parent)]
    if new:
        try:
            record.append(new)
        except OSError as error:
            raise UserError(
                _(
                    "No se pudo escribir {file} en esta carpeta: libere espacio o cambie sus permisos, y ejecute de nuevo."
                ).format(file=RECORD_FILE)
            ) from error
    return len(new), len(here) + len(new)


def _own(statement: Statement, folder: Path) -> bool:
    """Is it this participant's? A shared folder may hold another person's statements."""
    return bool(statement["actor"]["account"]["name"] == pseudonym(folder))


def _module_folder(module: str) -> Path | None:
    here = Path.cwd()
    candidates = (folder / "modules" / module for folder in [here, *here.parents])
    return next((folder for folder in candidates if folder.is_dir()), None)
