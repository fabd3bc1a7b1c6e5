"""What the company speaks: JSON, each request signed with a key that the host
holds. Whatever proves nothing is a doubt."""

import json
import re
from datetime import datetime, timezone

from componentize_py_types import Err
from wit_world.imports import http, keys


# Beyond them the parser would use up processor time or stack, which ends the call.
BODY_LIMIT_BYTES = 262_144
DEPTH_LIMIT = 100
STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
BRACKET = re.compile(r"[\[\]{}]")


class Doubt(Exception):
    """An answer that proves nothing."""


class NotSent(Doubt):
    """A request that never left the host."""


def certain(holds, problem):
    if not holds:
        raise Doubt(problem)


def ask(path, body, intent):
    """One signed request; only a complete answer with status 200 says anything."""
    written = json.dumps(body, separators=(",", ":")).encode()
    try:
        signature = keys.mac("partner", path.encode() + b"\n" + written)
    except Err:
        raise NotSent("the request could not be signed")
    headers = [("content-type", "application/json"), ("x-signature", signature.hex())]
    request = http.Request("biller", "POST", path, headers, written, intent, None, [])
    try:
        response = http.send(request)
    except Err as error:
        if isinstance(error.value, (http.Error_Denied, http.Error_NotSent)):
            raise NotSent("nothing was sent")
        raise Doubt("no complete answer")
    certain(response.status == 200, f"status {response.status}")
    certain(len(response.body) <= BODY_LIMIT_BYTES, "the body is too large")
    try:
        # As UTF-8 and nothing else: `json` would guess an encoding from the bytes.
        body = response.body.decode("utf-8")
        certain(depth(body) <= DEPTH_LIMIT, "the body is nested too deeply")
        return Answer(json.loads(body))
    except ValueError:
        raise Doubt("the body is no JSON")


def depth(body):
    """How deeply a text is nested that may be JSON."""
    deepest = now = 0
    for bracket in BRACKET.findall(STRING.sub("", body)):
        now += 1 if bracket in "[{" else -1
        deepest = max(deepest, now)
    return deepest


class Answer(dict):
    """An object of the company's; a member that is missing or of another kind
    proves nothing."""

    def __init__(self, value):
        certain(isinstance(value, dict), "no JSON object where one must be")
        super().__init__(value)

    def __missing__(self, name):
        raise Doubt(f"`{name}` is missing")

    def text(self, name):
        certain(isinstance(self[name], str), f"`{name}` is no text")
        # JSON can express halves of characters, which no UTF-8 can: an error here.
        self[name].encode("utf-8")
        return self[name]

    def list(self, name):
        certain(isinstance(self[name], list), f"`{name}` is no list")
        return self[name]

    def fen(self, name):
        amount = self[name]
        certain(type(amount) is int and 0 <= amount < 10**12, f"`{name}` is no amount in fen")
        return amount

    def moment(self, name):
        try:
            at = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise Doubt(f"`{name}` is no moment")
        certain(at.tzinfo is not None, f"`{name}` names no time zone")
        return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
