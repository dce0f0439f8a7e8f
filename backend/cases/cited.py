"""Which law a rule as somebody cited it is: recognised where it is certain, else left as a question."""

from backend.registry.citations import find_citations, read_names
from backend.registry.models import Law


def sections_text(citations):
    """The sections of `citations` as a case keeps them: «§ 83 a», «§§ 83, 86», «art. 9»; each once, in their order."""
    items = list(dict.fromkeys(item for citation in citations for item in citation.paragraphs))
    numbers = [item for item in items if not item.startswith("art.")]
    mark = "§§" if len(numbers) > 1 or any("-" in item for item in numbers) else "§"
    parts = [f"{mark} {', '.join(numbers)}"] if numbers else []
    return ", ".join(parts + [item for item in items if item.startswith("art.")])


def recognised(cited_texts):
    """{cited text: (Law, sections)} of those that are a law's name or citation and nothing else; two queries.

    A text that names two laws, or says more than the rule, is nobody's to guess.
    """
    names = read_names()
    found = {}
    for text in cited_texts:
        citations = find_citations(text, names)
        keys = {citation.law for citation in citations}
        said = "".join(text[c.end : after] for c, after in _gaps(text, citations))
        before = text[: citations[0].start] if citations else text
        if len(keys) == 1 and None not in keys and not any(map(str.isalnum, before + said.replace("og", ""))):
            found[text] = (keys.pop(), sections_text(citations))
    laws = {law.key: law for law in Law.objects.filter(key__in={key for key, _s in found.values()})}
    return {text: (laws[key], sections) for text, (key, sections) in found.items() if key in laws}


def _gaps(text, citations):
    """Each citation with where the next one begins, or the text ends."""
    starts = [citation.start for citation in citations[1:]]
    return zip(citations, [*starts, len(text)], strict=True) if citations else ()
