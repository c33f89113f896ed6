"""The way to a language model: one POST to an OpenAI-compatible /chat/completions, and nowhere else.

No redirect is followed and no proxy of the environment is used: what is sent goes to the address the administrator confirmed.
Errors carry our own words only, never the request, the answer or the key.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from claimwright.coding.assist import Unhelpful

TIMEOUT = 20.0  # seconds for one answer, from the first byte sent to the last received
TRIES = 2
PAUSE = 0.5  # seconds before the second try
MOST_BYTES = 200_000  # of an answer
BUSY = frozenset({429, 500, 502, 503, 504})
KEY_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}\Z")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """An answer that sends us elsewhere is no answer."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def address_problem(endpoint: str) -> str:
    """Why an address cannot be used, in words for its form; empty if it can."""
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "This is not an address."
    if parts.scheme not in ("https", "http") or not host or re.search(r"\s", endpoint):
        return "The address begins with https:// and names a host."
    if parts.username or parts.password or parts.query or parts.fragment:
        return "The address carries no login, question mark or #; the key has its own field."
    if parts.scheme == "http" and not _this_machine(host):
        return "Only a model on this machine may be asked without https."
    return ""


def _this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def key_named(name: str, home: Path) -> str:
    """The key of that name: CLAIMWRIGHT_MODEL_KEY_<NAME> of the environment, else the file model_keys/<name>. Empty name: none.

    Only such names can be given, so that no form can have another secret of the server sent out.
    """
    if not name:
        return ""
    if not KEY_NAME.match(name):
        raise Unhelpful("its key has no proper name")
    if given := os.environ.get("CLAIMWRIGHT_MODEL_KEY_" + name.upper().replace("-", "_")):
        return given.strip()
    try:
        return (home / "model_keys" / name).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise Unhelpful("its key was not found") from None


def ask(
    endpoint: str, body: bytes, key: str = "", *, timeout: float = TIMEOUT, sleep: Callable[[float], None] = time.sleep
) -> bytes:
    """The body of the model's answer. Raises Unhelpful with the reason."""
    if address_problem(endpoint):
        raise Unhelpful("its address cannot be used")
    url = endpoint.rstrip("/")
    if not url.endswith("/chat/completions"):
        url += "/chat/completions"
    headers = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "claimwright"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    ends = time.monotonic() + timeout
    why = ""
    for attempt in range(TRIES):
        if attempt:
            sleep(PAUSE)
        try:
            return _once(urllib.request.Request(url, data=body, headers=headers, method="POST"), ends)
        except (OSError, http.client.HTTPException, ValueError) as error:
            why, again = _reason(error)
            if not again:
                break
    raise Unhelpful(why) from None


def _reason(error: Exception) -> tuple[str, bool]:
    """Why there is no answer, in our words, and whether a second try may help."""
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return _refusal(error.code), error.code in BUSY
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return "it did not answer in time", False
    if isinstance(cause, ssl.SSLError):
        return "its certificate could not be trusted", False
    return ("it could not be reached" if isinstance(error, urllib.error.URLError) else "it broke off"), True


def _refusal(status: int) -> str:
    if 300 <= status < 400:
        return "it sent us to another address, which we do not follow"
    if status in (401, 403):
        return "it refused the key"
    return f"it answered with status {status}"


def _once(request: urllib.request.Request, ends: float) -> bytes:
    """One try. The clock runs over the whole answer: a server that drips a byte now and then is slow too."""
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), _NoRedirect, urllib.request.HTTPSHandler(context=ssl.create_default_context())
    )
    held = bytearray()
    with opener.open(request, timeout=max(0.05, ends - time.monotonic())) as answer:
        while True:
            if time.monotonic() > ends:
                raise TimeoutError
            part = answer.read1(65_536)
            if not part:
                return bytes(held)
            held += part
            if len(held) > MOST_BYTES:
                raise Unhelpful("its answer was too long")
