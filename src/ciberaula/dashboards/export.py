"""A file to download, inside the page itself: no server, no request."""

import base64
from html import escape


def download(name: str, text: str, data: bytes) -> str:
    """A link that saves ``data`` as ``name``; ``text`` says what it is."""
    encoded = base64.b64encode(data).decode("ascii")
    return (
        f'<a class="ca-download" download="{escape(name)}" href="data:text/csv;charset=utf-8;base64,{encoded}">'
        f"{escape(text)}</a>"
    )
