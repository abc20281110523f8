"""gunicorn's door: ``gunicorn wsgi:app`` serves the site alone."""

from web.app import create_app

app = create_app()
