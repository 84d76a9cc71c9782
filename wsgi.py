"""The application, for any WSGI server."""

from lms import create_app

app = create_app()
