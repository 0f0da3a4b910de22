"""The data folder: everything that Casebook keeps outside a server of yours.

The embedded servers, the keys and the demo's logins live in this one folder, which only its owner may read. Settings
read this module, so it knows nothing of Django.
"""

import os
import secrets
from pathlib import Path

DEFAULT = Path(__file__).resolve().parents[2] / ".data"


class Unusable(Exception):
    """Something around Casebook is missing or in the way. The message is one sentence that says what to do."""


def named() -> Path:
    """The folder that CASEBOOK_DATA names, else `.data` in the checkout."""
    return Path(os.environ.get("CASEBOOK_DATA") or DEFAULT).expanduser().absolute()


def prepare(folder: Path) -> Path:
    """Make the folder, readable by its owner alone, and see that it can be written."""
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
    """The random value kept under this name, made at first use: 384 bits that no other user of the machine can read.

    It is written whole under another name and then linked, so that of two processes at once both read the same value.
    """
    kept = folder / name
    if not kept.exists():
        draft = prepare(folder) / f".{name}-{os.getpid()}"
        write_private(draft, secrets.token_urlsafe(48))
        try:
            os.link(draft, kept)
        except FileExistsError:
            return kept.read_text()
        finally:
            draft.unlink()
    return kept.read_text()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read: never, not even for a moment, with wider permissions."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
