"""How kinds of data and figures of an assessment are said in Spanish."""

from collections.abc import Iterable

from ciberaula.casework.vocabulary import Data, label


def kinds_of_data(data: Iterable[str]) -> str:
    """Kinds of data in words, in the order of the vocabulary: «identidad; salud»."""
    given = set(data)
    return "; ".join(label(one)[0].lower() + label(one)[1:] for one in Data if one in given)


def percent(share: float) -> str:
    """A share from 0 to 1 as a whole percentage."""
    return f"{round(share * 100)} %"


def points(value: float) -> str:
    """Points with a decimal comma and no decimals that they do not need."""
    return f"{value:.1f}".rstrip("0").rstrip(".").replace(".", ",")
