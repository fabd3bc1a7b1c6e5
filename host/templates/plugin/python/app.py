"""Water bills of one biller that speaks JSON: found, paid, and asked about.

A class for each service kind; the contract's shapes are in `wit_world`, which
componentize-py makes of the folder `wit`.
"""

import json
from datetime import datetime, timezone

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports import bill_payment as bills
from wit_world.imports import http
from wit_world.imports import types as shapes


class BillPayment(exports.BillPayment):
    def query_bills(self, context, inputs):
        account = dict(inputs)["account"]
        try:
            answer = ask("/api/bills", {"account": account}, http.Intent.READ)
            if answer["code"] == "1":
                raise Err(shapes.Failure_NotFound(answer["message"]))
            if answer["code"] == "2":
                return statement([])
            certain(answer["code"] == "0", "a code that nobody listed")
            certain(answer["account"] == account, "the answer is about another account")
            return statement([bill(row, order) for order, row in enumerate(answer["bills"])])
        except Doubt as doubt:
            raise Err(shapes.Failure_Unavailable(shapes.Unavailability(str(doubt), None, [])))

    def submit_payment(self, context, order):
        try:
            certain(len(order.items) == 1, "this biller takes one bill at a time")
        except Doubt as doubt:
            return bills.Submission_NotSent(str(doubt))
        body = {
            "reference": order.reference,
            "account": dict(order.inputs)["account"],
            "bill": order.items[0].bill_number,
            "amount": yuan(order.total.minor_units),
        }
        try:
            # An effect: it changes something at the biller, and is sent once.
            answer = ask("/api/payments", body, http.Intent.EFFECT)
            if answer["code"] == "3":
                return bills.Submission_Pending(bills.Pending(None, "", None, None, []))
            # Refuse only on a code that proves that nothing was applied.
            if answer["code"] == "7":
                reason = shapes.RefusalReason_AmountChanged()
                return bills.Submission_Refused(
                    shapes.Refusal(reason, "7", answer["message"], [])
                )
            certain(answer["code"] == "0", "a code that proves nothing")
            return bills.Submission_Applied(application(answer, order))
        except NotSent as error:
            return bills.Submission_NotSent(str(error))
        except Doubt as doubt:
            return bills.Submission_Unknown(str(doubt))

    def payment_status(self, context, order, last):
        try:
            answer = ask(
                "/api/payments/status", {"reference": order.reference}, http.Intent.READ
            )
            if answer["code"] == "1":
                return bills.Status_NotFound()
            if answer["code"] == "3":
                return bills.Status_Pending(bills.Pending(None, "", None, None, []))
            certain(answer["code"] == "0", "a code that proves nothing")
            return bills.Status_Applied(application(answer, order))
        except Doubt as doubt:
            return bills.Status_Unknown(str(doubt))

    def poll_query(self, context, token, inputs):
        raise Err(shapes.Failure_Other("this service has no second step"))

    def reverse_payment(self, context, reversal):
        reason = shapes.RefusalReason_NotAllowed()
        return bills.Reversal_Refused(shapes.Refusal(reason, "", "收费单位不支持冲正", []))

    def reversal_status(self, context, reversal, last):
        return bills.Reversal_Unknown("this plugin reverses nothing")


class Doubt(Exception):
    """An answer that proves nothing."""


class NotSent(Doubt):
    """A request that never left the host."""


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
    try:
        return Answer(json.loads(response.body))
    except (ValueError, TypeError):
        raise Doubt("the body is no JSON object")


class Answer(dict):
    """A member that is missing proves nothing."""

    def __missing__(self, name):
        raise Doubt(f"`{name}` is missing")


def statement(found):
    return bills.QueryOutcome_Ready(
        bills.Statement(None, found, bills.Selection_Single(), None, None, None, [])
    )


def bill(row, order):
    row = Answer(row)
    owed = shapes.Money(fen(row["owed"]), "CNY")
    return bills.Bill(
        number=row["number"],
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
    certain(fen(answer["amount"]) == order.total.minor_units, "another amount was applied")
    try:
        at = datetime.fromisoformat(answer["paid_at"]).astimezone(timezone.utc)
    except ValueError:
        raise Doubt("`paid_at` is no moment")
    return bills.Application(
        serial=answer["serial"],
        at=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
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
    certain(whole.isdigit() and len(fraction) == 2 and fraction.isdigit(), "no amount in yuan")
    return int(whole) * 100 + int(fraction)


def yuan(amount):
    return f"{amount // 100}.{amount % 100:02}"
