"""Real places of Ecuador that the simulated data are set in: region -> province -> cantons (a selection).

Source: the political division in use by Ecuador's statistics institute (INEC), general knowledge; only places that belong
to one natural region without dispute are listed.
"""

PLACES: dict[str, dict[str, tuple[str, ...]]] = {
    "Costa": {
        "Guayas": ("Guayaquil", "Durán", "Milagro", "Daule"),
        "Manabí": ("Portoviejo", "Manta", "Chone"),
        "Esmeraldas": ("Esmeraldas", "Quinindé"),
        "Los Ríos": ("Babahoyo", "Quevedo"),
        "El Oro": ("Machala", "Pasaje"),
        "Santa Elena": ("Santa Elena", "La Libertad"),
    },
    "Sierra": {
        "Pichincha": ("Quito", "Cayambe", "Rumiñahui"),
        "Azuay": ("Cuenca", "Gualaceo"),
        "Tungurahua": ("Ambato", "Baños de Agua Santa"),
        "Chimborazo": ("Riobamba", "Colta"),
        "Imbabura": ("Ibarra", "Otavalo", "Cotacachi"),
        "Loja": ("Loja", "Catamayo"),
        "Cotopaxi": ("Latacunga", "Pujilí"),
    },
    "Amazonía": {
        "Napo": ("Tena", "Archidona"),
        "Pastaza": ("Pastaza", "Mera"),
        "Morona Santiago": ("Morona", "Sucúa"),
        "Sucumbíos": ("Lago Agrio", "Shushufindi"),
    },
    "Insular": {"Galápagos": ("San Cristóbal", "Santa Cruz")},
}

REGION_OF: dict[str, str] = {province: region for region, provinces in PLACES.items() for province in provinces}
