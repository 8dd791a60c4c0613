"""What every view is made of: the page, its sections, tables and notices. All text is escaped here, on its way to HTML."""

import os
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, quote

from ciberaula.dashboards.charts import PATTERNS
from ciberaula.i18n import _
from ciberaula.page import Page

# It travels with the output, so that a view looks the same in JupyterLab, in Voila and in print.
STYLE = Path(__file__).with_name("view.css").read_text(encoding="utf-8")


class Html(str):
    """Text that is HTML already. Everything else is escaped."""

    __slots__ = ()


def page(title: str, summary: str, parts: Iterable[str], *, simulated: bool, updated: str, links: str = "") -> Page:
    """Put a view together. ``simulated`` adds the label that nobody must miss."""
    label = (
        f'<p class="ca-simulated"><strong>{escape(_("Cohorte simulada"))}</strong> '
        f"{escape(_('Incluye personas inventadas, para conocer el aula.'))}</p>"
        if simulated
        else ""
    )
    head = (
        f'<header><h1>{escape(title)}</h1><p class="ca-lead">{escape(summary)}</p>{label}'
        f'<p class="ca-small">{escape(updated)} {links}</p></header>'
    )
    body = "".join(parts)
    return Page(
        f'<style>{STYLE}</style><div class="ca-view" lang="es">{PATTERNS}{head}{body}</div>', f"{title}: {summary}"
    )


def notice(title: str, message: str) -> Page:
    """A page that only says one thing: nothing to show yet, or what went wrong."""
    body = f'<h1>{escape(title)}</h1><p class="ca-notice">{escape(message)}</p>'
    return Page(f'<style>{STYLE}</style><div class="ca-view" lang="es">{body}</div>', f"{title}: {message}")


def section(title: str, *parts: str, note: str = "", place: str = "") -> str:
    """A titled part of a page. ``place`` is what an address calls it by, after ``#``."""
    small = f'<p class="ca-small">{escape(note)}</p>' if note else ""
    id = f' id="{escape(place)}"' if place else ""
    return f"<section{id}><h2>{escape(title)}</h2>{small}{''.join(parts)}</section>"


def empty(message: str) -> str:
    """What a section says when it has nothing to show."""
    return f'<p class="ca-empty">{escape(message)}</p>'


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[object]], *, hide_caption: bool = False) -> str:
    """A table whose first column names the row. It scrolls inside its own box where the screen is narrow."""
    hidden = ' class="ca-hidden"' if hide_caption else ""
    head = "".join(f'<th scope="col" role="columnheader">{escape(cell)}</th>' for cell in header)
    body = "".join(_row(header, row) for row in rows)
    return (
        f'<div class="ca-scroll" role="region" tabindex="0" aria-label="{escape(caption)}"><table role="table">'
        f'<caption{hidden}>{escape(caption)}</caption><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></div>'
    )


def _row(header: Sequence[str], row: Sequence[object]) -> str:
    """A row; each cell carries its column's name, which is shown where a narrow screen turns rows into cards."""
    cells = "".join(
        f'<td role="cell" data-label="{escape(name)}">{cell(one)}</td>'
        for name, one in zip(header[1:], row[1:], strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{cell(row[0])}</th>{cells}</tr>'


def cell(value: object) -> str:
    """A value as HTML: escaped unless it is ``Html``."""
    return str(value) if isinstance(value, Html) else escape(str(value))


def details(summary: str, *parts: str) -> str:
    """A part that opens on demand, by mouse or keyboard."""
    return f"<details><summary>{escape(summary)}</summary>{''.join(parts)}</details>"


def link(address: str, text: str, about: str = "") -> Html:
    """A link; ``about`` tells links with the same words apart for a screen reader."""
    label = f' aria-label="{escape(f"{text}: {about}")}"' if about else ""
    return Html(f'<a href="{escape(address)}"{label}>{escape(text)}</a>')


def base_url() -> str:
    """Where the Jupyter server's addresses begin, with a slash at the end."""
    base = os.environ.get("VOILA_BASE_URL") or os.environ.get("JUPYTERHUB_SERVICE_PREFIX") or "/"
    return base if base.endswith("/") else f"{base}/"


def address(kind: str, path: str) -> str:
    """The address of a file of the server: ``lab/tree``, ``files`` or ``voila/render``, and its path."""
    return f"{base_url()}{kind}/{quote(path)}"


def query() -> dict[str, str]:
    """What the address asks for, when Voila shows the page (``?grupo=Azuay``); empty in JupyterLab."""
    if not os.environ.get("SERVER_SOFTWARE", "").startswith("voila/"):
        return {}
    return {name: values[-1] for name, values in parse_qs(os.environ.get("QUERY_STRING", "")[:2000]).items()}


def choice(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str) -> str:
    """A labelled list to choose from; ``options`` are (value, text)."""
    items = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in options
    )
    place = f"ca-{name}"
    return (
        f'<div><label for="{escape(place)}">{escape(label)}</label>'
        f'<select id="{escape(place)}" name="{escape(name)}">{items}</select></div>'
    )
