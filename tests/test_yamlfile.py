"""Reading YAML that people write: what is refused, and how every mistake is told."""

from typing import Annotated, Literal

import pytest
from pydantic import Field, model_validator

from ciberaula.errors import UserError
from ciberaula.yamlfile import MAX_BYTES, Strict, parse_yaml, read_yaml, validate


class Part(Strict):
    id: Annotated[str, Field(pattern=r"^[a-z]+$", max_length=8)]
    size: int | float | None = None


class Whole(Strict):
    name: Annotated[str, Field(min_length=1)]
    state: Literal["listo", "pendiente"] = "listo"
    share: Annotated[float, Field(gt=0, le=1)] = 1
    parts: Annotated[list[Part], Field(min_length=1)] = Field(default_factory=lambda: [Part(id="a")])
    sizes: dict[str, int] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _sound(self):
        if self.name == "nadie":
            raise ValueError("«nadie» no es un nombre.")
        return self


def mistake(text):
    with pytest.raises(UserError) as caught:
        validate(Whole, parse_yaml(text, "todo.yml"))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_data_and_the_line_of_every_place():
    file = parse_yaml("\ufeff# nota\nname: Ana\nparts:\n  - id: uno\n  - {id: dos,\n     size: 3}\n", "todo.yml")
    assert file.data == {"name": "Ana", "parts": [{"id": "uno"}, {"id": "dos", "size": 3}]}
    assert [file.lines[place] for place in ((), ("name",), ("parts", 0), ("parts", 1), ("parts", 1, "size"))] == [
        2,
        2,
        4,
        5,
        6,
    ]
    assert file.where(("parts", 1, "color"), "parte «dos»") == "todo.yml, línea 5, parte «dos»"
    assert validate(Whole, file).parts[1].size == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: a\nparts: []\nname: b\n", "todo.yml, línea 3: la clave «name» está repetida; deje una sola."),
        ("parts:\n- id: a\n  id: b\n", "todo.yml, línea 3: la clave «id» está repetida; deje una sola."),
        ("true: 1\nyes: 2\n", "línea 2: la clave «True» está repetida"),
        ("name: [1\n", "todo.yml, línea 2: el YAML no se entiende (falta «,» o «]» en una lista); corrija"),
        ("name: 'a\n", "el YAML no se entiende (falta cerrar unas comillas)"),
        ("name: a\nsizes: 2026-02-31\n", "línea 2: el YAML no se entiende (una fecha u hora no existe)"),
        ("name: !!python/object/apply:os.system ['true']\n", "línea 1: el YAML no se entiende (un «!» pide un"),
        ("[a, b]: 1\n", "línea 1: el YAML no se entiende (una clave debe ser una palabra)"),
        ("a: &a {name: b}\nc:\n  <<: *a\n", "línea 3: el YAML no se entiende"),
        ("name: \x00\n", "todo.yml: el YAML no se entiende (hay un carácter invisible"),
        ("name: {a: 1\n", "línea 2: el YAML no se entiende (falta «,» o «}» en un grupo entre llaves)"),
        ("name: a: b\n", "línea 1: el YAML no se entiende (hay un «:» donde no se espera)"),
        ("name: a\n- b\n", "línea 2: el YAML no se entiende (algo sobra o está en otra columna)"),
        ("name:\n\t- b\n", "línea 2: el YAML no se entiende (hay un tabulador en lugar de espacios)"),
        ("name: @b\n", "línea 1: el YAML no se entiende (un texto empieza con un signo reservado)"),
        ('name: "c:\\d"\n', "línea 1: el YAML no se entiende (hay una barra «\\» entre comillas dobles)"),
        ("name: *b\n", "línea 1: el YAML no se entiende (un «*» remite a un nombre que no existe)"),
        ("name: a\n---\nname: b\n", "línea 2: el YAML no se entiende (sobra una línea «---» o «...»)"),
        ("name: |3x\n  b\n", "línea 1: el YAML no se entiende (la estructura no es la esperada)"),
        ("name: " + "[" * 3000, "(tiene demasiados niveles)"),
        ("name: &a [*a]\n", "todo.yml: tiene demasiados datos, niveles o referencias"),
        ("- 1\n", "todo.yml: se esperaba un conjunto de claves «nombre: valor»."),
        ("", "todo.yml: se esperaba un conjunto de claves «nombre: valor»."),
    ],
)
def test_text_that_is_refused(text, expected):
    assert expected in mistake(text)


