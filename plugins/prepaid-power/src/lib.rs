//! Prepaid electricity (购电): the meter is looked up, any lawful amount buys a
//! token to type in or credit to be written to the meter's card. A token cannot
//! be taken back, so there is no reversal. What a purchase brings is read in
//! [`purchase`].

mod purchase;

use agency_json::{Answer, Change, exchange, payment};
use guichet_sdk::bill::{
    Account, AmountRule, AmountSteps, Bill, Limits, MeterKind, Order, Pending, QueryOutcome,
    Statement, Status, Submission,
};
use guichet_sdk::json::Value;
use guichet_sdk::{
    BillPayment, Context, Doubt, Error, Failure, Field, Inputs, Money, locale, money,
};

/// The input that names the meter.
const METER: &str = "meter";

/// The one open bill of a meter.
const OPEN: &str = "open";

/// The plugin.
pub struct PrepaidPower;

impl BillPayment for PrepaidPower {
    fn query_bills(context: &Context, inputs: &Inputs) -> Result<QueryOutcome, Failure> {
        let meter = inputs.require(METER)?;
        let answer = exchange(
            context,
            "meter",
            &Value::object([("meter", meter.into())]),
            Change::Nothing,
        )?;
        if answer.code != "0000" {
            return Err(answer.failure(METER));
        }
        Ok(QueryOutcome::Ready(statement(&answer, meter)?))
    }

    fn submit_payment(context: &Context, order: &Order) -> Result<Submission, Doubt> {
        let body = Value::object([
            ("reference", (&order.reference).into()),
            ("sequence", order.sequence.into()),
            ("meter", meter_of(order)?.into()),
            ("amount", order.total.minor_units.into()),
            ("accounting_date", (&order.accounting_date).into()),
            ("channel", (&order.channel).into()),
        ]);
        let answer = exchange(context, "purchase", &body, Change::Something)?;
        payment::submission(&answer, order, purchase::complete)
    }

    fn payment_status(
        context: &Context,
        order: &Order,
        _last: Option<&Pending>,
    ) -> Result<Status, Doubt> {
        let body = Value::object([("reference", (&order.reference).into())]);
        let answer = exchange(context, "purchase/status", &body, Change::Nothing)?;
        payment::status(&answer, order, purchase::complete)
    }
}

/// A purchase is one open bill of one meter.
fn meter_of(order: &Order) -> Result<&str, Doubt> {
    let is_open = matches!(&order.items[..], [item] if item.bill_number == OPEN);
    match order.account_number.as_deref() {
        Some(meter) if is_open => Ok(meter),
        _ => Err(Doubt::now("a purchase is one open bill of one meter")),
    }
}

fn statement(answer: &Answer, asked: &str) -> Result<Statement, Error> {
    let meter = answer
        .body
        .member("meter")
        .ok_or_else(|| Error::answer("`meter` is missing"))?;
    if meter.text("number")? != asked {
        return Err(Error::answer("the answer is about another meter"));
    }
    let arrears = meter.minor("arrears")?;
    let account = account(meter, arrears)?;
    let title = locale::pick("购电", "Electricity purchase");
    let bill = Bill::open(OPEN, title, "CNY", rule(&answer.body, arrears)?);
    let limits = Limits {
        per_payment: Some(Money::fen(answer.body.minor("maximum")?)),
        per_day: None,
        details: Vec::new(),
    };
    let notice = account.notice.clone();
    Ok(Statement {
        limits: Some(limits),
        notice,
        ..Statement::new(Some(account), vec![bill])
    })
}

fn account(meter: &Value, arrears: i64) -> Result<Account, Error> {
    let kind = match meter.text("kind")?.as_str() {
        "token" => MeterKind::Token,
        "ic-card" => MeterKind::IcCard,
        other => MeterKind::Other(other.to_owned()),
    };
    let price = meter.text("price")?;
    let label = locale::pick("电价（元/千瓦时）", "Price (yuan per kWh)");
    Ok(Account {
        holder_name: meter.text_or_none("holder"),
        address: meter.text_or_none("address"),
        balance: Some(Money::fen(meter.whole("balance")?)),
        arrears: Some(Money::fen(arrears)),
        meter: Some(kind),
        notice: notice(meter, arrears),
        fields: vec![Field::formatted("price", label, &price, "decimal")],
        ..Account::new(&meter.text("number")?, "meter")
    })
}

/// The citizen must know before paying that less than the amount buys power.
fn notice(meter: &Value, arrears: i64) -> Option<String> {
    let own = meter.text_or_none("notice");
    if arrears == 0 {
        return own;
    }
    let yuan = money::format_yuan(arrears);
    let taken = match locale::pick("zh", "en") {
        "zh" => format!("本次购电将先扣除欠费{yuan}元。"),
        _ => format!("{yuan} yuan of arrears are taken from this purchase first."),
    };
    Some(own.map_or_else(|| taken.clone(), |own| format!("{taken}{own}")))
}

/// The supplier's steps or choices, without those that the arrears would eat up.
fn rule(body: &Value, arrears: i64) -> Result<AmountRule, Error> {
    let mut choices = Vec::new();
    for choice in body.list("choices") {
        let fen = choice.as_whole().filter(|fen| *fen > 0);
        choices.push(fen.ok_or_else(|| Error::answer("a choice is no amount"))?);
    }
    if !choices.is_empty() {
        choices.retain(|fen| *fen > arrears);
        return Ok(AmountRule::Choices(
            choices.into_iter().map(Money::fen).collect(),
        ));
    }
    let (minimum, maximum) = (body.minor("minimum")?, body.minor("maximum")?);
    let step = body.minor("step")?;
    if step == 0 || minimum == 0 || maximum < minimum {
        return Err(Error::answer("the amounts make no rule"));
    }
    let minimum = if arrears < minimum {
        minimum
    } else {
        // The first step above the arrears.
        let steps = (arrears - minimum) / step + 1;
        steps
            .checked_mul(step)
            .and_then(|more| minimum.checked_add(more))
            .unwrap_or(i64::MAX)
    };
    if minimum > maximum {
        return Err(Error::answer("the arrears are above the largest purchase"));
    }
    Ok(AmountRule::Steps(AmountSteps {
        minimum: Money::fen(minimum),
        maximum: Money::fen(maximum),
        step: Money::fen(step),
    }))
}

guichet_sdk::export!(PrepaidPower with bill_payment_without_reversal);

#[cfg(test)]
mod tests;
