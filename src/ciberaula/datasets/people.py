"""People who do not exist: names put together at random, and identifiers that cannot be anybody's.

* Names: common given names and surnames of Ecuador and its neighbours (general knowledge), each drawn freely: any likeness
  to a person is chance, and no combination is kept.
* Identity numbers: ten figures like an Ecuadorian cédula whose check digit is always wrong. The check (figures 1 to 9 by
  2, 1, 2 …, less 9 where above 9, sum up to the next ten) is the civil registry's, general knowledge. None begins with 09,
  so that none is somebody's mobile telephone by chance.
* Telephones: ten figures that begin with 086. In Ecuador's numbering, area codes 2 to 7 are fixed lines and 9 is mobile;
  none begins with 8 (general knowledge), so that nobody can be called. As their third figure is a 6, none is an identity
  number by chance.
* E-mail: domains that RFC 2606 (https://www.rfc-editor.org/rfc/rfc2606) reserves for examples.
"""

import re

from ciberaula.casework.assessment.notes import plain
from ciberaula.datasets.draws import Dice


def _listed(names: str) -> tuple[str, ...]:
    return tuple(names.split())


GIVEN: dict[str, tuple[str, ...]] = {
    "femenino": _listed(
        "María Rosa Ana Luz Carmen Gladys Blanca Mercedes Martha Patricia Elena Sofía Daniela Gabriela Verónica Paola Jenny "
        "Nelly Norma Silvia Mónica Lucía Camila Valentina Emily Dayana Yuliana Karla Jessica Katherine Andrea Diana Lorena "
        "Ximena Rocío Marisol Maritza Fanny Esther Teresa Zoila Dolores Inés Beatriz Olga Piedad Julia Clara Susana Irene "
        "Micaela Nina Sisa Killa Melany Domenica Nayeli Abigail Noemí Raquel Ruth Sara Aurora Consuelo Soledad Magdalena "
        "Narcisa Jacinta Tránsito Delia Amada Génesis Ariana Nathaly Belén Alejandra Carolina"
    ),
    "masculino": _listed(
        "José Luis Carlos Jorge Manuel Juan Ángel Segundo Miguel Pedro Víctor Marco Byron Wilson Freddy Edwin Franklin Darwin "
        "Jefferson Kevin Bryan Steven Andrés Diego Santiago Sebastián Mateo Nicolás Daniel David Fernando Javier Xavier "
        "Patricio Fabián Hernán Hugo Galo Raúl Ramiro Iván Óscar Rubén Alfredo Alberto Julio Vicente Eduardo Ernesto Gonzalo "
        "Milton Nelson Néstor Washington Klever Rommel Inti Amaru Rumi Samuel Elías Isaac Joel Jonathan Cristian Adrián "
        "Leonardo Gabriel Rafael Tomás Simón Bolívar Agustín Lázaro Abel Efraín Gustavo Homero"
    ),
}
SURNAMES: tuple[str, ...] = _listed(
    "Aguilar Alvarado Andrade Arias Arévalo Ayala Bautista Benítez Bravo Burgos Caicedo Caiza Calderón Cando Cárdenas Carrión "
    "Castillo Castro Cedeño Cevallos Chávez Chango Chicaiza Cisneros Cobos Condo Córdova Cruz Cuenca Delgado Díaz Espinoza "
    "Estrada Figueroa Flores Freire Gallegos García Gómez González Guamán Guerrero Gualinga Gutiérrez Heredia Hernández "
    "Herrera Hidalgo Intriago Jácome Jaramillo Jiménez Lema León López Lucas Macas Macías Maldonado Mejía Mendoza Mera "
    "Molina Montalvo Mora Morales Moreira Moreno Morocho Muñoz Naranjo Navarrete Ochoa Ordóñez Ortega Ortiz Paredes Pazmiño "
    "Peña Pérez Pilataxi Pinargote Ponce Quimi Quinde Quiñónez Quishpe Quispe Ramírez Ramos Reyes Ríos Rivera Robles Rodríguez "
    "Rojas Romero Rosero Ruiz Salazar Sánchez Santos Shiguango Silva Solórzano Suárez Tapia Tipán Toapanta Torres Tuárez "
    "Valencia Vargas Vásquez Vega Velasco Vera Villacís Villamar Yánez Yumbo Zambrano Zamora Zapata"
)
MAIL_DOMAINS = ("example.org", "example.net", "example.com", "correo.example", "oficina.example", "buzon.test")
_RESERVED = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|org|net))?|invalid|test|localhost)$")
TELEPHONES = "086"  # and seven figures more
GENDERS = ("femenino", "masculino", "otra identidad")

CEDULA = re.compile(r"\b\d{10}\b")
LAST_PROVINCE, MOBILE = 24, 9  # what an identity number, and what a mobile telephone (09…), begins with
_FIGURES = 10


def name(dice: Dice, gender: str, *, surnames: int = 2) -> str:
    """A given name and that many surnames. Another gender than the two of ``GIVEN`` draws from both."""
    options = GIVEN.get(gender) or (*GIVEN["femenino"], *GIVEN["masculino"])
    return " ".join((dice.one(options), *(dice.one(SURNAMES) for _surname in range(surnames))))


def cedula(dice: Dice) -> str:
    """Ten figures that look like an identity number and fail its check; no mobile telephone has them either."""
    drawn = dice.whole(1, LAST_PROVINCE - 1)
    body = f"{drawn + (drawn >= MOBILE):02d}{dice.whole(0, 5)}{dice.whole(0, 999999):06d}"
    return f"{body}{(check_digit(body) + dice.whole(1, _FIGURES - 1)) % _FIGURES}"


def check_digit(body: str) -> int:
    """The check digit that a real number beginning with these nine figures would have."""
    doubled = (int(figure) * (2 - place % 2) for place, figure in enumerate(body))
    return -sum(value - 9 if value > 9 else value for value in doubled) % _FIGURES


def is_real_cedula(number: str) -> bool:
    """Could it be somebody's? Ten figures, a province from 01 to 24 (30 abroad), a person's third figure, the right check."""
    if not re.fullmatch(r"\d{10}", number):
        return False
    province = int(number[:2])
    return (
        (1 <= province <= LAST_PROVINCE or province == 30)
        and int(number[2]) < 6
        and check_digit(number[:9]) == int(number[9])
    )


def telephone(dice: Dice) -> str:
    """Ten figures of a range that is assigned to nobody."""
    return f"{TELEPHONES}{dice.whole(0, 9_999_999):07d}"


def is_assigned_telephone(number: str) -> bool:
    """Could it be dialled? Any run of seven figures or more that is no telephone of ours."""
    figures = re.sub(r"\D", "", number)
    return len(figures) >= 7 and not re.fullmatch(TELEPHONES + r"\d{7}", figures)


def mail(dice: Dice, of: str) -> str:
    """An address for that name, in a reserved domain."""
    first, *rest = plain(of).split()
    last = rest[0] if rest else "sim"
    local = dice.one((f"{first}.{last}", f"{first[0]}{last}", f"{first}{last}{dice.whole(1, 99)}", f"{last}_{first}"))
    return f"{local}@{dice.one(MAIL_DOMAINS)}"


def is_reserved_mail(address: str) -> bool:
    """Does its domain belong to nobody (RFC 2606)?"""
    return _RESERVED.search(address.rpartition("@")[2].casefold()) is not None


def handle(dice: Dice, of: str) -> str:
    """A made-up user name; the ending says that it is simulated."""
    return f"@{plain(of).split()[0]}{dice.whole(10, 99)}_sim"
