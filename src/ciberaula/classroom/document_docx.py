"""A document as a Word file (DOCX), with real headings and lists, Spanish as its language, and nobody named as author."""

import datetime
import io

from docx import Document
from docx.document import Document as DocumentType
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.styles.style import ParagraphStyle

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
    Signatures,
    empty_mark,
    lead,
)
from ciberaula.i18n import _

LANGUAGE = "es-EC"
_UNIT = 9525  # EMU in a pixel, as Word counts them
_INK = RGBColor(0x1A, 0x1A, 0x1A)


def to_docx(pages: Pages) -> bytes:
    """The bytes of the DOCX."""
    document = Document()
    _style(document)
    properties = document.core_properties
    properties.title = pages.title
    properties.language = LANGUAGE
    properties.subject = pages.label
    properties.author = "Aula de Ciberintervención"
    properties.last_modified_by = ""
    properties.comments = pages.notice
    properties.created = properties.modified = datetime.datetime.now(datetime.UTC)  # not the day of the template
    section = document.sections[0]
    section.header.paragraphs[0].text = pages.label
    section.footer.paragraphs[0].text = pages.notice
    document.add_heading(pages.title, level=0)
    for block in pages.blocks:
        _add(document, block)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _style(document: DocumentType) -> None:
    normal = document.styles["Normal"]
    normal.font.name = "Calibri"
    normal.font.size = Pt(11)
    language = OxmlElement("w:lang")
    for attribute in ("w:val", "w:eastAsia", "w:bidi"):
        language.set(qn(attribute), LANGUAGE)
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(language)
    for name, size in (("Title", 20), ("Heading 1", 14)):
        style: ParagraphStyle = document.styles[name]
        style.font.size = Pt(size)
        style.font.color.rgb = _INK  # the template's pale blue is too faint in print
        style.paragraph_format.keep_with_next = True


def _add(document: DocumentType, block: Block) -> None:
    match block:
        case Heading(text):
            document.add_heading(text, level=1)
        case Paragraph(runs):
            paragraph = document.add_paragraph()
            for run in runs:
                paragraph.add_run(run.text).bold = run.bold
        case Bullets(items):
            for item in items:
                paragraph = document.add_paragraph(style="List Bullet")
                for run in item:
                    paragraph.add_run(run.text).bold = run.bold
        case Answer(label, lines):
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{lead(label)} ").bold = True
            if lines:
                paragraph.add_run("\n".join(lines))
            else:
                paragraph.add_run(empty_mark()).italic = True
        case Checks(label, items):
            paragraph = document.add_paragraph()
            paragraph.add_run(lead(label)).bold = True
            paragraph.paragraph_format.keep_with_next = True
            for text, checked in items:
                document.add_paragraph(f"{CHECKED if checked else UNCHECKED} {text}", style="List")
        case Picture(drawing):
            width = min(Cm(16), Emu(drawing.width * _UNIT))
            shape = document.add_picture(io.BytesIO(drawing.png()), width=width)
            shape._inline.docPr.set("descr", drawing.description)
            shape._inline.docPr.set("title", drawing.title)
            for fact in drawing.facts:
                document.add_paragraph(fact, style="List Bullet")
        case Signatures(title, names):
            document.add_heading(title, level=1)
            for name in names:
                paragraph = document.add_paragraph()
                paragraph.paragraph_format.space_before = Pt(24)
                paragraph.paragraph_format.keep_together = True
                paragraph.add_run(
                    _("{name}: firma {line} fecha {short}").format(name=name, line="_" * 32, short="_" * 12)
                )
