"""gunicorn's door: ``gunicorn wsgi:app`` serves the site alone."""

from web.app import create_app, warm

app = create_app()
warm(app)
