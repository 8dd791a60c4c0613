"""The plan of the course as typed objects: modules, lessons, competences, hours, graded items.

``load()`` reads ``modules/curriculum.yml`` and ``modules/coverage.yml`` and either returns a plan without a hole or raises
one ``PlanError`` that names every mistake, a line each.
"""

from ciberaula.curriculum.loading import PlanError, load
from ciberaula.curriculum.plan import (
    Alignment,
    Assignment,
    Competence,
    CoverageItem,
    Curriculum,
    Framework,
    GradedItem,
    Lesson,
    Module,
    PassPolicy,
)
from ciberaula.curriculum.policies import Attempts, Late, Policy, policy_of

__all__ = [
    "Alignment",
    "Assignment",
    "Attempts",
    "Competence",
    "CoverageItem",
    "Curriculum",
    "Framework",
    "GradedItem",
    "Late",
    "Lesson",
    "Module",
    "PassPolicy",
    "PlanError",
    "Policy",
    "load",
    "policy_of",
]
