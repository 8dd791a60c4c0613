"""Text of questions: legal placeholders, and markdown-light to safe HTML."""

import html
import re
from functools import cache
from typing import Any

import mistune

from ciberaula.errors import UserError
from ciberaula.i18n import _

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_TAG = re.compile(r"<[^>]+>")


class _SafeRenderer(mistune.HTMLRenderer):
    """Escapes raw HTML and harmful links (mistune does), and shows an image as its description: nothing is fetched."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return text


@cache
def _markdown() -> mistune.Markdown:
    return mistune.create_markdown(renderer=_SafeRenderer(escape=True), plugins=["table"])


def to_html(text: str) -> str:
    """Markdown-light ``text`` as safe block HTML; HTML in it is escaped."""
    return str(_markdown()(text)).strip()


def as_it_is(html: str) -> str:
    """``html`` itself: what it links to needs no other address."""
    return html


def to_inline_html(text: str) -> str:
    """As :func:`to_html`, without the enclosing paragraph where there is just one: for labels."""
    block = to_html(text)
    inner = block.removeprefix("<p>").removesuffix("</p>")
    return inner if "<p>" not in inner and block.startswith("<p>") else block


def to_plain(text: str) -> str:
    """Markdown-light ``text`` without marks, on one line."""
    return " ".join(html.unescape(_TAG.sub(" ", to_html(text))).split())


def expand_placeholders(data: Any, where: str) -> Any:
    """``data`` (nested lists and dicts of YAML) with every ``{{ec.breach.authority}}`` replaced by the law's phrase.

    Raises ``UserError`` beginning with ``where`` for an unknown parameter.
    """
    if isinstance(data, str):
        return _PLACEHOLDER.sub(lambda match: _phrase(match.group(1), where), data)
    if isinstance(data, list):
        return [expand_placeholders(item, where) for item in data]
    if isinstance(data, dict):
        return {name: expand_placeholders(value, where) for name, value in data.items()}
    return data


def _phrase(parameter: str, where: str) -> str:
    from ciberaula.casework.legal import phrase  # read only where a text cites the law

    try:
        return phrase(parameter)
    except UserError as error:
        raise UserError(
            _("{where}: «{{{{{parameter}}}}}» no se puede citar. {reason}").format(
                where=where, parameter=parameter, reason=error
            )
        ) from error
