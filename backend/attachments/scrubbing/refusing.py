"""How the program says no."""


class Unfit(Exception):
    """The file cannot be cleaned; `code` is one of `backend.attachments.cleaning.REASONS`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)
