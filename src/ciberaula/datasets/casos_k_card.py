"""What is said about ``casos-k``: its columns and the texts of its data card."""

from ciberaula.datasets.spec import YES_NO, Card, Column, Table

NAME = "casos-k"
TABLE = Table(
    NAME,
    "Casos simulados",
    (
        Column("codigo", "Código del caso", unique=True, about="no deriva de ningún dato de la persona"),
        Column("edad", "Edad al ingreso", "integer", unit="años cumplidos", low=0, high=79, role="quasi"),
        Column(
            "genero",
            "Género que la persona declara",
            categories=("femenino", "masculino", "otra identidad"),
            role="quasi",
        ),
        Column("provincia", "Provincia de residencia", about="lugar real del Ecuador", role="quasi"),
        Column("canton", "Cantón de residencia", about="lugar real del Ecuador", role="quasi"),
        Column("area", "Área de residencia", categories=("urbana", "rural")),
        Column("motivo", "Motivo principal de atención", about="dato sensible en la ficción", role="sensitive"),
        Column("discapacidad", "Si la persona declara una discapacidad", categories=YES_NO, role="sensitive"),
        Column("mes_ingreso", "Año y mes de ingreso", pattern="2026-0[1-6]"),
        Column(
            "canal",
            "Canal del primer contacto",
            categories=("mensajería", "llamada", "videollamada", "correo", "presencial"),
        ),
    ),
    ("codigo",),
)
CARD = Card(
    motivation="""La tabla sirve para ver, sin riesgo para nadie, cómo una persona puede ser reconocida aunque su nombre no
aparezca, y para practicar cómo se evita. La creó el equipo del Aula de Ciberintervención para el módulo
*Protección de datos*.""",
    composition="""Cada fila es un caso inventado de un servicio social imaginario. No hay nombres, cédulas, teléfonos ni
direcciones.

Cuasi-identificadores (datos que otra persona podría conocer): `edad`, `genero`, `provincia` y `canton`; según
quién mire, también `area`, `discapacidad` y `mes_ingreso`. Datos sensibles: `motivo` y `discapacidad`.

Lo que la tabla trae por construcción: con la edad exacta, el género y el cantón hay casos únicos (k = 1). Si
se agrupa la edad en tramos (0–5, 6–11, 12–17, 18+) y el lugar en regiones, casi todos los grupos tienen tres
casos o más. Quedan pocos casos poco frecuentes que piden otra decisión. Hay además un grupo en el que todos
los casos comparten el motivo: allí k no basta.""",
    collection="""Nadie fue consultado. Un programa sorteó cada fila. Los pesos del sorteo son decisión del curso y no estiman
nada sobre el Ecuador.""",
    preparation="No se limpió nada: la tabla sale completa.",
    uses="""Para aprender a medir y bajar el riesgo de reidentificación. **No sirve** para describir a la población,
comparar provincias ni entrenar modelos. Que un grupo sea pequeño en la tabla no dice nada de las personas
reales de ese lugar o identidad.""",
)
