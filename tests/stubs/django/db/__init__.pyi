# Django brings no types. mypy treats it as Any, but for what stands here.
from typing import Any

def __getattr__(name: str) -> Any: ...
