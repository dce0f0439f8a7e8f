"""Hands a stored file to somebody whom the door has found entitled to it. There is no address of its own."""

from django.http import FileResponse, Http404

from .models import StoredFile


def file_response(stored: StoredFile) -> FileResponse:
    """Return the file as a download that no browser shows, runs, guesses at or keeps; 404 where its bytes are gone."""
    try:
        content = stored.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        content, as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