def test_a_reference_is_read_and_a_bomb_of_them_is_refused():
    assert parse_yaml("a: &a [1, 2]\nb: *a\n", "todo.yml").data == {"a": [1, 2], "b": [1, 2]}
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 8)}]" for i in range(1, 9)]
    assert "tiene demasiados datos" in mistake("\n".join(rows))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("state: listo\n", "todo.yml, línea 1: falta «name»: añádalo."),
        ("name: a\nparts:\n- id: b\n- size: 2\n", "todo.yml, línea 4: falta «parts › n.º 2 › id»: añádalo."),
        ("name: a\ncolor: b\n", "todo.yml, línea 2: sobra «color»: quítelo o corrija su nombre."),
        ("name: ' '\n", "todo.yml, línea 1: «name» está vacío: complételo."),
        ("name: 3\n", "todo.yml, línea 1: «name» debe ser texto: escríbalo entre comillas."),
        ("name: nadie\n", "todo.yml, línea 1: «nadie» no es un nombre."),
        ("name: a\nstate: hecho\n", "línea 2: «state» no admite «hecho»: use listo o pendiente."),
        ("name: a\nshare: 0\n", "línea 2: «share»: «0» está fuera de los límites: debe ser mayor que 0."),
        ("name: a\nshare: 1.5\n", "línea 2: «share»: «1.5» está fuera de los límites: debe ser 1 o menos."),
        ("name: a\nshare: mitad\n", "línea 2: «share»: «mitad» no es un número válido."),
        ("name: a\nparts: []\n", "línea 2: «parts» necesita al menos 1: complételo."),
        (
            "name: a\nparts:\n- id: Ana\n",
            "«Ana» no tiene la forma debida (use minúsculas sin tilde, números y guiones; patrón ^[a-z]+$).",
        ),
        ("name: a\nparts:\n- id: abcdefghi\n", "línea 3: «parts › n.º 1 › id» admite como máximo 8: acórtelo."),
        ("name: a\nparts: b\n", "línea 2: «parts» no tiene la forma esperada: revise su tipo en la guía de autoría."),
        # pydantic tries whole numbers and fractions: one mistake, at the key that the file has
        ("name: a\nparts:\n- id: b\n  size: x\n", "línea 4: «parts › n.º 1 › size»: «x» no es un número válido."),
        ("name: a\nsizes:\n  b: 1\n  c: x\n", "línea 4: «sizes › c»: «x» no es un número válido."),
        ("color: b\nshare: 0\n", "línea 1: falta «name»: añádalo (y 2 errores más)."),
        ("color: b\n", "línea 1: falta «name»: añádalo (y 1 error más)."),
    ],
)
def test_a_mistake_of_shape_is_one_line_with_file_line_and_key(text, expected):
    line = mistake(text)
    assert line.startswith("todo.yml, línea ")
    assert line.endswith(expected)


def test_part_of_a_file_is_told_by_its_name_and_own_keys():
    file = parse_yaml("name: a\nparts:\n- id: b\n- id: c\n  size: x\n", "todo.yml")
    with pytest.raises(UserError) as caught:
        validate(Part, file, file.data["parts"][1], ("parts", 1), "parte «c»")
    assert str(caught.value) == "todo.yml, línea 5, parte «c»: «size»: «x» no es un número válido."


def test_a_file_that_cannot_be_read(tmp_path):
    path = tmp_path / "todo.yml"
    with pytest.raises(UserError, match=r"No se encontró todo\.yml en .*: compruebe que la carpeta"):
        read_yaml(path)
    path.write_bytes(b"name: \xff\n")
    with pytest.raises(UserError, match=r"^partes/todo\.yml: no se puede leer \(no está en UTF-8\)"):
        read_yaml(path, "partes/todo.yml")
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(UserError, match=r"todo\.yml pesa más de 1 MiB"):
        read_yaml(path)
    with pytest.raises(UserError, match="no se puede leer"):
        read_yaml(tmp_path)
