"""Danish rule citations: which laws and sections a text names, where, and in whose words (domain.md D)."""

from .citation import Citation, Document
from .names import Names, compile_names, read_names
from .parser import find_citations

__all__ = ["Citation", "Document", "Names", "compile_names", "find_citations", "read_names"]
