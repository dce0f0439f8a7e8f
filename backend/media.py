"""Pictures of the pages, from the storage that settings name (a folder or a bucket), under our own address."""

import mimetypes

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.utils.cache import patch_cache_control
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe


@require_safe
@csp_override({"default-src": "'none'", "sandbox": True})
def picture(request: HttpRequest, name: str) -> FileResponse:
    """Serve one rendition of a picture. Documents go through Wagtail's view, which asks who may see them."""
    try:
        file = default_storage.open(f"images/{name}")
    except (FileNotFoundError, IsADirectoryError, SuspiciousFileOperation):
        raise Http404 from None
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = FileResponse(file, content_type=content_type)
    # A changed picture gets a new name.
    patch_cache_control(response, public=True, max_age=30 * 24 * 60 * 60, immutable=True)
    return response
