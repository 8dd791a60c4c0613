"""Finds in a page what a browser would run or fetch because of somebody's text."""

import re
from html.parser import HTMLParser

MARK = "INYECCION"
_FETCHING = {
    "src",
    "href",
    "srcset",
    "data",
    "action",
    "formaction",
    "poster",
    "background",
    "xlink:href",
    "ping",
    "srcdoc",
    "content",
}
_ACTIVE = {"script", "iframe", "object", "embed", "base", "meta", "link", "form", "style", "frame", "applet"}


class _Finder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            named = MARK.casefold() in (value or "").casefold()
            link = (
                tag == "a" and name == "href" and re.match(r"https?:", value or "")
            )  # followed by nobody but a person
            if named and not link and (name.startswith("on") or name in _FETCHING):
                self.found.append(f"<{tag} {name}={value!r}>")
            if MARK.casefold() in name.casefold():
                self.found.append(f"<{tag} {name}>")
        if tag in ("script", "style"):
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and tag == self._inside[-1]:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if self._inside and MARK in data:
            self.found.append(f"<{self._inside[-1]}>{data.strip()[:80]}")


def active(page: str) -> list[str]:
    """Scripts, handlers, addresses and elements of ``page`` that carry the mark."""
    finder = _Finder()
    finder.feed(page)
    finder.close()
    # An element that is active by itself, whatever it says, is only there if its text was not escaped.
    raw = re.findall(rf"<(?:{'|'.join(_ACTIVE)}|svg|img)\b[^>]*{MARK}[^>]*>", page, flags=re.IGNORECASE)
    return [*finder.found, *raw]
