"""From text notebooks to what trainees open: MyST Markdown -> ``.ipynb`` -> ``exercises/``, and checks of the content."""
