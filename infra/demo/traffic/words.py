"""Texts that people in an office write."""

FIRST = ("Asha", "Bogdan", "Celine", "Dmitri", "Esra", "Finn", "Gia", "Hamza", "Isla", "Joon")
LAST = ("Abbas", "Bauer", "Cohen", "Duarte", "Engel", "Fischer", "Gomez", "Horvat", "Ito", "Jones")
REASONS = (
    "Secondary sale, agreement signed",
    "Gift to a family trust",
    "Estate settlement",
    "Reorganisation of the fund's holdings",
    "Correction after the audit",
)
CANCELLATIONS = ("Issued twice by mistake", "Lost and replaced", "Bought back by the company")
RESOLUTIONS = ("Board consent", "Shareholder resolution", "Option exercise", "Employment agreement")
TYPOS = (
    ("Board consent", "Baord consent"),
    ("Shareholder resolution", "Sharholder resolution"),
    ("Option exercise", "Option excercise"),
    ("Employment agreement", "Employement agreement"),
)
# Masked: must never be seen outside the application's database.
PRIVATE_NOTE = "Spoke with the holder in confidence, file {}"
