//! Traffic fines (交通罚没). A penalty decision (决定书) is owed to the treasury
//! and payable; violations found by number plate are only shown, because the
//! traffic police must decide on them first. How a decision becomes a bill
//! stands in [`decision`].

mod decision;
mod violations;

use agency_json::{Answer, Change, exchange, payment};
use guichet_sdk::bill::{Application, Order, Pending, QueryOutcome, Statement, Status, Submission};
use guichet_sdk::json::Value;
use guichet_sdk::{BillPayment, Context, Doubt, Error, Failure, Inputs, locale};

/// The plugin.
pub struct TrafficFine;

impl BillPayment for TrafficFine {
    fn query_bills(context: &Context, inputs: &Inputs) -> Result<QueryOutcome, Failure> {
        let statement = match (inputs.get("decision"), inputs.get("plate")) {
            (Some(number), _) => by_decision(context, number)?,
            (None, Some(plate)) => by_plate(context, plate, inputs.get("plate_kind"))?,
            (None, None) => {
                return Err(Failure::invalid(
                    "decision",
                    locale::pick(
                        "请填写决定书编号；只查违法记录可填写号牌号码",
                        "Fill in the decision's number, or a plate to see violations only",
                    ),
                ));
            }
        };
        Ok(QueryOutcome::Ready(statement))
    }

    fn submit_payment(context: &Context, order: &Order) -> Result<Submission, Doubt> {
        let [item] = &order.items[..] else {
            return Err(Doubt::now("a fine is paid by itself"));
        };
        let token = decision::Token::read(&item.token)?;
        let body = Value::object([
            ("reference", (&order.reference).into()),
            ("sequence", order.sequence.into()),
            ("decision", (&item.bill_number).into()),
            ("treasury_code", (&token.treasury_code).into()),
            ("token", (&token.token).into()),
            ("principal", token.principal.into()),
            ("penalty", token.penalty.into()),
            ("total", order.total.minor_units.into()),
            ("accounting_date", (&order.accounting_date).into()),
            ("channel", (&order.channel).into()),
        ]);
        let answer = exchange(context, "fine-payments", &body, Change::Something)?;
        payment::submission(&answer, order, |answer, application| {
            complete(answer, application, &token.treasury_code)
        })
    }

    fn payment_status(
        context: &Context,
        order: &Order,
        _last: Option<&Pending>,
    ) -> Result<Status, Doubt> {
        let [item] = &order.items[..] else {
            return Err(Doubt::now("a fine is paid by itself"));
        };
        let token = decision::Token::read(&item.token)?;
        let body = Value::object([("reference", (&order.reference).into())]);
        let answer = exchange(context, "fine-payments/status", &body, Change::Nothing)?;
        payment::status(&answer, order, |answer, application| {
            complete(answer, application, &token.treasury_code)
        })
    }
}

fn by_decision(context: &Context, number: &str) -> Result<Statement, Failure> {
    let body = Value::object([("decision", number.into())]);
    let answer = exchange(context, "decision", &body, Change::Nothing)?;
    match answer.code.as_str() {
        "0000" => Ok(decision::statement(&answer.body, number)?),
        // A fine that is paid is no failure: nothing is owed.
        "0104" => Ok(Statement {
            notice: Some(
                locale::pick("该决定书的罚款已缴清", "This decision's fine is paid").to_owned(),
            ),
            ..Statement::new(None, Vec::new())
        }),
        _ => Err(answer.failure("decision")),
    }
}

fn by_plate(context: &Context, plate: &str, kind: Option<&str>) -> Result<Statement, Failure> {
    let mut body = Value::object([("plate", plate.into())]);
    if let Some(kind) = kind {
        body.set("plate_kind", kind.into());
    }
    let answer = exchange(context, "violations", &body, Change::Nothing)?;
    match answer.code.as_str() {
        "0000" | "0102" => Ok(violations::statement(&answer.body, plate)?),
        _ => Err(answer.failure("plate")),
    }
}

/// Non-tax revenue carries the treasury's payment code and a fiscal e-receipt.
fn complete(
    answer: &Answer,
    application: &mut Application,
    treasury_code: &str,
) -> Result<(), Error> {
    if answer.body.text("treasury_code")? != treasury_code {
        return Err(Error::answer(
            "the payment stands under another treasury code",
        ));
    }
    application.treasury_code = Some(treasury_code.to_owned());
    application.fiscal_receipt = Some(answer.body.text("fiscal_receipt")?);
    Ok(())
}

guichet_sdk::export!(TrafficFine with bill_payment_without_reversal);

#[cfg(test)]
mod tests;
