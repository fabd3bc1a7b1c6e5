//! Prepaid electricity.

use guichet_sdk::bill::{Order, Pending, QueryOutcome, Statement, Status, Submission};
use guichet_sdk::{BillPayment, Context, Doubt, Failure, Inputs};

/// The plugin.
pub struct PrepaidPower;

impl BillPayment for PrepaidPower {
    fn query_bills(_: &Context, inputs: &Inputs) -> Result<QueryOutcome, Failure> {
        inputs.require("meter")?;
        Ok(QueryOutcome::Ready(Statement::new(None, Vec::new())))
    }

    fn submit_payment(_: &Context, _: &Order) -> Result<Submission, Doubt> {
        Err(Doubt::now("x"))
    }

    fn payment_status(_: &Context, _: &Order, _: Option<&Pending>) -> Result<Status, Doubt> {
        Ok(Status::NotFound)
    }
}

guichet_sdk::export!(PrepaidPower with bill_payment);
