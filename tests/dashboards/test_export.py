"""A download holds its data; what a table's file may hold is tested with ``ciberaula.spreadsheet``."""

import base64

from ciberaula.dashboards.export import download


def test_a_download_holds_its_data():
    link = download("a.csv", "Descargar <b>", b"\x00\xff")
    assert 'download="a.csv"' in link and "Descargar &lt;b&gt;" in link
    assert base64.b64decode(link.split("base64,")[1].split('"')[0]) == b"\x00\xff"
