"""/api/v1: the same figures for programs, read-only, described by OpenAPI 3.1.

Answers are rendered once per edition, as pages are; only the count of how much a
reader still may ask is made for each request. No framework for interfaces is used:
those that write OpenAPI want every answer to be a view of theirs.
"""
