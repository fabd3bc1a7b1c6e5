"""Water bills of one biller that speaks JSON: found, paid, and asked about.

A class for each service kind; the contract's shapes are in `wit_world`, which
componentize-py makes of the folder `wit`. Whatever is needed is imported here:
when the plugin is called there are no files to import from.
"""

import json
import re
import sys
from datetime import datetime, timezone
from importlib.machinery import BuiltinImporter, FrozenImporter

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports import bill_payment as bills
from wit_world.imports import http
from wit_world.imports import types as shapes


# Beyond them the parser would use up processor time or stack, which ends the call.
BODY_LIMIT_BYTES = 262_144
DEPTH_LIMIT = 100
STRING = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
BRACKET = re.compile(r"[\[\]{}]")


class Doubt(Exception):
    """An answer that proves nothing."""


class NotSent(Doubt):
    """A request that never left the host."""


def guarded(otherwise):
    """The outermost guard of a method: whatever goes wrong in it, foreseen or
    not, the host gets an answer, and one that claims nothing. An exception that
    came through would end the call without any."""

    def guard(method):
        def call(self, *arguments):
            # An import or a codec that is looked for now would search files that
            # are not there and end the call; so it is an ordinary error.
            sys.meta_path[:] = [BuiltinImporter, FrozenImporter]
            try:
                return method(self, *arguments)
            except Exception as error:
                return otherwise(error)

        return call

    return guard


def why(error):
    """The reason in words; of an unforeseen error its kind alone, for its text
    may hold what a citizen filled in."""
    return str(error) if isinstance(error, Doubt) else type(error).__name__


def no_answer(error):
    if isinstance(error, Err):
        raise error
    raise Err(shapes.Failure_Unavailable(shapes.Unavailability(why(error), None, [])))


def not_submitted(error):
    if isinstance(error, NotSent):
        return bills.Submission_NotSent(why(error))
    return bills.Submission_Unknown(why(error))


def no_status(error):
    return bills.Status_Unknown(why(error))


class BillPayment(exports.BillPayment):
    @guarded(no_answer)
    def query_bills(self, context, inputs):
        account = dict(inputs)["account"]
        answer = ask("/api/bills", {"account": account}, http.Intent.READ)
        if answer["code"] == "1":
            raise Err(shapes.Failure_NotFound(answer.text("message")))
        if answer["code"] == "2":
            return statement([])
        certain(answer["code"] == "0", "a code that nobody listed")
        certain(answer["account"] == account, "the answer is about another account")
        return statement([bill(Answer(row), order) for order, row in enumerate(answer["bills"])])

    @guarded(not_submitted)
    def submit_payment(self, context, order):
        if len(order.items) != 1:
            raise NotSent("this biller takes one bill at a time")
        body = {
            "reference": order.reference,
            "account": dict(order.inputs)["account"],
            "bill": order.items[0].bill_number,
            "amount": yuan(order.total.minor_units),
        }
        # An effect: it changes something at the biller, and is sent once.
        answer = ask("/api/payments", body, http.Intent.EFFECT)
        if answer["code"] == "3":
            return bills.Submission_Pending(bills.Pending(None, "", None, None, []))
        # Refuse only on a code that proves that nothing was applied.
        if answer["code"] == "7":
            reason = shapes.RefusalReason_AmountChanged()
            refusal = shapes.Refusal(reason, "7", answer.text("message"), [])
            return bills.Submission_Refused(refusal)
        certain(answer["code"] == "0", "a code that proves nothing")
        return bills.Submission_Applied(application(answer, order))

    @guarded(no_status)
    def payment_status(self, context, order, last):
        answer = ask("/api/payments/status", {"reference": order.reference}, http.Intent.READ)
        if answer["code"] == "1":
            return bills.Status_NotFound()
        if answer["code"] == "3":
            return bills.Status_Pending(bills.Pending(None, "", None, None, []))
        certain(answer["code"] == "0", "a code that proves nothing")
        return bills.Status_Applied(application(answer, order))

    def poll_query(self, context, token, inputs):
        raise Err(shapes.Failure_Other("this service has no second step"))

    def reverse_payment(self, context, reversal):
        reason = shapes.RefusalReason_NotAllowed()
        return bills.Reversal_Refused(shapes.Refusal(reason, "", "收费单位不支持冲正", []))

    def reversal_status(self, context, reversal, last):
        return bills.Reversal_Unknown("this plugin reverses nothing")


def certain(holds, problem):
    if not holds:
        raise Doubt(problem)


def ask(path, body, intent):
    """One request; only a complete answer with status 200 says anything."""
    request = http.Request(
        "biller",
        "POST",
        path,
        [("content-type", "application/json")],
        json.dumps(body, separators=(",", ":")).encode(),
        intent,
        None,
        [],
    )
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
    """An object of the biller's; a member that is missing proves nothing."""

    def __init__(self, value):
        certain(isinstance(value, dict), "no JSON object where one must be")
        super().__init__(value)

    def __missing__(self, name):
        raise Doubt(f"`{name}` is missing")

    def text(self, name):
        """A member that goes to the host, which takes text for text only."""
        certain(isinstance(self[name], str), f"`{name}` is no text")
        # JSON can express halves of characters, which no UTF-8 can: an error here.
        self[name].encode("utf-8")
        return self[name]


def statement(found):
    return bills.QueryOutcome_Ready(
        bills.Statement(None, found, bills.Selection_Single(), None, None, None, [])
    )


def bill(row, order):
    owed = shapes.Money(fen(row.text("owed")), "CNY")
    return bills.Bill(
        number=row.text("number"),
        title="水费",
        period=None,
        payable_from=None,
        payable_to=None,
        principal=owed,
        charges=[],
        late_charges=[],
        discount=None,
        brought_forward=None,
        paid=None,
        rounding=None,
        readings=[],
        tiers=[],
        payable=owed,
        rule=bills.AmountRule_Exact(),
        payability=bills.Payability_Payable(),
        token="",
        order=order,
        group=None,
        fields=[],
        details=[],
    )


def application(answer, order):
    """The biller's evidence: of this order, and of its whole amount."""
    certain(answer["reference"] == order.reference, "the answer is another order's")
    paid = fen(answer.text("amount"))
    certain(paid == order.total.minor_units, "another amount was applied")
    try:
        at = datetime.fromisoformat(answer.text("paid_at"))
    except ValueError:
        raise Doubt("`paid_at` is no moment")
    certain(at.tzinfo is not None, "`paid_at` names no time zone")
    return bills.Application(
        serial=answer.text("serial"),
        at=at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        amount=order.total,
        accounting_date=None,
        balance=None,
        deliveries=[],
        effective_in_seconds=None,
        invoice_reference=None,
        treasury_code=None,
        fiscal_receipt=None,
        fields=[],
        details=[],
    )


def fen(text):
    """Yuan with two digits as whole fen, without floats."""
    whole, _, fraction = text.partition(".")
    digits = whole.isdecimal() and len(fraction) == 2 and fraction.isdecimal()
    certain(digits and len(whole) <= 12, "no amount in yuan")
    return int(whole) * 100 + int(fraction)


def yuan(amount):
    return f"{amount // 100}.{amount % 100:02}"
