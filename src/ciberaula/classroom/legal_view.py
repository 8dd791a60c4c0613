"""Legal parameters as a card: value, where it comes from, and how sure of it we are."""

import html

from ciberaula.casework.calendars import in_words
from ciberaula.casework.legal import Parameter, certainty_label, legal_data, parameter, value_text
from ciberaula.errors import UserError
from ciberaula.i18n import _

# A sign beside the words, so that certainty can be told at a glance and without colour.
_SIGNS = {"read": "●", "secondary": "◐", "unconfirmed": "○", "in-review": "◌"}

# Narrow screens stack the cells; the roles keep it a table for screen readers all the same.
_STYLE = """
.ca-legal{container-type:inline-size;max-width:60rem;margin:.5rem 0 1rem;line-height:1.45;text-align:left}
.ca-legal table{display:table;width:100%;border-collapse:collapse;margin:0;font-size:1em;table-layout:auto}
.ca-legal caption{caption-side:top;text-align:left;font-weight:600;padding:.25rem 0}
.ca-legal th,.ca-legal td{text-align:left!important;vertical-align:top;padding:.4rem .75rem .4rem 0;
border:0;border-top:1px solid #8c8c8c;white-space:normal;background:transparent;max-width:none}
.ca-legal thead th{border-top:0}
.ca-legal th[scope=row]{width:28%}
.ca-legal td:last-child{width:24%}
.ca-legal .ca-value{font-weight:600}
.ca-legal .ca-place{font-weight:400}
.ca-legal .ca-note{margin:.25rem 0 0}
.ca-legal .ca-sure{white-space:nowrap}
.ca-legal .ca-notice{margin:.5rem 0 0;font-size:.9em}
@container (max-width: 34rem){
.ca-legal thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.ca-legal table,.ca-legal tbody,.ca-legal tr,.ca-legal th,.ca-legal td,.ca-legal caption{display:block;width:auto!important}
.ca-legal tr{border-top:1px solid #8c8c8c;padding:.4rem 0}
.ca-legal th,.ca-legal td{border:0;padding:0}
.ca-legal .ca-where br{display:none}
.ca-legal .ca-sure{margin-left:.35em}}
@media print{.ca-legal tr{break-inside:avoid}}
"""


class LegalCard:
    """What :func:`legal_card` gives: it shows itself in a notebook, on GitHub and in print."""

    def __init__(self, found: list[Parameter]) -> None:
        self._found = found

    def _repr_html_(self) -> str:
        places = {found.source.jurisdiction for found in self._found}
        rows = "".join(_row(found, named=len(places) > 1) for found in self._found)
        caption = (
            _("Parámetros legales") if len(places) > 1 else _("Parámetros legales · {place}").format(place=places.pop())
        )
        heads = "".join(
            f'<th scope="col" role="columnheader">{head}</th>'
            for head in (_("Qué"), _("Qué dice"), _("Fuente y certeza"))
        )
        return (
            f'<style>{_STYLE}</style><div class="ca-legal" lang="es"><table role="table">'
            f"<caption>{html.escape(caption)}</caption>"
            f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead><tbody role="rowgroup">{rows}</tbody></table>'
            f'<p class="ca-notice">{_sources(self._found)}<br>{html.escape(_notice(self._found))}</p></div>'
        )

    def __repr__(self) -> str:
        lines = [
            f"{found.name}: {_says(found)} [{_where(found)}; {certainty_label(found.status)}]" for found in self._found
        ]
        return "\n".join([*lines, _notice(self._found)])


def legal_card(*ids: str) -> LegalCard:
    """An accessible table of those parameters, with source, certainty, review date and the notice.

    Raises ``UserError`` for an unknown id (naming near ones) and for none at all.
    """
    if not ids:
        raise UserError(_('Indique al menos un parámetro legal: legal_card("ec.breach.authority").'))
    return LegalCard([parameter(id) for id in ids])


def _row(found: Parameter, named: bool) -> str:
    """One parameter; ``named``: say whose law it is, as the card's caption doesn't."""
    value = value_text(found)
    says = [f'<span class="ca-value">{html.escape(value)}</span>'] if value else []
    if found.text:
        says.append(html.escape(_sentence(found.text)))
    note = f'<p class="ca-note">{html.escape(found.note)}</p>' if found.note else ""
    place = f' <span class="ca-place">({html.escape(found.source.jurisdiction)})</span>' if named else ""
    sign = f'<span aria-hidden="true">{_SIGNS[found.status]}</span> '
    return (
        f'<tr role="row"><th scope="row" role="rowheader">{html.escape(found.name)}{place}</th>'
        f'<td role="cell">{"<br>".join(says)}{note}</td>'
        f'<td role="cell" class="ca-where">{html.escape(_where(found))}<br> '
        f'<strong class="ca-sure">{sign}{certainty_label(found.status)}</strong></td></tr>'
    )


def _sources(found: list[Parameter]) -> str:
    """Each law once, by the short name that the rows cite, with its title and where it was published."""
    sources = {one.source.short: one.source for one in found}
    return "<br>".join(
        f"<strong>{html.escape(short)}:</strong> {html.escape(one.title)}. {html.escape(_sentence(one.published))}"
        for short, one in sources.items()
    )


def _says(found: Parameter) -> str:
    return ". ".join(part for part in (value_text(found), found.text) if part)


def _where(found: Parameter) -> str:
    return f"{found.source.short}, {found.article}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _notice(found: list[Parameter]) -> str:
    oldest = min(one.reviewed for one in found)
    return _("{notice}. Revisado el {date}.").format(notice=legal_data().notice, date=in_words(oldest))
