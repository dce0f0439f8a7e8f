"""Danish rule citations: which laws and sections a text names, where, and in whose words (domain.md D)."""

from .citation import Citation, Document
from .moved import Moved, moved
from .names import Names, compile_names, read_names
from .parser import find_citations

__all__ = [
    "Citation",
    "Document",
    "Moved",
    "Names",
    "compile_names",
    "find_citations",
    "moved",
    "read_names",
]
