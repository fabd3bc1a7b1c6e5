//! Water bills of one biller that speaks JSON: found, paid, and asked about.

use guichet_sdk::bill::{
    Account, Application, Bill, Order, Pending, QueryOutcome, Statement, Status, Submission,
};
use guichet_sdk::http::{Request, Response};
use guichet_sdk::json::Value;
use guichet_sdk::{
    BillPayment, Context, Doubt, Error, Failure, Inputs, Money, Period, RefusalReason, locale,
    mask, money,
};

/// The plugin.
pub struct Waterworks;

impl BillPayment for Waterworks {
    fn query_bills(_context: &Context, inputs: &Inputs) -> Result<QueryOutcome, Failure> {
        let number = inputs.require("account")?;
        let body = Value::object([("account", number.into())]);
        let answer = answer(Request::post("biller", "/api/bills").json(&body).send()?)?;
        match answer.text("code")?.as_str() {
            "0" if answer.text("account")? == number => {}
            "0" => return Err(Error::answer("the answer is about another account").into()),
            "1" => return Err(Failure::NotFound(answer.text("message")?)),
            "2" => return Ok(QueryOutcome::Ready(Statement::new(None, Vec::new()))),
            _ => return Err(Error::answer("a code that nobody listed").into()),
        }
        let mut account = Account::new(number, "household");
        account.holder_name = answer.text_or_none("holder").map(|name| mask::person(&name));
        let mut bills = Vec::new();
        for row in answer.list("bills") {
            bills.push(bill(row)?);
        }
        Ok(QueryOutcome::Ready(Statement::new(Some(account), bills)))
    }

    fn submit_payment(_context: &Context, order: &Order) -> Result<Submission, Doubt> {
        let [item] = &order.items[..] else {
            return Err(Doubt::now("this biller takes one bill at a time"));
        };
        let body = Value::object([
            ("reference", (&order.reference).into()),
            ("account", order.account_number.as_deref().into()),
            ("bill", (&item.bill_number).into()),
            ("amount", (&money::format_yuan(order.total.minor_units)).into()),
        ]);
        // An effect: it changes something at the biller, and is sent once.
        let request = Request::post("biller", "/api/payments").json(&body).effect();
        let answer = answer(request.send()?)?;
        match answer.text("code")?.as_str() {
            "0" => Ok(Submission::Applied(application(&answer, order)?)),
            "3" => Ok(Submission::Pending(Pending::new(""))),
            // Refuse only on a code that proves that nothing was applied.
            "7" => Ok(Submission::Refused(
                RefusalReason::AmountChanged.with("7", &answer.text("message")?),
            )),
            code => Err(Doubt::now(&["code ", code].concat())),
        }
    }

    fn payment_status(
        _context: &Context,
        order: &Order,
        _last: Option<&Pending>,
    ) -> Result<Status, Doubt> {
        let body = Value::object([("reference", (&order.reference).into())]);
        let request = Request::post("biller", "/api/payments/status").json(&body);
        let answer = answer(request.send()?)?;
        match answer.text("code")?.as_str() {
            "0" => Ok(Status::Applied(application(&answer, order)?)),
            "1" => Ok(Status::NotFound),
            "3" => Ok(Status::Pending(Pending::new(""))),
            code => Err(Doubt::now(&["code ", code].concat())),
        }
    }
}

/// Only a complete answer with status 200 says anything.
fn answer(response: Response) -> Result<Value, Error> {
    match response.status() {
        200 => response.json(),
        status => Err(Error::Status(status)),
    }
}

fn bill(row: &Value) -> Result<Bill, Error> {
    let owed = Money::fen(row.yuan("owed")?);
    let title = locale::pick("水费", "Water");
    let mut bill = Bill::owed(&row.text("number")?, title, owed);
    if let (Some(from), Some(to)) = (row.text_or_none("from"), row.text_or_none("to")) {
        bill.period = Some(Period { from, to });
    }
    Ok(bill)
}

/// The biller's evidence: of this order, and of its whole amount.
fn application(answer: &Value, order: &Order) -> Result<Application, Error> {
    if answer.text("reference")? != order.reference {
        return Err(Error::answer("the answer is another order's"));
    }
    let amount = answer.yuan("amount")?;
    if amount != order.total.minor_units {
        return Err(Error::answer("another amount was applied"));
    }
    let at = guichet_sdk::date::Moment::parse(&answer.text("paid_at")?)
        .ok_or_else(|| Error::answer("`paid_at` is no moment"))?;
    Ok(Application::new(
        &answer.text("serial")?,
        at.to_string(),
        Money::fen(amount),
    ))
}

guichet_sdk::export!(Waterworks with bill_payment_without_reversal);
