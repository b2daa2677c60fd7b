"""The one family of errors that people see: a sentence that says what is wrong and where, and a hint that says what to do."""


class FlockwatchError(Exception):
    """Something the person at the keyboard can mend. Shown as `message` and `hint`, never as a traceback."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class BadExport(FlockwatchError):
    """A file handed to ingest cannot be used as it is."""


class BadSetting(FlockwatchError):
    """An option, a mapping file or a configuration value has no meaning."""


class BadWorkspace(FlockwatchError):
    """The workspace cannot be read, is of a newer version, or is not a workspace."""


class WorkspaceBusy(FlockwatchError):
    """Another process is writing to the workspace."""


class NothingThere(FlockwatchError):
    """What was asked for (a run, a cluster, an account) does not exist in the workspace."""


class StoreFault(FlockwatchError):
    """A store could not be reached, read or written; what was acknowledged before is kept."""
