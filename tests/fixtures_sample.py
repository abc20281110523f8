"""The sample database, made once for each process of tests. Copy it before writing."""

import pytest

SAMPLE_NOW = 1_795_305_600  # 2026-11-22T00:00:00Z


@pytest.fixture(scope="session")
def sample_var(tmp_path_factory):
    """A var folder with nothing in it but the sample."""
    from jobs import sample
    from settings import Settings

    var = tmp_path_factory.mktemp("sample")
    sample.make(Settings(var=var), now=SAMPLE_NOW)
    return var


@pytest.fixture(scope="session")
def sample_store(sample_var):
    """The sample, to be read only."""
    from store import Store

    store = Store(f"sqlite:///{sample_var / 'sample.db'}")
    yield store
    store.close()
