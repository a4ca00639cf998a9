"""Fixtures of the fault campaigns."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108 - the campaigns make their own faults; the disk need not wait


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: what a kill leaves does not depend on the disk."""
    folder = Path(tempfile.mkdtemp(prefix="mingbai-", dir=MEMORY if MEMORY.is_dir() else None))
    yield folder
    shutil.rmtree(folder)
