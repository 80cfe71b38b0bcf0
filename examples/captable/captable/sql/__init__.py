"""The example's own SQL, one statement a file."""

from pathlib import Path

HERE = Path(__file__).parent
HISTORY_OF_OBJECT = (HERE / "history_of_object.sql").read_text()
COPY_STAKEHOLDERS = (HERE / "copy_stakeholders.sql").read_text()
