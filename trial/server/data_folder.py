"""The data folder: everything that Casebook keeps outside a server of yours.

The embedded servers, the keys and the demo's logins live in this one folder, which only its owner
may read. Settings read this module, so it knows nothing of Django: its sentences go through no
gettext.
"""

import os
import secrets
from pathlib import Path

DEFAULT = Path(__file__).resolve().parents[2] / ".data"


class Unusable(RuntimeError):
    """Something around Casebook is missing or in the way.

    The message is one sentence that says what to do.

    As a RuntimeError, it lets gunicorn end with the sentence and exit code 1, without a traceback.
    """


def named() -> Path:
    """Return the folder that CASEBOOK_DATA names, otherwise `.data` in the checkout."""
    return Path(os.environ.get("CASEBOOK_DATA") or DEFAULT).expanduser().absolute()


def prepare(folder: Path) -> Path:
    """Make the folder, readable by its owner alone. Refuse one that cannot be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Unusable(
            f"The data folder {folder} cannot be written ({_reason(error)}): "
            "set CASEBOOK_DATA to a folder of yours, or make this one writable."
        ) from error
    return folder


def own_secret(folder: Path, name: str) -> str:
    """Return the random value in the file of this name: 384 bits that no other user of the machine
    can read.

    At first use it is written whole under another name and then linked, so that two processes at
    once read the same.
    """
    file = folder / name
    if not file.exists():
        draft = prepare(folder) / f".{name}-{os.getpid()}"
        write_private(draft, secrets.token_urlsafe(48))
        try:
            os.link(draft, file)
        except FileExistsError:
            return file.read_text()
        finally:
            draft.unlink()
    return file.read_text()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read.

    It never has wider permissions, not even for a moment.
    """
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
