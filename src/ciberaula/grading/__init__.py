"""Grading: intake of work, the isolated run, trusted scoring, the run of a cohort, feedback; plug-ins of nbgrader."""
