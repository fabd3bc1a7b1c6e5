//! A penalty decision as a bill: the fine, and the additional penalty
//! (加处罚款, Law on Administrative Penalty, article 72), which is 3 % of the
//! fine for each day after the term and never above the fine itself.

use guichet_sdk::bill::{Account, Bill, Charge, LateCharge, LateChargeKind, Payability, Statement};
use guichet_sdk::date::Date;
use guichet_sdk::json::{Value, parse};
use guichet_sdk::{Error, Field, Money, locale};

/// Percent of the fine for each day.
const PERCENT_A_DAY: i64 = 3;

/// What the agency wants back on payment; it travels in the bill's token.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) treasury_code: String,
    pub(crate) token: String,
    pub(crate) principal: i64,
    pub(crate) penalty: i64,
}

impl Token {
    fn write(&self) -> String {
        Value::List(vec![
            (&self.treasury_code).into(),
            (&self.token).into(),
            self.principal.into(),
            self.penalty.into(),
        ])
        .to_text()
    }

    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let parts = parse(text.as_bytes())?;
        let foreign = || Error::answer("the bill's token is not this plugin's");
        let [
            Value::Text(treasury_code),
            Value::Text(token),
            principal,
            penalty,
        ] = parts.elements()
        else {
            return Err(foreign());
        };
        Ok(Self {
            treasury_code: treasury_code.clone(),
            token: token.clone(),
            principal: principal.as_whole().ok_or_else(foreign)?,
            penalty: penalty.as_whole().ok_or_else(foreign)?,
        })
    }
}

/// The additional penalty that the law allows.
pub(crate) fn lawful_penalty(principal: i64, days_late: i64) -> i64 {
    let percent = days_late.max(0).saturating_mul(PERCENT_A_DAY).min(100);
    // Rounded down: the citizen is never charged a part of a fen too much.
    principal / 100 * percent + principal % 100 * percent / 100
}

/// The decision's one bill. A penalty beyond what the law allows is shown and
/// cannot be paid here.
pub(crate) fn statement(body: &Value, asked: &str) -> Result<Statement, Error> {
    let decision = body
        .member("decision")
        .ok_or_else(|| Error::answer("`decision` is missing"))?;
    let number = decision.text("number")?;
    if number != asked {
        return Err(Error::answer("the answer is about another decision"));
    }
    let account = Account {
        holder_name: decision.text_or_none("offender"),
        fields: vec![field("plate", locale::pick("号牌号码", "Plate"), decision)?],
        ..Account::new(&number, "decision")
    };
    Ok(Statement::new(
        Some(account),
        vec![bill(decision, &number)?],
    ))
}

fn bill(decision: &Value, number: &str) -> Result<Bill, Error> {
    let token = Token {
        treasury_code: decision.text("treasury_code")?,
        token: decision.text_or_none("token").unwrap_or_default(),
        principal: decision.minor("principal")?,
        penalty: decision.minor("penalty")?,
    };
    let payable = decision.minor("payable")?;
    let sum = token.principal.checked_add(token.penalty);
    if token.principal == 0 || sum != Some(payable) {
        return Err(Error::answer("the fine's parts are not its sum"));
    }
    let charge = Charge {
        code: "fine".to_owned(),
        title: locale::pick("罚款", "Fine").to_owned(),
        amount: Money::fen(token.principal),
        payee: None,
        treasury_code: Some(token.treasury_code.clone()),
        details: Vec::new(),
    };
    let mut bill = Bill::owed(number, &decision.text("act")?, Money::fen(payable));
    bill.principal = Money::fen(token.principal);
    bill.charges.push(charge);
    if token.penalty > 0 {
        let kind = LateChargeKind::AdditionalPenalty;
        bill.late_charges
            .push(LateCharge::new(kind, Money::fen(token.penalty)));
    }
    bill.payability = payability(&token, decision.minor("days_late")?);
    bill.fields = fields(decision)?;
    bill.token = token.write();
    Ok(bill)
}

fn payability(token: &Token, days_late: i64) -> Payability {
    if token.penalty <= lawful_penalty(token.principal, days_late) {
        return Payability::Payable;
    }
    let reason = locale::pick(
        "加处罚款超过法定数额，请联系处罚机关核实",
        "The additional penalty is above the lawful amount; please ask the authority",
    );
    Payability::NotPayable(reason.to_owned())
}

fn fields(decision: &Value) -> Result<Vec<Field>, Error> {
    let date = |name: &str, label: &str| {
        let text = decision.text(name)?;
        let date = Date::parse(&text).ok_or_else(|| Error::answer("a date that is none"))?;
        Ok::<Field, Error>(Field::formatted(name, label, &date.to_string(), "date"))
    };
    Ok(vec![
        field("authority", locale::pick("处罚机关", "Authority"), decision)?,
        field("place", locale::pick("违法地点", "Place"), decision)?,
        Field::formatted(
            "violated_at",
            locale::pick("违法时间", "Time"),
            &decision.text("violated_at")?,
            "instant",
        ),
        date("decided_on", locale::pick("决定日期", "Decided on"))?,
        date("due", locale::pick("缴款期限", "Payable until"))?,
        Field::formatted(
            "days_late",
            locale::pick("逾期天数", "Days late"),
            &decision.minor("days_late")?.to_string(),
            "decimal",
        ),
        field("points", locale::pick("记分", "Points"), decision)?,
        field(
            "treasury_code",
            locale::pick("缴款码", "Treasury payment code"),
            decision,
        )?,
    ])
}

fn field(name: &str, label: &str, decision: &Value) -> Result<Field, Error> {
    Ok(Field::text(name, label, &decision.text(name)?))
}
