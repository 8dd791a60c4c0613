"""Documents of practice: filled in beside the lesson, kept in the answer sheet, taken home as Word or PDF."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ciberaula.classroom.case_sources import CaseSource
from ciberaula.classroom.document_pages import Pages, compose, to_html
from ciberaula.classroom.document_spec import Part, Template, load_template
from ciberaula.classroom.drawing import Drawing
from ciberaula.classroom.fields import Section, clean_values
from ciberaula.classroom.forms import Action, Copy, Filled, FormWidget
from ciberaula.classroom.genograms import ecomap, genogram
from ciberaula.classroom.workplace import Workplace, workplace
from ciberaula.errors import UserError
from ciberaula.files import cause, write_atomic
from ciberaula.i18n import _, ngettext

FOLDER = "mis-documentos"
_MOST = 999
_MOST_OPEN = 3  # a document of more sections shows them folded
_MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}

Values = dict[str, Any]


def document(id: str, story: str | None = None) -> FormWidget:
    """The form of ``documento-<id>.yml``, found beside the notebook.

    What is filled in is saved at every change under ``documento-<id>`` in the answer sheet; the buttons write a new
    numbered copy into ``mis-documentos/``. With a ``story`` that was played here, empty fields begin with what its case
    says, and its genogram and ecomap are shown. Raises ``UserError`` where the template is missing or has a mistake.
    """
    place = workplace()
    key = f"documento-{id}"
    path = place.folder / f"{key}.yml"
    if path.name != f"{key}.yml" or not id:
        raise UserError(_("«{id}» no es el nombre de un documento: por ejemplo, use «consentimiento».").format(id=id))
    template = load_template(path)
    case, hitches = _case_if_any(place, story)
    drawings, undrawn = _drawings(template, case)
    actions = [
        Action("docx", _("Descargar en Word"), _export(place, id, template, drawings, "docx")),
        Action("pdf", _("Descargar en PDF"), _export(place, id, template, drawings, "pdf")),
    ]
    if story:
        actions.append(Action("fetch", _("Traer lo que registré en la mesa"), _fetch(place, story, template, drawings)))

    def save(values: Values) -> str:
        return place.sheet.save(key, "form", values or None).message

    return FormWidget(
        template.title,
        [_section(part) for part in template.sections],
        intro="\n\n".join([_intro(template, story, case), *hitches, *undrawn]),
        values=_from_case(template, case) | saved_values(place, key, template),
        on_change=save,
        actions=actions,
        result=lambda values: _preview(template, values, drawings),
        folded=len(template.sections) > _MOST_OPEN,
    )


def saved_values(place: Workplace, key: str, template: Template) -> Values:
    """What was filled in before; blanks that the template no longer has, or that changed their kind, are left out."""
    entry = place.sheet.entry(key)
    if entry is None or entry.kind != "form" or not isinstance(entry.value, dict):
        return {}
    kept: Values = {}
    for blank in template.blanks:
        try:
            kept |= clean_values([blank.as_field()], {blank.id: entry.value.get(blank.id)})
        except UserError:
            continue
    return kept


def _played_case(place: Workplace, story: str) -> CaseSource | None:
    from ciberaula.classroom.played import played_case  # the engine of the stories: only where one is asked for

    return played_case(place, story)


def _case_if_any(place: Workplace, story: str | None) -> tuple[CaseSource | None, list[str]]:
    """The case that was played, and why there is none: a log that no longer replays (a newer version of the story) must not
    keep anybody from what was written before."""
    if story is None:
        return None, []
    from ciberaula.classroom.played import NoSuchStory

    try:
        return _played_case(place, story), []
    except NoSuchStory:
        raise
    except UserError as error:
        return None, [_("Lo que registró en la mesa no se puede traer: {reason}").format(reason=error)]


def _intro(template: Template, story: str | None, case: CaseSource | None) -> str:
    if story is None:
        return template.purpose
    line = (
        _("**Del caso {code}:** los campos vacíos traen lo que usted registró en la mesa. Revíselos: puede cambiarlos.")
        if case is not None
        else _(
            "Después de jugar la historia, el botón del final trae lo que registró en la mesa. También puede llenar todo a mano."
        )
    )
    return f"{template.purpose}\n\n{line.format(code=case.file.case.code if case else '')}"


def _from_case(template: Template, case: CaseSource | None) -> Values:
    if case is None:
        return {}
    told = {blank.id: case.text(blank.source) for blank in template.blanks if blank.source}
    return {id: text for id, text in told.items() if text}


def _drawings(template: Template, case: CaseSource | None) -> tuple[dict[str, Drawing], list[str]]:
    """What the template wants and can be drawn of the case, and a line for a family that can't be."""
    wanted = {section.drawing for section in template.sections if section.drawing}
    if case is None or not wanted:
        return {}, []
    made, undrawn = {"ecomap": ecomap(case.file, case.names)}, []
    try:
        made["genogram"] = genogram(case.file)
    except UserError as error:
        undrawn = [_("El genograma no se puede dibujar: {reason}").format(reason=error)]
    return {kind: drawn for kind, drawn in made.items() if kind in wanted}, undrawn


