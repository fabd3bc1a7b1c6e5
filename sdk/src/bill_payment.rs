//! The service kind *bill payment* as a trait, and its way into the contract.
//! Which amounts are right is decided by the plugin and the host, not here.

use crate::bill::{Order, Pending, QueryOutcome, Reversal, ReversalOrder, Status, Submission};
use crate::bindings::bill_payment::exports::guichet::service::bill_payment::Guest;
use crate::call::{Pairs, begin, kept};
use crate::{Context, Doubt, Failure, Inputs, RefusalReason, locale};

/// Bills are found and paid.
///
/// Whatever these functions answer, the host believes only what the exchange
/// with the biller bears out. An error that leaves `submit_payment` or
/// `reverse_payment` becomes *not sent* only where no request with an effect
/// has left the plugin, and *unknown* everywhere else.
pub trait BillPayment {
    /// Finds the account and what it owes. Nothing owed is an empty statement.
    fn query_bills(context: &Context, inputs: &Inputs) -> Result<QueryOutcome, Failure>;

    /// Asks again for a query that answered `poll-later` or `ask-more`.
    #[inline(always)]
    fn poll_query(
        context: &Context,
        token: &str,
        inputs: &Inputs,
    ) -> Result<QueryOutcome, Failure> {
        let _ = (context, token, inputs);
        Err(Failure::Other("this service has no second step".to_owned()))
    }

    /// Asks the biller to write the order off. Once, and with the order's reference.
    fn submit_payment(context: &Context, order: &Order) -> Result<Submission, Doubt>;

    /// Asks what became of an order.
    fn payment_status(
        context: &Context,
        order: &Order,
        last: Option<&Pending>,
    ) -> Result<Status, Doubt>;

    /// Undoes an application on the same accounting date. Refused unless written.
    #[inline(always)]
    fn reverse_payment(context: &Context, reversal: &ReversalOrder) -> Result<Reversal, Doubt> {
        let _ = (context, reversal);
        Ok(Reversal::Refused(RefusalReason::NotAllowed.with(
            "",
            locale::pick("收费单位不支持冲正", "The biller takes nothing back"),
        )))
    }

    /// Asks what became of a reversal. Only needed where there is one.
    #[inline(always)]
    fn reversal_status(
        context: &Context,
        reversal: &ReversalOrder,
        last: Option<&Pending>,
    ) -> Result<Reversal, Doubt> {
        let _ = (context, reversal, last);
        Ok(Reversal::Unknown("this plugin reverses nothing".to_owned()))
    }
}

// Inlined, so that the compiler drops all that a function's standard answer
// does not need: half of a component is the contract's records going in and out.
impl<T: BillPayment> Guest for T {
    #[inline(always)]
    fn query_bills(context: Context, inputs: Pairs) -> Result<QueryOutcome, Failure> {
        let (context, inputs) = (begin(context), kept(Inputs::new(inputs)));
        T::query_bills(&context, &inputs)
    }

    #[inline(always)]
    fn poll_query(context: Context, token: String, inputs: Pairs) -> Result<QueryOutcome, Failure> {
        let (context, inputs) = (begin(context), kept(Inputs::new(inputs)));
        T::poll_query(&context, &kept(token), &inputs)
    }

    #[inline(always)]
    fn submit_payment(context: Context, order: Order) -> Submission {
        let (context, order) = (begin(context), kept(order));
        T::submit_payment(&context, &order).unwrap_or_else(Submission::from)
    }

    #[inline(always)]
    fn payment_status(context: Context, order: Order, last: Option<Pending>) -> Status {
        let (context, order, last) = (begin(context), kept(order), kept(last));
        T::payment_status(&context, &order, last.as_ref()).unwrap_or_else(Status::from)
    }

    #[inline(always)]
    fn reverse_payment(context: Context, reversal: ReversalOrder) -> Reversal {
        let (context, reversal) = (begin(context), kept(reversal));
        T::reverse_payment(&context, &reversal).unwrap_or_else(Reversal::from)
    }

    #[inline(always)]
    fn reversal_status(
        context: Context,
        reversal: ReversalOrder,
        last: Option<Pending>,
    ) -> Reversal {
        let (context, reversal, last) = (begin(context), kept(reversal), kept(last));
        let answer = T::reversal_status(&context, &reversal, last.as_ref());
        // A failed question says nothing of the reversal itself.
        answer.unwrap_or_else(|doubt| Reversal::Unknown(doubt.message().to_owned()))
    }
}
