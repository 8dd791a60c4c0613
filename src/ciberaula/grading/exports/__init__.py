"""Marks for other programs, as nbgrader exporter plug-ins: Moodle's and Canvas's CSV, and a workbook for people.

``ciberaula export`` uses them, and so can ``nbgrader export --exporter=ciberaula.grading.exports.MoodleExport``.
"""

from ciberaula.grading.exports.plugins import CanvasExport, MarksExport, MoodleExport, XlsxExport

__all__ = ["CanvasExport", "MarksExport", "MoodleExport", "XlsxExport"]
