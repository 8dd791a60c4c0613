"""Markup and scripts in everything that a page could show: nothing of it may run, on anybody's screen.

The marks call ``INYECCION``; the suite parses each page that was made and looks for one that a browser would run or fetch.
"""

from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from tests.hostile.course import SOME, grade_id
from tests.hostile.kind import Desk, Kind, Result, made

ATTACKS = (
    "<script>INYECCION()</script>",
    '<img src="x" onerror="INYECCION()">',
    "<svg onload=INYECCION()><script>INYECCION()</script></svg>",
    '<a href="javascript:INYECCION()">x</a>',
    '<a href=" java&#115;cript:INYECCION()">x</a>',
    "[x](javascript:INYECCION())",
    "[x](data:text/html,<script>INYECCION()</script>)",
    "[x](JaVaScRiPt&colon;INYECCION())",
    "![x](https://inyeccion.invalid/INYECCION)",
    "<https://inyeccion.invalid/INYECCION>",
    '<iframe srcdoc="<script>INYECCION()</script>"></iframe>',
    '<form action="https://inyeccion.invalid/INYECCION"><input name=x></form>',
    '<meta http-equiv="refresh" content="0;url=https://inyeccion.invalid/INYECCION">',
    '<base href="https://inyeccion.invalid/INYECCION/">',
    '<link rel="stylesheet" href="https://inyeccion.invalid/INYECCION">',
    "<style>@import url(https://inyeccion.invalid/INYECCION);</style>",
    '<object data="https://inyeccion.invalid/INYECCION"></object><embed src="x:INYECCION">',
    '<math><mtext><img src=x onerror="INYECCION()"></mtext></math>',
    "--></script></style></textarea></title></pre><script>INYECCION()</script><!--",
    "]]><script>INYECCION()</script>",
    "{{ 7 * 7 }}{% raw %}<script>INYECCION()</script>",
    "`<script>INYECCION()</script>`",
    "```\n</code></pre><script>INYECCION()</script>\n```",
    "$$\\href{javascript:INYECCION()}{x}$$ $</script><script>INYECCION()</script>$",
    "<button onclick=INYECCION()>x</button><details ontoggle=INYECCION() open>x</details>",
)
ALL = "\n\n".join(ATTACKS)


def _outputs() -> list[Any]:
    data = {
        "text/html": ALL,
        "text/markdown": ALL,
        "image/svg+xml": "<svg onload=INYECCION()></svg>",
        "application/javascript": "INYECCION()",
        "text/latex": ALL,
        "text/plain": ALL,
        "text/vnd.mermaid": ALL,
        'image/png"onerror="INYECCION()': "AAAA",
        "application/vnd.jupyter.widget-view+json": {"model_id": '"><script>INYECCION()</script>'},
    }
    return [
        new_output("display_data", data=data, metadata={"image/png": {"width": '1" onload="INYECCION()'}}),
        new_output("stream", text=f"\x1b]8;;javascript:INYECCION()\x07x\x1b]8;;\x07{ALL}"),
        new_output("error", ename=ATTACKS[0], evalue=ATTACKS[1], traceback=[ALL]),
    ]


def _in_cells(nb: Any) -> None:
    nb.metadata["title"] = ATTACKS[18]
    nb.metadata["authors"] = [{"name": ATTACKS[0]}]
    nb.metadata["language_info"] = {
        "name": ATTACKS[0],
        "pygments_lexer": ATTACKS[0],
        "file_extension": ATTACKS[0],
        "mimetype": ATTACKS[0],
    }
    nb.metadata["kernelspec"] = {"name": ATTACKS[0], "display_name": ATTACKS[0], "language": ATTACKS[0]}
    nb.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": {}, "x": "</script><script>INYECCION()</script>"}
    }
    attached = new_markdown_cell("![x](attachment:x.png)")
    attached["attachments"] = {
        'x.png" onerror="INYECCION()': {"image/png": "AAAA"},
        "x.png": {'image/svg+xml" onload="INYECCION()': "AA"},
    }
    code = new_code_cell(
        ALL, outputs=_outputs(), metadata={"tags": ['"><script>INYECCION()</script>'], "magics_language": ATTACKS[0]}
    )
    nb.cells = [
        new_markdown_cell(f"# {ATTACKS[1]} {ATTACKS[5]}"),
        new_markdown_cell(ALL),
        new_raw_cell(ALL, metadata={"format": "text/html", "raw_mimetype": "text/html"}),
        attached,
        code,
        *nb.cells,
    ]
    for cell in nb.cells:
        if cell.cell_type == "markdown" and not grade_id(cell):
            cell.source += f"\n\n## {ATTACKS[0]}\n\n{ALL}"


def _shown(result: Result) -> None:
    """The words are on both pages, as words: a page that left them out would prove nothing."""
    assert "INYECCION" in result.page
    assert "INYECCION" in result.formgrader


KINDS = [
    Kind("markup-in-a-written-answer", lambda desk: desk.hand_in(written=ALL), check=_shown),
    Kind("markup-in-cells-and-outputs", lambda desk: desk.hand_in(edit=_in_cells), check=_shown),
    Kind("markup-in-an-answer", lambda desk: desk.hand_in({**SOME, "p05": ALL, "p02": ATTACKS[0]}), check=_shown),
    Kind(
        "markup-by-code",
        lambda desk: desk.hand_in(code={"p05": f"submit_answer('p05', {ALL!r})"}),
        check=lambda result: _assert(result.source("p05") == "isolated"),
    ),
    Kind("markup-in-code", lambda desk: desk.hand_in(code={"p05": f"# {ALL}"})),
]


def _assert(condition: bool) -> None:
    assert condition


def _marks(name: str, text: str) -> Kind:
    """Text that a careless reader of markup takes very long over, or falls into."""
    return Kind(name, lambda desk: desk.hand_in(written=text, answers={**SOME, "p05": text[:19_000]}))


KINDS += [
    _marks("markup-of-brackets", "[" * 20_000 + "]" * 20_000),
    _marks("markup-of-quotations", "> " * 5_000 + "x"),
    _marks("markup-of-lists", "".join(f"{' ' * (2 * n)}- x\n" for n in range(400))),
    _marks("markup-of-stars", "*a **b _c " * 4_000),
    _marks("markup-of-links", "[a](<b" * 5_000),
    _marks("markup-of-backticks", "".join("`" * n + " " for n in range(1, 300))),
    _marks("markup-of-tables", "|" * 10_000 + "\n" + "|-" * 10_000 + "\n" + "|x" * 10_000),
    _marks("markup-of-references", "".join(f"[{n}]: x\n" for n in range(5_000)) + "[a][1]" * 5_000),
]


@made("long-written-answer")
def _long(desk: Desk) -> None:
    desk.hand_in(written="palabra " * 500_000)


@made("written-answer-of-controls", check=lambda result: _assert("Hola" in result.page))
def _controls(desk: Desk) -> None:
    desk.hand_in(written="Hola\x00\x07\x1b[2J\u202e\u2028\ufeff\udcff mundo")


KINDS += [_long, _controls]
