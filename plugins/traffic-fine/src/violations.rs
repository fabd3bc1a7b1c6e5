//! Violations by number plate: shown, never payable. A fine is owed only when
//! the traffic police have decided on it.

use guichet_sdk::bill::{Account, Bill, Payability, Statement};
use guichet_sdk::json::Value;
use guichet_sdk::{Error, Field, Money, locale};

/// All violations that nobody has decided on yet.
pub(crate) fn statement(body: &Value, plate: &str) -> Result<Statement, Error> {
    let mut bills = Vec::new();
    for violation in body.list("violations") {
        bills.push(bill(violation)?);
    }
    let notice = if bills.is_empty() {
        locale::pick("没有未处理的违法记录", "There are no unhandled violations")
    } else {
        locale::pick(
            "以下违法记录尚未处理：请先到交警部门处理，取得决定书后凭编号缴款",
            "These violations are not handled yet: settle them with the traffic police first, then pay by the decision's number",
        )
    };
    let account = Account::new(plate, "plate");
    Ok(Statement {
        notice: Some(notice.to_owned()),
        ..Statement::new(Some(account), bills)
    })
}

fn bill(violation: &Value) -> Result<Bill, Error> {
    let principal = Money::fen(violation.minor("principal")?);
    let reason = locale::pick("未处理，不能缴款", "Not handled yet, not payable");
    let mut bill = Bill::owed(&violation.text("id")?, &violation.text("act")?, principal);
    bill.payability = Payability::NotPayable(reason.to_owned());
    let at = violation.text("at")?;
    bill.fields = vec![
        Field::formatted("at", locale::pick("违法时间", "Time"), &at, "instant"),
        Field::text(
            "place",
            locale::pick("违法地点", "Place"),
            &violation.text("place")?,
        ),
        Field::text(
            "points",
            locale::pick("记分", "Points"),
            &violation.text("points")?,
        ),
    ];
    Ok(bill)
}
