"""Fixtures of all tests; each layer keeps its own in a file beside this one."""

pytest_plugins = ["fixtures_sample", "fixtures_store", "fixtures_web"]
