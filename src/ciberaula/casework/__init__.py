"""Casework: the law it works under, and its periods of time. Knows no widget and no notebook."""
