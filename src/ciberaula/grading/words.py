"""Numbers as a reader of Spanish expects them."""


def number(value: float) -> str:
    """``value`` with at most two decimals, none where there is none, and a decimal comma: ``1,5``."""
    return f"{round(float(value), 2):g}".replace(".", ",")
