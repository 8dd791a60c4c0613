"""Forms of the case desk for contacts, notes, documents, incidents, and the case as a whole."""

from ciberaula.casework.entities import CaseFile
from ciberaula.casework.vocabulary import Channel, Data, Risk
from ciberaula.casework.words import CLOSURES, FOLLOW_UPS
from ciberaula.classroom import desk_choices as choices
from ciberaula.classroom.desk_choices import every, is_closed, is_open, kept
from ciberaula.classroom.desk_inputs import FACTS, OPINION, OVERRIDE, Form, Input, Values, days, reason
from ciberaula.classroom.desk_session import Session
from ciberaula.classroom.desk_texts import NOTICES
from ciberaula.i18n import _

_CHANNEL = Input("channel", _("Por qué canal"), "choice", every(Channel, without=[Channel.PLATFORM]), required=True)
_BY_ACCOUNT = tuple(one.value for one in Channel if one not in (Channel.IN_PERSON, Channel.PLATFORM))
_MORE = _("Más detalles")


def _about_the_last(_session: Session, file: CaseFile) -> Values:
    contact = choices.last_without_note(file)
    return {"contact": contact} if contact else {}


CONTACT = (
    Form(
        "contact",
        "notes",
        (
            Input("who", _("Con quién"), "choice", choices.anybody, required=True),
            _CHANNEL,
            Input(
                "account",
                _("Con qué cuenta"),
                "choice",
                choices.accounts,
                required=True,
                when=("channel", _BY_ACCOUNT),
            ),
            Input("purpose", _("Para qué"), required=True),
            Input(
                "data",
                _("De qué se habla"),
                "several",
                every(Data),
                help=_("Lo que se dice o se escribe por ese canal. Nada marcado: solo saludar o avisar que llamará."),
            ),
            Input("verified", _("Verifiqué con quién hablo y que puede hablar"), "flag"),
            Input("safe_word", _("Acordamos o usamos la palabra segura"), "flag"),
            Input("incoming", _("La otra parte se comunicó primero"), "flag", group=_MORE),
            Input("minutes", _("Cuántos minutos duró"), "number", least=0, most=480, group=_MORE),
            OVERRIDE,
        ),
        values=lambda _session, _file: {"account": "institutional"},
        pack=lambda values, _file: values | ({"account": "none"} if values["channel"] == "in_person" else {}),
        submit=_("Comunicarse"),
    ),
    Form(
        "write_note",
        "notes",
        (
            Input("contact", _("Sobre qué contacto"), "choice", choices.contacts),
            FACTS,
            OPINION,
            Input("next", _("Próximo paso"), "words", help=_("Qué, quién y cuándo.")),
            Input(
                "hours_ago",
                _("Hace cuántas horas pasó"),
                "number",
                least=0,
                most=24 * 365,
                help=_("Vacío: acaba de pasar."),
                group=_MORE,
            ),
        ),
        values=_about_the_last,
        submit=_("Guardar la nota"),
    ),
    Form(
        "plan_follow_up",
        "notes",
        (Input("kind", _("Qué seguimiento"), "choice", kept(FOLLOW_UPS), required=True), days(_("En cuántos días"))),
        offered=is_open,
        submit=_("Fijar"),
    ),
    Form(
        "follow_up",
        "notes",
        (
            Input("follow_up", _("Seguimiento"), "choice", choices.follow_ups, required=True),
            Input("comment", _("Qué se vio"), "words", required=True),
        ),
    ),
)

DOCUMENTS = (
    Form(
        "add_document",
        "documents",
        (
            Input("title", _("Título"), required=True),
            Input("kind", _("Qué documento es"), required=True, help=_("Por ejemplo: informe, foto, certificado.")),
            Input("data", _("Qué datos contiene"), "several", every(Data)),
        ),
        submit=_("Guardar"),
    ),
    Form(
        "share_document",
        "documents",
        (
            Input("document", _("Documento"), "choice", choices.documents, required=True),
            Input("to", _("Con quién"), "choice", choices.receivers, required=True),
            OVERRIDE,
        ),
        submit=_("Compartir"),
    ),
)

_INCIDENT = Input("incident", _("Incidente"), "choice", choices.incidents, required=True)
INCIDENTS = (
    Form(
        "detect_incident",
        "incidents",
        (
            Input("what", _("Qué pasó"), "words", required=True),
            Input("data", _("Qué clases de datos"), "several", every(Data)),
            Input("people", _("A quiénes puede afectar"), "several", choices.people),
        ),
        intro=_("Los términos para avisar se cuentan desde ahora. No copie aquí los datos que se filtraron."),
    ),
    Form(
        "contain_incident",
        "incidents",
        (_INCIDENT, Input("measures", _("Qué se hizo para detener el daño"), "words", required=True)),
    ),
    Form(
        "rate_incident",
        "incidents",
        (
            _INCIDENT,
            Input("risk", _("Riesgo para las personas"), "choice", every(Risk), required=True),
            Input("why", _("Por qué"), "words", required=True),
        ),
    ),
    Form(
        "notify_incident",
        "incidents",
        (
            _INCIDENT,
            Input("whom", _("A quién se avisa"), "choice", kept(NOTICES), required=True),
            Input("text", _("Qué se le dice"), "words", required=True),
        ),
        submit=_("Avisar"),
    ),
)

CASE = (
    Form(
        "raise_concern",
        "summary",
        (
            Input("kind", _("Motivo"), required=True),
            Input("detail", _("Qué se sabe y cómo se supo"), "words", required=True),
            Input("urgent", _("Es urgente"), "flag"),
        ),
        offered=is_open,
    ),
    Form(
        "consult",
        "summary",
        (
            Input("to", _("A quién"), "choice", choices.receivers, required=True),
            Input("question", _("Qué pregunta"), "words", required=True),
        ),
        submit=_("Consultar"),
    ),
    Form(
        "raise_flag",
        "summary",
        (reason(_("Qué debe ver el equipo")), days(_("Para dentro de cuántos días"), required=False)),
        submit=_("Marcar"),
    ),
    Form(
        "lower_flag",
        "summary",
        (Input("flag", _("Marca"), "choice", choices.flags, required=True), reason(_("Cómo se atendió"))),
    ),
    Form(
        "close",
        "summary",
        (
            Input("reason", _("Motivo"), "choice", kept(CLOSURES), required=True),
            Input("summary", _("Resumen de cierre"), "words", required=True),
            Input("person_informed", _("La persona lo sabe y sabe cómo volver"), "flag"),
        ),
        offered=is_open,
        submit=_("Cerrar el caso"),
    ),
    Form("reopen", "summary", (reason(_("Por qué")),), offered=is_closed, submit=_("Reabrir")),
)
