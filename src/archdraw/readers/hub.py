"""Configs of Hugging Face repositories, from the local cache where they are in it, else from the hub."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from archdraw.errors import InputError, Problem, Span
from archdraw.resources import install_command

ID = re.compile(r"(?P<repository>[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})(?:@(?P<revision>[\w./-]{1,100}))?")
"""``owner/name``, and a revision behind an @."""

FILES = ("config.json", "params.json")
OFFLINE = "file not found, and no such repository in the cache; the hub is out of reach"


def is_id(text: str) -> bool:
    """Whether ``text`` could be the id of a repository."""
    found = ID.fullmatch(text)
    return found is not None and ".." not in text and not text.endswith((".json", ".yaml", ".yml"))


def config_file(text: str) -> Path:
    """The config of the repository with the id ``text``, as a file of the local cache.

    Raises :class:`InputError`, one line, where huggingface_hub is not installed, the hub is out of reach, or there is
    no such repository or no config in it.
    """
    found = ID.fullmatch(text)
    if found is None:
        raise _refusal(text, "this is no id of a repository", "it has the form owner/name")
    try:
        import huggingface_hub
    except ImportError:
        raise _refusal(
            text,
            "file not found; ids of Hugging Face repositories need huggingface_hub",
            install_command("hub"),
        ) from None
    repository, revision = found["repository"], found["revision"]
    for name in FILES:
        there = huggingface_hub.try_to_load_from_cache(repository, name, revision=revision)
        if isinstance(there, str):
            return Path(there)
    return _downloaded(huggingface_hub, text, repository, revision)


def _downloaded(hub: Any, text: str, repository: str, revision: str | None) -> Path:
    import logging

    errors = hub.errors
    if not _in_reach(hub.constants.ENDPOINT):
        raise _refusal(text, OFFLINE)
    # Its messages about retries are of no use here.
    logging.getLogger("huggingface_hub").setLevel(logging.CRITICAL)
    for name in FILES:
        try:
            return Path(hub.hf_hub_download(repository, name, revision=revision))
        except errors.LocalEntryNotFoundError:
            raise _refusal(text, OFFLINE) from None
        except errors.GatedRepoError:
            raise _refusal(text, "this repository is gated", "ask for access there, then: hf auth login") from None
        except errors.RepositoryNotFoundError:
            raise _refusal(text, "file not found and no such repository, or it is private") from None
        except errors.RevisionNotFoundError:
            raise _refusal(text, f"this repository has no revision {revision}") from None
        except errors.EntryNotFoundError:
            continue
        except errors.HFValidationError as error:
            raise _refusal(text, f"this is no id of a repository: {_line(error)}") from None
        except Exception as error:
            # Whatever the network's libraries raise: they change with each version of huggingface_hub.
            raise _refusal(text, f"the hub cannot be read: {_line(error)}") from None
    raise _refusal(text, f"this repository has no {' and no '.join(FILES)}")


def _in_reach(endpoint: str) -> bool:
    """Whether the hub's name is known to this machine: without a network the library would try for half a minute."""
    import socket
    from urllib.parse import urlsplit
    from urllib.request import getproxies

    if getproxies():
        return True
    try:
        socket.getaddrinfo(urlsplit(endpoint).hostname, 443)
    except OSError:
        return False
    return True


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]


def _refusal(text: str, message: str, hint: str = "") -> InputError:
    return InputError([Problem(message, Span(text, 1, 1), hint=hint)])
