"""Two firms, each with all that a firm has; Ann is an editor of the first."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from estate.models import Firm, Folder, Paper, Partner


@dataclass
class Estate:
    firm: Firm
    partner: Partner
    folder: Folder
    paper: Paper


@pytest.fixture
def ann(db: None) -> Any:
    return get_user_model().objects.create_user("ann", password="x")


@pytest.fixture
def own(ann: Any) -> Estate:
    return an_estate(ann, "own", role="editor")


@pytest.fixture
def other(ann: Any) -> Estate:
    return an_estate(get_user_model().objects.create_user("bob"), "other", role="editor")


def an_estate(user: Any, name: str, role: str) -> Estate:
    firm = Firm.objects.create(name=name)
    partner = Partner.objects.create(firm=firm, user=user, role=role)
    folder = Folder.objects.create(firm=firm, keeper=partner, number=f"{name}-1")
    paper = Paper.objects.create(folder=folder, title=f"{name} paper")
    return Estate(firm, partner, folder, paper)


@dataclass
class Answer:
    status: int
    content: bytes
    queries: int


class Visitor:
    """Ann at her browser; each answer tells how many queries it took."""

    def __init__(self, user: Any) -> None:
        self.client = Client(raise_request_exception=True)
        self.client.force_login(user)

    def get(self, path: str, **more: Any) -> Answer:
        return self._answer("get", path, **more)

    def post(self, path: str, data: Any = None, **more: Any) -> Answer:
        return self._answer("post", path, data, **more)

    def json(self, path: str, data: Any) -> Answer:
        return self._answer("post", path, data, content_type="application/json")

    def _answer(self, method: str, *args: Any, **more: Any) -> Answer:
        with CaptureQueriesContext(connection) as queries:
            response = getattr(self.client, method)(*args, **more)
        asked = [each for each in queries.captured_queries if "backstory_" not in each["sql"]]
        return Answer(response.status_code, b"".join(response), len(asked))


@pytest.fixture
def visitor(ann: Any) -> Visitor:
    return Visitor(ann)
