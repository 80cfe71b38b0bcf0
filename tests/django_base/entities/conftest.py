"""Two firms, each with a folder and a paper in it."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from estate.models import Firm, Folder, Paper, Partner


def an_estate(name: str) -> Any:
    firm = Firm.objects.create(name=name)
    user = User.objects.create(username=name)
    partner = Partner.objects.create(firm=firm, user=user)
    folder = Folder.objects.create(firm=firm, number=f"{name}-1")
    paper = Paper.objects.create(folder=folder, title=name)
    return SimpleNamespace(firm=firm, partner=partner, folder=folder, paper=paper)


@pytest.fixture
def own(db: None) -> Any:
    return an_estate("own")


@pytest.fixture
def other(db: None) -> Any:
    return an_estate("other")
