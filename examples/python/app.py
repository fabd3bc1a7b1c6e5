"""Property fees of one company: several months are paid at once, with damages
for late ones, and a payment is taken back on the same day.

Whatever is needed is imported here and in `company.py`: when the plugin is called
there are no files to import from.
"""

import sys
from importlib.machinery import BuiltinImporter, FrozenImporter

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports import bill_payment as bills
from wit_world.imports import http
from wit_world.imports import types as shapes

from company import Answer, Doubt, NotSent, ask, certain


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
    """Of an unforeseen error its kind alone, for its text may hold what a
    citizen filled in."""
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


def not_reversed(error):
    if isinstance(error, NotSent):
        return bills.Reversal_NotSent(why(error))
    return bills.Reversal_Unknown(why(error))


class BillPayment(exports.BillPayment):
    @guarded(no_answer)
    def query_bills(self, context, inputs):
        home = dict(inputs)["home"]
        answer = ask("/fees/query", {"home": home}, http.Intent.READ)
        if answer["code"] == "no-such-home":
            raise Err(shapes.Failure_NotFound("没有这个房号"))
        certain(answer["code"] == "done", "a code that nobody listed")
        certain(answer["home"] == home, "the answer is about another home")
        months = [bill(Answer(month), order) for order, month in enumerate(answer.list("months"))]
        return bills.QueryOutcome_Ready(
            bills.Statement(None, months, bills.Selection_Any(), None, None, None, [])
        )

    @guarded(not_submitted)
    def submit_payment(self, context, order):
        body = {
            "reference": order.reference,
            "home": dict(order.inputs)["home"],
            "months": [item.bill_number for item in order.items],
            "fen": order.total.minor_units,
        }
        # An effect: it changes something at the company, and is sent once.
        answer = ask("/fees/payments", body, http.Intent.EFFECT)
        # The one code that proves that nothing was written off.
        if answer["code"] == "amount-changed":
            reason = shapes.RefusalReason_AmountChanged()
            refusal = shapes.Refusal(reason, "amount-changed", "应缴金额已变，请重新查询", [])
            return bills.Submission_Refused(refusal)
        certain(answer["code"] == "done", "a code that proves nothing")
        return bills.Submission_Applied(application(answer, order))

    @guarded(no_status)
    def payment_status(self, context, order, last):
        answer = ask("/fees/status", {"reference": order.reference}, http.Intent.READ)
        if answer["code"] == "unknown-reference":
            return bills.Status_NotFound()
        if answer["code"] == "taken-back":
            return bills.Status_Reversed(reversed_by(answer, order.reference, order.total))
        certain(answer["code"] == "done", "a code that proves nothing")
        return bills.Status_Applied(application(answer, order))

    @guarded(not_reversed)
    def reverse_payment(self, context, reversal):
        body = {
            "reference": reversal.reference,
            "payment": reversal.order.reference,
            "serial": reversal.application.serial,
            "fen": reversal.amount.minor_units,
        }
        answer = ask("/fees/reversals", body, http.Intent.EFFECT)
        if answer["code"] == "closed":
            refusal = shapes.Refusal(shapes.RefusalReason_Closed(), "closed", "已过冲正时间", [])
            return bills.Reversal_Refused(refusal)
        certain(answer["code"] == "taken-back", "a code that proves nothing")
        evidence = reversed_by(answer, reversal.reference, reversal.amount)
        return bills.Reversal_Reversed(evidence)

    @guarded(not_reversed)
    def reversal_status(self, context, reversal, last):
        try:
            answer = ask("/fees/status", {"reference": reversal.reference}, http.Intent.READ)
        except NotSent:
            # Only this question stayed here, not the reversal that it is about.
            return bills.Reversal_Unknown("nothing was asked")
        if answer["code"] == "unknown-reference":
            return bills.Reversal_NotFound()
        certain(answer["code"] == "taken-back", "a code that proves nothing")
        evidence = reversed_by(answer, reversal.reference, reversal.amount)
        return bills.Reversal_Reversed(evidence)

    def poll_query(self, context, token, inputs):
        raise Err(shapes.Failure_Other("this service has no second step"))


def yuan(fen):
    return shapes.Money(fen, "CNY")


def bill(month, order):
    fee, damages = month.fen("fee"), month.fen("damages")
    late = bills.LateCharge(bills.LateChargeKind_LiquidatedDamages(), yuan(damages), [])
    return bills.Bill(
        number=month.text("month"),
        title="物业费",
        period=None,
        payable_from=None,
        payable_to=None,
        principal=yuan(fee),
        charges=[],
        late_charges=[late] if damages else [],
        discount=None,
        brought_forward=None,
        paid=None,
        rounding=None,
        readings=[],
        tiers=[],
        payable=yuan(fee + damages),
        rule=bills.AmountRule_Exact(),
        payability=bills.Payability_Payable(),
        token="",
        order=order,
        group=None,
        fields=[],
        details=[],
    )


def application(answer, order):
    """The company's evidence: of this order, and of its whole amount."""
    certain(answer["reference"] == order.reference, "the answer is another order's")
    certain(answer.fen("fen") == order.total.minor_units, "another amount was applied")
    return bills.Application(
        serial=answer.text("serial"),
        at=answer.moment("at"),
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


def reversed_by(answer, reference, amount):
    """The same of a reversal."""
    certain(answer["reference"] == reference, "the answer is another's")
    certain(answer.fen("fen") == amount.minor_units, "another amount was taken back")
    return bills.Reversed(answer.text("serial"), answer.moment("at"), amount, [])