def _fetch(
    place: Workplace, story: str, template: Template, drawings: dict[str, Drawing]
) -> Callable[[Values], str | Filled]:
    """Fill what is empty from the case as it stands now, and draw it anew; what was written by hand stays."""

    def run(values: Values) -> str | Filled:
        case = _played_case(place, story)
        if case is None:
            return _("Todavía no hay nada que traer: juegue primero la historia.")
        drawn, undrawn = _drawings(template, case)
        drawings.clear()
        drawings.update(drawn)
        told = {id: text for id, text in _from_case(template, case).items() if id not in values}
        line = ngettext("Se completó {n} campo vacío.", "Se completaron {n} campos vacíos.", len(told))
        return Filled(" ".join([line.format(n=len(told)), *undrawn]), told | values)

    return run


def _section(part: Part) -> Section:
    advice = _("**Para usted, no se imprime:** {help}").format(help=part.help) if part.help else ""
    quoted = "\n".join(f"> {line}" for line in advice.splitlines())
    intro = "\n\n".join(piece for piece in (part.text, quoted) if piece)
    return Section(part.title, [blank.as_field() for blank in part.fields], intro=intro)


def _preview(template: Template, values: Values, drawings: Mapping[str, Drawing]) -> str:
    """Closed at first, so that the live region announces one line and not the whole document."""
    missing = len(template.missing(values))
    state = (
        ngettext("Falta completar {n} campo.", "Faltan completar {n} campos.", missing).format(n=missing)
        if missing
        else _("El documento está completo.")
    )
    page = to_html(compose(template, values, drawings))
    return f"<p>{state}</p><details><summary>{_('Ver cómo queda el documento')}</summary>{page}</details>"


def _export(
    place: Workplace, id: str, template: Template, drawings: Mapping[str, Drawing], kind: str
) -> Callable[[Values], Copy]:
    def run(values: Values) -> Copy:
        path = write_copy(place.folder, id, kind, compose(template, values, drawings))
        _record(place, id, template)
        line = _("Descargado. Otra copia queda en el aula: {folder}/{name}.").format(folder=FOLDER, name=path.name)
        missing = len(template.missing(values))
        if missing:
            line += " " + ngettext(
                "Queda {n} campo por completar.", "Quedan {n} campos por completar.", missing
            ).format(n=missing)
        return Copy(line, path.name, _MEDIA_TYPES[kind], path.read_bytes())

    return run


def write_copy(folder: Path, id: str, kind: str, pages: Pages) -> Path:
    """Write ``pages`` as ``mis-documentos/<id>-NN.<kind>`` under the first free number. Never touches an earlier copy.

    Raises ``UserError`` where the disk is full or read-only; nothing is then left behind.
    """
    data = _render(kind, pages)
    target = folder / FOLDER
    try:
        target.mkdir(exist_ok=True)
        path = _reserve(target, id, kind)
        try:
            write_atomic(path, data)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UserError(
            _(
                "No se pudo guardar en {folder} ({reason}): libere espacio o revise los permisos, y pruebe otra vez."
            ).format(folder=FOLDER, reason=cause(error))
        ) from error
    return path


def _reserve(target: Path, id: str, kind: str) -> Path:
    """Make the first free numbered file, empty: whoever comes at the same moment gets the next number."""
    for number in range(1, _MOST + 1):
        path = target / f"{id}-{number:02d}.{kind}"
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        except FileExistsError:
            continue
        return path
    raise UserError(
        _("La carpeta {folder} ya tiene {most} copias: borre las que no use.").format(folder=FOLDER, most=_MOST)
    )


def _render(kind: str, pages: Pages) -> bytes:
    # Imported here: both libraries take a moment to load, and most cells never export.
    if kind == "docx":
        from ciberaula.classroom.document_docx import to_docx

        return to_docx(pages)
    from ciberaula.classroom.document_pdf import to_pdf

    return to_pdf(pages)


def _record(place: Workplace, id: str, template: Template) -> None:
    """*Completed* goes to the learning record, best effort: the copy is on the disk whatever becomes of it."""
    activity = place.record.question_activity(f"documento-{id}", template.title, "form")
    try:
        place.record.add("completed", activity, {"completion": True})
    except (OSError, UserError):
        return
