"""Two firms, each with a folder and a paper in it."""

from types import SimpleNamespace
from typing import Any

import pytest
from estate.models import Firm, Folder, Paper


def an_estate(name: str) -> Any:
    firm = Firm.objects.create(name=name)
    folder = Folder.objects.create(firm=firm, number=f"{name}-1")
    paper = Paper.objects.create(folder=folder, title=name)
    return SimpleNamespace(firm=firm, folder=folder, paper=paper)


@pytest.fixture
def own(db: None) -> Any:
    return an_estate("own")


@pytest.fixture
def other(db: None) -> Any:
    return an_estate("other")
