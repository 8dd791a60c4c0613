"""The forms of the case desk, one row for each action that a person does from a case file.

What goes around the desk (an own phone, a group of friends) has no form: it happens in a story's options.
"""

from ciberaula.casework.entities import CaseFile
from ciberaula.classroom.desk_forms_people import CONSENT, PEOPLE
from ciberaula.classroom.desk_forms_record import CASE, CONTACT, DOCUMENTS, INCIDENTS
from ciberaula.classroom.desk_forms_work import PLAN, SERVICE_FORMS
from ciberaula.classroom.desk_inputs import Form
from ciberaula.classroom.desk_session import Session

FORMS: dict[str, Form] = {
    one.do: one
    for group in (CASE, PEOPLE, CONSENT, PLAN, SERVICE_FORMS, CONTACT, DOCUMENTS, INCIDENTS)
    for one in group
}
"""Every form of a case file, by the action it does."""


def forms_of(tab: str, session: Session, file: CaseFile) -> list[Form]:
    """The forms that a tab of the case offers now."""
    return [one for one in FORMS.values() if one.tab == tab and one.fits(session, file)]
