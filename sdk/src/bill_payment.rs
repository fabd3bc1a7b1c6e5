//! The service kind *bill payment* as a trait, and its way into the contract.
//! Which amounts are right is decided by the plugin and the host, not here.

use crate::bill::{Order, Pending, QueryOutcome, Reversal, ReversalOrder, Status, Submission};
use crate::bindings::bill_payment::exports::guichet::service::bill_payment::Guest;
use crate::{Context, Doubt, Failure, Inputs, RefusalReason, http, locale};

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
    fn reverse_payment(context: &Context, reversal: &ReversalOrder) -> Result<Reversal, Doubt> {
        let _ = (context, reversal);
        Ok(Reversal::Refused(RefusalReason::NotAllowed.with(
            "",
            locale::pick("收费单位不支持冲正", "The biller takes nothing back"),
        )))
    }

    /// Asks what became of a reversal. Only needed where there is one.
    fn reversal_status(
        context: &Context,
        reversal: &ReversalOrder,
        last: Option<&Pending>,
    ) -> Result<Reversal, Doubt> {
        let _ = (context, reversal, last);
        Ok(Reversal::Unknown("this plugin reverses nothing".to_owned()))
    }
}

impl<T: BillPayment> Guest for T {
    fn query_bills(context: Context, inputs: Pairs) -> Result<QueryOutcome, Failure> {
        begin(&context);
        T::query_bills(&context, &Inputs::new(inputs))
    }

    fn poll_query(context: Context, token: String, inputs: Pairs) -> Result<QueryOutcome, Failure> {
        begin(&context);
        T::poll_query(&context, &token, &Inputs::new(inputs))
    }

    fn submit_payment(context: Context, order: Order) -> Submission {
        begin(&context);
        T::submit_payment(&context, &order).unwrap_or_else(Submission::from)
    }

    fn payment_status(context: Context, order: Order, last: Option<Pending>) -> Status {
        begin(&context);
        T::payment_status(&context, &order, last.as_ref()).unwrap_or_else(Status::from)
    }

    fn reverse_payment(context: Context, reversal: ReversalOrder) -> Reversal {
        begin(&context);
        T::reverse_payment(&context, &reversal).unwrap_or_else(Reversal::from)
    }

    fn reversal_status(
        context: Context,
        reversal: ReversalOrder,
        last: Option<Pending>,
    ) -> Reversal {
        begin(&context);
        let answer = T::reversal_status(&context, &reversal, last.as_ref());
        // A failed question says nothing of the reversal itself.
        answer.unwrap_or_else(|doubt| Reversal::Unknown(doubt.message().to_owned()))
    }
}

type Pairs = Vec<(String, String)>;

/// The host gives every call a fresh instance; the fake host does not.
fn begin(context: &Context) {
    http::forget_effects();
    locale::set(&context.locale);
}
