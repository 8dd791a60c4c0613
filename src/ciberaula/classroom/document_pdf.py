"""A document as PDF: Spanish, titled, with bookmarks, in a font that has every letter people write.

The DejaVu fonts come with matplotlib, which the classroom needs anyway; PDF's own fonts know Latin-1 only.
"""

import io
from importlib.util import find_spec
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.prefs import ViewerPreferences

from ciberaula.classroom.document_pages import (
    CHECKED,
    UNCHECKED,
    Answer,
    Block,
    Bullets,
    Checks,
    Heading,
    Pages,
    Paragraph,
    Picture,
    Runs,
    Signatures,
    empty_mark,
    lead,
)
from ciberaula.errors import UserError
from ciberaula.i18n import _

_FACES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf", "I": "DejaVuSans-Oblique.ttf"}
_LINE_MM = 5.6
_SIZE = 10.5
_MM = 25.4 / 96  # millimetres in a pixel


class _Paper(FPDF):  # type: ignore[misc]
    """A4 with the label above and the notice and page number below every page."""

    def __init__(self, pages: Pages) -> None:
        super().__init__(format="A4")
        self._pages = pages
        for style, file in _FACES.items():
            self.add_font("DejaVu", style, _fonts() / file)
        self.set_margins(20, 18, 20)
        self.set_auto_page_break(True, margin=22)
        self.set_lang("es-EC")
        self.set_title(pages.title)
        self.set_subject(pages.label)
        self.set_author("Aula de Ciberintervención")
        self.set_creator("Aula de Ciberintervención")
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)

    def header(self) -> None:
        self.set_font("DejaVu", "B", 8.5)
        self.cell(0, 6, self._pages.label, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(3)

    def footer(self) -> None:
        self.set_y(-16)
        self.set_font("DejaVu", "", 7.5)
        self.cell(self.epw - 30, 4, self._pages.notice)
        self.cell(30, 4, _("Página {page} de {total}").format(page=self.page_no(), total="{nb}"), align="R")


def to_pdf(pages: Pages) -> bytes:
    """The bytes of the PDF. Raises ``UserError`` where the fonts are missing."""
    paper = _Paper(pages)
    paper.add_page()
    paper.set_font("DejaVu", "B", 17)
    _lines(paper, pages.title, height=8)
    paper.ln(2)
    for block in pages.blocks:
        _add(paper, block)
    return bytes(paper.output())


def _add(paper: _Paper, block: Block) -> None:
    match block:
        case Heading(text):
            _heading(paper, text)
        case Paragraph(runs):
            _write(paper, runs)
            paper.ln(2)
        case Bullets(items):
            for item in items:
                _item(paper, "•", item)
            paper.ln(2)
        case Answer(label, lines):
            _keep_together(paper, lines=2)
            paper.set_font("DejaVu", "B", _SIZE)
            _lines(paper, lead(label))
            paper.set_font("DejaVu", "" if lines else "I", _SIZE)
            for line in lines or (empty_mark(),):
                _lines(paper, line)
            paper.ln(2)
        case Checks(label, items):
            _keep_together(paper, lines=min(len(items), 12) + 1)
            paper.set_font("DejaVu", "B", _SIZE)
            _lines(paper, lead(label))
            paper.set_font("DejaVu", "", _SIZE)
            for text, checked in items:
                _item(paper, CHECKED if checked else UNCHECKED, text)
            paper.ln(2)
        case Picture(drawing):
            width = min(paper.epw, drawing.width * _MM)
            if paper.will_page_break(width * drawing.height / drawing.width):
                paper.add_page()
            paper.image(io.BytesIO(drawing.png()), w=width, alt_text=drawing.description, title=drawing.title)
            paper.ln(3)
            for fact in drawing.facts:
                _item(paper, "•", fact)
            paper.ln(2)
        case Signatures(title, names):
            if paper.will_page_break(14 + 20 * len(names)):
                paper.add_page()
            _heading(paper, title)
            for name in names:
                _signature(paper, name)


def _heading(paper: _Paper, text: str) -> None:
    _keep_together(paper, lines=5)
    paper.ln(2)
    paper.set_font("DejaVu", "B", 12.5)
    paper.start_section(text)
    _lines(paper, text, height=6.5)
    paper.ln(1)


def _keep_together(paper: _Paper, lines: int) -> None:
    """A new page unless so many lines fit: a title or label alone at the foot of a page says nothing."""
    if paper.will_page_break(_LINE_MM * lines):
        paper.add_page()


def _signature(paper: _Paper, name: str) -> None:
    paper.ln(14)
    left, y = paper.l_margin, paper.get_y()
    paper.line(left, y, left + 90, y)
    paper.line(left + 100, y, left + paper.epw, y)
    paper.set_font("DejaVu", "", 9)
    paper.cell(100, 5, name)
    paper.cell(0, 5, _("Fecha"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _item(paper: _Paper, sign: str, content: Runs | str) -> None:
    paper.set_font("DejaVu", "", _SIZE)
    _keep_together(paper, lines=1)
    paper.set_x(paper.l_margin + 2)
    paper.cell(6, _LINE_MM, sign)
    margin = paper.l_margin
    paper.set_left_margin(margin + 8)
    if isinstance(content, str):
        _lines(paper, content)
    else:
        _write(paper, content)
    paper.set_left_margin(margin)
    paper.set_x(margin)


def _write(paper: _Paper, runs: Runs) -> None:
    for run in runs:
        paper.set_font("DejaVu", "B" if run.bold else "", _SIZE)
        paper.write(_LINE_MM, run.text)
    paper.ln(_LINE_MM)


def _lines(paper: _Paper, text: str, height: float = _LINE_MM) -> None:
    paper.multi_cell(0, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _fonts() -> Path:
    found = find_spec("matplotlib")
    folders = list(found.submodule_search_locations or []) if found else []
    for folder in folders:
        fonts = Path(folder) / "mpl-data" / "fonts" / "ttf"
        if all((fonts / file).is_file() for file in _FACES.values()):
            return fonts
    raise UserError(_("Faltan las letras DejaVu para hacer el PDF: instale matplotlib o guarde el documento en Word."))
