"""Fixtures that every test may use."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import wraps
from pathlib import Path
from unittest.mock import patch

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings
from rich.progress import Progress
from sample import Village, found
from sqlalchemy import Engine

from app import database
from app.demo.install import install
from app.demo.township import TODAY, township
from app.settings import Settings
from app.web import create_app
from approvals.verify.verdict import Stop, StopAt
from ledger.refusal import Refusal

DATABASE = "mingbai.sqlite"

# How long a machine takes to think of an example says nothing about the rule that is tested.
settings.register_profile("mingbai", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("mingbai")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--campaign", action="store_true", help="run the long campaigns too")
    parser.addoption(
        "--mutations", type=int, default=20_000, help="changes of the mutation campaign"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the campaigns out unless they are asked for; deselected, so that nothing skips."""
    if config.getoption("--campaign"):
        return
    long = [item for item in items if item.get_closest_marker("campaign")]
    items[:] = [item for item in items if item not in long]
    config.hook.pytest_deselected(items=long)


@pytest.fixture(autouse=True, scope="session")
def sentences_are_whole() -> Iterator[None]:
    """Hold every refusal and every fault that a test meets to this: its sentence can be said.

    A fact that is missing or None would else be read by somebody, and by no test.
    """
    with ExitStack() as stack:
        for kind in (Refusal, Stop, StopAt):
            stack.enter_context(patch.object(kind, "__init__", whole(kind.__init__)))
        yield


def whole(begin: Callable[..., None]) -> Callable[..., None]:
    """Wrap the making of a refusal or a fault so that it says its sentence at once."""

    @wraps(begin)
    def said(self: Refusal | Stop, *args: str, **facts: object) -> None:
        begin(self, *args, **facts)
        assert None not in self.facts.values(), self.facts
        self.sentence()
        if "line" in vars(self):
            assert isinstance(vars(self)["line"], int), vars(self)["line"]

    return said


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a new SQLite database with every table, made once."""
    folder = tmp_path_factory.mktemp("blank")
    engine = database.connect(f"sqlite:///{folder / DATABASE}")
    database.create(engine)
    engine.dispose()
    return folder


@pytest.fixture(scope="session")
def founded(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Village:
    """A founded village: people in their seats, policy adopted, accounts opened; made once."""
    folder = shutil.copytree(blank, tmp_path_factory.mktemp("founded"), dirs_exist_ok=True)
    village = Village(database.connect(f"sqlite:///{folder / DATABASE}"), folder)
    with village.engine.begin() as conn:
        found(conn, village)
    village.engine.dispose()
    return village


@pytest.fixture
def engine(blank: Path, tmp_path: Path) -> Iterator[Engine]:
    """A new SQLite database with every table."""
    shutil.copytree(blank, tmp_path, dirs_exist_ok=True)
    engine = database.connect(f"sqlite:///{tmp_path / DATABASE}")
    yield engine
    engine.dispose()


@pytest.fixture
def village(founded: Village, engine: Engine, tmp_path: Path) -> Village:
    """A founded village to work on: a copy of its own."""
    shutil.copytree(founded.root, tmp_path, dirs_exist_ok=True)
    return replace(founded, engine=engine, root=tmp_path / "books")


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a sample installation with one village, built once."""
    data = tmp_path_factory.mktemp("sample")
    town = township()
    settings = Settings(data=data, township=town.name, telephone=town.telephone, today=TODAY)
    install(settings, "light", Progress(disable=True), ["xiaohe"])
    settings.keep()
    return data


@pytest.fixture
def data(sample_data: Path, tmp_path: Path) -> Path:
    """A copy of the sample installation to work on."""
    return Path(shutil.copytree(sample_data, tmp_path / "data"))


@pytest.fixture
def counter(data: Path) -> Iterator[TestClient]:
    """A browser without script before the sample's counter."""
    web = create_app(Settings.of(data))
    with TestClient(web, base_url="http://127.0.0.1:8321") as client:
        yield client
    web.state.room.engine.dispose()
