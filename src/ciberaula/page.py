"""What a cell shows: HTML in a notebook, one line of plain text where there is none."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """``html`` is complete and safe; ``text`` says the same in plain text."""

    html: str
    text: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text
