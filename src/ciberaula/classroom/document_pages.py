"""A filled-in document as a sequence of plain blocks, from which its HTML, DOCX and PDF are made.

One place decides what is printed, so that the three never differ: the label «Caso simulado», the sections with their
printed text and answers, blanks still to be filled in, the lines to sign, and the notice.
"""

import datetime as dt
import html
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

import mistune

from ciberaula.casework.calendars import in_words
from ciberaula.casework.legal import legal_data
from ciberaula.classroom.document_spec import Blank, Template
from ciberaula.classroom.drawing import Drawing
from ciberaula.classroom.markup import to_plain
from ciberaula.classroom.values import number_text
from ciberaula.i18n import _


@dataclass(frozen=True)
class Run:
    """A stretch of text of one weight."""

    text: str
    bold: bool = False


Runs = tuple[Run, ...]
Token = dict[str, Any]


@dataclass(frozen=True)
class Heading:
    """A section's title."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Printed text of the template."""

    runs: Runs


@dataclass(frozen=True)
class Bullets:
    """A printed list."""

    items: tuple[Runs, ...]


@dataclass(frozen=True)
class Answer:
    """A filled-in blank. No ``lines`` means that it is still empty."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Checks:
    """All options of a multiple choice, each ticked or not: what was not chosen tells something too."""

    label: str
    items: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Signatures:
    """Lines to sign, by whom, under a title of their own."""

    title: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """A drawing of the case, which carries its own words."""

    drawing: Drawing


Block = Heading | Paragraph | Bullets | Answer | Checks | Signatures | Picture

CHECKED, UNCHECKED = "☑", "☐"


@dataclass(frozen=True)
class Pages:
    """A document ready to print. ``label`` stands above the title, ``notice`` at the foot of every page."""

    title: str
    label: str
    notice: str
    blocks: tuple[Block, ...]


def empty_mark() -> str:
    """What stands where a blank is still empty."""
    return _("(por completar)")


def compose(
    template: Template, values: Mapping[str, Any], drawings: Mapping[str, Drawing] = MappingProxyType({})
) -> Pages:
    """``template`` filled in with ``values`` (blank id -> cleaned value) and the ``drawings`` of the case, where it has any."""
    return Pages(
        template.title,
        _("Caso simulado · material formativo"),
        _("{notice}. Normas revisadas el {date}.").format(
            notice=legal_data().notice, date=in_words(legal_data().reviewed)
        ),
        tuple(_blocks(template, values, drawings)),
    )


def _blocks(template: Template, values: Mapping[str, Any], drawings: Mapping[str, Drawing]) -> Iterator[Block]:
    for section in template.sections:
        yield Heading(section.title)
        yield from _printed(section.text)
        if section.drawing in drawings:
            yield Picture(drawings[section.drawing])
        for blank in section.fields:
            # An optional blank left empty is left out: a line for it would ask for data nobody needs.
            if blank.required or blank.id in values:
                yield _filled(blank, values.get(blank.id))
    if template.signatures:
        yield Signatures(_("Firmas"), tuple(template.signatures))


def _filled(blank: Blank, value: Any) -> Block:
    texts = {option.id: to_plain(option.text) for option in blank.options}
    if blank.kind == "multiple":
        return Checks(blank.label, tuple((text, id in (value or [])) for id, text in texts.items()))
    if value is None:
        return Answer(blank.label, ())
    if blank.kind == "choice":
        return Answer(blank.label, (texts[value],))
    if blank.kind == "date":
        return Answer(blank.label, (in_words(dt.date.fromisoformat(value), weekday=True),))
    if blank.kind == "number":
        return Answer(blank.label, (f"{number_text(value)} {blank.unit}".strip(),))
    lines = ("".join(filter(_is_text, line)).strip() for line in value.splitlines())
    return Answer(blank.label, tuple(line for line in lines if line))


def _is_text(character: str) -> bool:
    """Control characters, lone surrogates and non-characters come from a careless paste, and no DOCX may hold them."""
    return unicodedata.category(character) not in ("Cc", "Cs", "Cn") or character == "\t"


def _printed(text: str) -> Iterator[Block]:
    tokens = cast("list[Token]", mistune.create_markdown(renderer="ast")(text))
    for token in tokens:
        if token["type"] == "paragraph":
            yield Paragraph(tuple(_runs(token["children"])))
        elif token["type"] == "list":
            items = (child for item in token["children"] for child in item["children"])
            yield Bullets(tuple(tuple(_runs(item["children"])) for item in items))


def _runs(tokens: list[Token], bold: bool = False) -> Iterator[Run]:
    for token in tokens:
        if token["type"] in ("softbreak", "linebreak"):
            yield Run(" ", bold)
        elif "children" in token:
            yield from _runs(token["children"], bold or token["type"] == "strong")
        else:
            yield Run(html.unescape(token.get("raw", "")), bold)


def to_html(pages: Pages) -> str:
    """The document as an accessible piece of HTML (headings from level 4: it stands inside a notebook)."""
    parts = [f"<p><strong>{html.escape(pages.label)}</strong></p><h4>{html.escape(pages.title)}</h4>"]
    parts += [_html(block) for block in pages.blocks]
    parts.append(f"<p><small>{html.escape(pages.notice)}</small></p>")
    label = html.escape(pages.title, quote=True)
    return f'<article class="ciberaula-page" lang="es" aria-label="{label}">{"".join(parts)}</article>'


def _html(block: Block) -> str:
    match block:
        case Heading(text):
            return f"<h5>{html.escape(text)}</h5>"
        case Paragraph(runs):
            return f"<p>{_html_runs(runs)}</p>"
        case Bullets(items):
            return "<ul>" + "".join(f"<li>{_html_runs(item)}</li>" for item in items) + "</ul>"
        case Answer(label, lines):
            said = "<br>".join(html.escape(line) for line in lines) or f"<em>{html.escape(empty_mark())}</em>"
            return f"<p><strong>{html.escape(lead(label))}</strong> {said}</p>"
        case Checks(label, items):
            ticks = "".join(map(_html_check, items))
            return f'<p><strong>{html.escape(lead(label))}</strong></p><ul class="ciberaula-ticks">{ticks}</ul>'
        case Signatures(title, names):
            places = "".join(f"<li>{html.escape(name)}: {html.escape(_to_sign())}</li>" for name in names)
            return f"<h5>{html.escape(title)}</h5><ul>{places}</ul>"
        case Picture(drawing):
            return drawing.figure("ca-" + "-".join(drawing.title.lower().split()))


def _html_runs(runs: Runs) -> str:
    return "".join(f"<strong>{html.escape(run.text)}</strong>" if run.bold else html.escape(run.text) for run in runs)


def _html_check(item: tuple[str, bool]) -> str:
    text, checked = item
    return f'<li><span aria-hidden="true">{CHECKED if checked else UNCHECKED}</span> {html.escape(said(text, checked))}</li>'


def lead(label: str) -> str:
    """A label as it stands before what was filled in: with a colon, but for a question."""
    return label if label.endswith("?") else f"{label}:"


def said(text: str, checked: bool) -> str:
    """An option with its state in words, for whoever can't see the box."""
    return _("{text}: sí").format(text=text) if checked else _("{text}: no").format(text=text)


def _to_sign() -> str:
    return _("línea para firmar en el documento")
