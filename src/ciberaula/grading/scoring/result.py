"""What scoring one item gives: points, and everything the feedback page says about them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from ciberaula.errors import UserError
from ciberaula.i18n import _

Verdict: TypeAlias = Literal["correct", "partial", "incorrect", "unanswered"]

MEDIA_TYPE = "application/vnd.ciberaula.score+json"

# Points are kept in hundredths: what the gradebook and the feedback page show is what was earned.
_DECIMALS = 2


class ItemScore(float):
    """Points earned in one item: a plain number to whoever adds it up, with the reasons for it beside.

    ``0 <= points <= maximum``. ``answered`` and ``explanation`` are Spanish plain text (paragraphs split by newlines);
    ``critical`` names the critical errors of the answer, which are reported apart and never change the points. ``parts``,
    where the explanation has parts, says it again as data: ``{"summary": [line, …], "criteria": [{"name", "lines": [{"sign",
    "words", "text", "shown_by": [line, …]}, …]}, …]}``.
    """

    item: str
    maximum: float
    verdict: Verdict
    answered: str
    explanation: str
    critical: tuple[str, ...]
    parts: Mapping[str, Any] | None

    def __new__(
        cls,
        points: float,
        *,
        item: str,
        maximum: float,
        verdict: Verdict,
        answered: str,
        explanation: str,
        critical: Sequence[str] = (),
        parts: Mapping[str, Any] | None = None,
    ) -> "ItemScore":
        score = super().__new__(cls, points)
        score.item = item
        score.maximum = float(maximum)
        score.verdict = verdict
        score.answered = answered
        score.explanation = explanation
        score.critical = tuple(critical)
        score.parts = parts
        return score

    @property
    def points(self) -> float:
        """The points earned, as a bare float."""
        return float(self)

    def __repr__(self) -> str:
        return float.__repr__(self)

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON data."""
        return {
            "item": self.item,
            "points": self.points,
            "maximum": self.maximum,
            "verdict": self.verdict,
            "answered": self.answered,
            "explanation": self.explanation,
            "critical": list(self.critical),
            **({"parts": dict(self.parts)} if self.parts else {}),
        }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """How a kernel shows it: the number that nbgrader reads, and the whole score for our own feedback."""
        return {"text/plain": repr(self), MEDIA_TYPE: self.as_dict()}


def earned(
    item: str,
    fraction: float,
    *,
    points: float,
    answered: str,
    explanation: Iterable[str],
    critical: Sequence[str] = (),
    parts: Mapping[str, Any] | None = None,
) -> ItemScore:
    """The score of an answer that earns ``fraction`` (any number, kept within 0–1) of ``points``."""
    share = min(1.0, max(0.0, fraction))
    # A sum of thirds must still be the whole.
    whole = share > 1 - 1e-9
    value = float(points) if whole else min(round(share * points, _DECIMALS), float(points))
    verdict: Verdict = "correct" if whole else "partial" if value > 0 else "incorrect"
    return ItemScore(
        value,
        item=item,
        maximum=points,
        verdict=verdict,
        answered=answered,
        explanation="\n".join(line for line in explanation if line),
        critical=critical,
        parts=parts,
    )


def unanswered(item: str, *, points: float) -> ItemScore:
    """The score of an item that was left blank."""
    return ItemScore(
        0.0,
        item=item,
        maximum=points,
        verdict="unanswered",
        answered="",
        explanation=_("Esta pregunta quedó sin respuesta. Puede volver a la lección y responderla en otra entrega."),
    )


def unexpected(item: str, *, points: float) -> ItemScore:
    """The score of an answer whose shape is not the one this kind of question saves."""
    return ItemScore(
        0.0,
        item=item,
        maximum=points,
        verdict="incorrect",
        answered=_("respuesta con forma inesperada"),
        explanation=_(
            "La respuesta llegó con una forma que esta pregunta no espera, así que no se pudo comparar. Vuelva a "
            "guardarla desde la pregunta, o converse con quien le acompaña en el curso."
        ),
    )


def is_blank(answer: Any) -> bool:
    """True for an answer that says nothing: none at all, or an empty text, list or mapping."""
    if isinstance(answer, str):
        return not answer.strip()
    return answer is None or (isinstance(answer, (list, dict)) and not answer)


def require_author(condition: bool, item: str, problem: str) -> None:
    """Raise ``UserError`` when the key of ``item`` is wrong: a mistake of the assignment, never of the trainee."""
    if not condition:
        raise UserError(
            _("Clave de {item} mal definida: {problem}. Corrija la celda de prueba de esa pregunta.").format(
                item=item, problem=problem
            )
        )


def require_points(item: str, points: float) -> None:
    """Raise ``UserError`` unless ``points`` is a positive number of at most two decimals."""
    sound = isinstance(points, (int, float)) and not isinstance(points, bool) and 0 < points < 1000
    require_author(
        sound and round(points, _DECIMALS) == points,
        item,
        _("los puntos deben ser un número mayor que 0, con dos decimales como máximo"),
    )


def table_rows(answer: Any) -> list[dict[str, Any]] | None:
    """The rows of a table (``{"columns": […], "rows": [[…], …]}``) as mappings, or ``None`` when it is no table."""
    if not isinstance(answer, Mapping):
        return None
    columns, rows = answer.get("columns"), answer.get("rows")
    if not (isinstance(columns, list) and isinstance(rows, list) and all(isinstance(name, str) for name in columns)):
        return None
    if not columns or len(set(columns)) != len(columns):
        return None
    if not all(isinstance(row, list) and len(row) == len(columns) for row in rows):
        return None
    return [dict(zip(columns, row, strict=True)) for row in rows]
