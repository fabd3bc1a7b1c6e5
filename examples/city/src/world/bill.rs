//! Bills as the biller first wrote them. What was paid on them since is the
//! ledger's.

use serde::{Serialize, Serializer};
use time::{Date, Duration, Month};

use super::metered::Tariff;
use super::{Reading, Standing, Tier, World};
use crate::catalogue::{Bills, Service};
use crate::clock::iso;
use crate::draw::Draw;

/// Number of the bill that takes a free amount.
pub(crate) const OPEN: &str = "open";

/// A part of the principal, in json-hmac's spelling.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Charge {
    pub(crate) code: &'static str,
    pub(crate) title: &'static str,
    pub(crate) amount: i64,
}

/// A bill, in json-hmac's spelling. Amounts in fen.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Bill {
    pub(crate) number: String,
    pub(crate) title: String,
    #[serde(serialize_with = "write_some_date")]
    pub(crate) from: Option<Date>,
    #[serde(serialize_with = "write_some_date")]
    pub(crate) to: Option<Date>,
    #[serde(serialize_with = "write_date")]
    pub(crate) due: Date,
    pub(crate) principal: i64,
    pub(crate) late: i64,
    pub(crate) late_kind: &'static str,
    pub(crate) discount: i64,
    pub(crate) paid: i64,
    pub(crate) payable: i64,
    pub(crate) charges: Vec<Charge>,
    pub(crate) reading: Option<Reading>,
    pub(crate) tiers: Vec<Tier>,
    pub(crate) token: String,
    pub(crate) order: u32,
}

impl Bill {
    /// Takes off what was paid already.
    pub(crate) fn with_paid(mut self, paid: i64) -> Self {
        self.paid = paid;
        self.payable = (self.principal + self.late - self.discount - paid).max(0);
        self
    }
}

pub(super) fn write_date<S: Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&iso(*date))
}

fn write_some_date<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => write_date(date, serializer),
        None => serializer.serialize_none(),
    }
}

impl World {
    /// The bills of an account, oldest first, as if nothing had been paid.
    pub(crate) fn bills(self, service: &Service, account: &str) -> Vec<Bill> {
        if self.standing(service, account) != Standing::Owing {
            return Vec::new();
        }
        let mut draw = Draw::of(self.seed, &["bills", &service.code, account]);
        match service.bills {
            Bills::None | Bills::Open => Vec::new(),
            Bills::Decision { from, to } => vec![self.decision(account, from, to, &mut draw)],
            Bills::Metered {
                measure,
                price,
                tiered,
            } => {
                let tariff = Tariff {
                    measure,
                    price,
                    tiered,
                };
                self.periods(service, account, 1, &mut draw, |draw, bill| {
                    let read_on = bill.to.unwrap_or(bill.due);
                    let (reading, used) = tariff.reading(draw, read_on);
                    bill.tiers = tariff.tiers(used);
                    bill.reading = Some(reading);
                    bill.charges = meter_charges(service.category, &bill.tiers, used);
                    bill.principal = bill.charges.iter().map(|charge| charge.amount).sum();
                })
            }
            Bills::Periodic { from, to, months } => {
                self.periods(service, account, months.max(1), &mut draw, |draw, bill| {
                    bill.principal = draw.between(from, to);
                    bill.charges = vec![Charge {
                        code: "base",
                        title: "应收费用",
                        amount: bill.principal,
                    }];
                })
            }
        }
    }

    /// A fine by its decision number; none where it was paid long ago.
    pub(crate) fn fine(self, service: &Service, number: &str) -> Option<Bill> {
        if self.standing(service, number) != Standing::Owing {
            return None;
        }
        let (from, to) = match service.bills {
            Bills::Decision { from, to } | Bills::Periodic { from, to, .. } => (from, to),
            Bills::None | Bills::Open | Bills::Metered { .. } => (5_000, 200_000),
        };
        let mut draw = Draw::of(self.seed, &["bills", &service.code, number]);
        Some(self.decision(number, from, to, &mut draw))
    }

    fn periods(
        self,
        service: &Service,
        account: &str,
        months: u32,
        draw: &mut Draw,
        fill: impl Fn(&mut Draw, &mut Bill),
    ) -> Vec<Bill> {
        let count = 1 + draw.below(4);
        (0..count)
            .map(|index| {
                let from = months_before(self.today, months * (count - index));
                let to = months_before(self.today, months * (count - index - 1)) - Duration::DAY;
                let mut bill = Bill {
                    number: format!("{}{:02}-{account}", from.year(), u8::from(from.month())),
                    title: period_title(from, to),
                    from: Some(from),
                    to: Some(to),
                    due: to + Duration::days(20),
                    principal: 0,
                    late: 0,
                    late_kind: late_kind(service.category),
                    discount: 0,
                    paid: 0,
                    payable: 0,
                    charges: Vec::new(),
                    reading: None,
                    tiers: Vec::new(),
                    token: draw.hex(),
                    order: index + 1,
                };
                fill(draw, &mut bill);
                let days = (self.today - bill.due).whole_days().max(0);
                // Five hundredths of a percent for each day.
                bill.late = bill.principal * days * 5 / 10_000;
                if draw.below(16) == 0 {
                    bill.discount = bill.principal / 50;
                }
                bill.with_paid(0)
            })
            .collect()
    }

    fn decision(self, number: &str, from: i64, to: i64, draw: &mut Draw) -> Bill {
        let overdue = if draw.below(8) == 0 {
            34 + draw.below(300)
        } else {
            draw.below(30)
        };
        let due = self.today + Duration::days(10 - i64::from(overdue));
        let whole_yuan = |amount: i64| amount / 100 * 100;
        let principal = whole_yuan(draw.between(from, to)).max(from);
        let days = (self.today - due).whole_days().max(0);
        // Three percent for each day, never above the principal (Administrative
        // Penalty Law, article 72).
        let late = (principal * days * 3 / 100).min(principal);
        Bill {
            number: number.to_owned(),
            title: "处罚决定".to_owned(),
            from: None,
            to: None,
            due,
            principal,
            late,
            late_kind: "additional-penalty",
            discount: 0,
            paid: 0,
            payable: 0,
            charges: vec![Charge {
                code: "fine",
                title: "罚款",
                amount: principal,
            }],
            reading: None,
            tiers: Vec::new(),
            token: draw.hex(),
            order: 1,
        }
        .with_paid(0)
    }
}

fn meter_charges(category: &str, tiers: &[Tier], used: i64) -> Vec<Charge> {
    let base = tiers.iter().map(|tier| tier.amount).sum();
    let mut charges = vec![Charge {
        code: "base",
        title: "基本费",
        amount: base,
    }];
    if category == "water" {
        charges.push(Charge {
            code: "sewage",
            title: "污水处理费",
            amount: used * 95,
        });
    }
    charges
}

fn late_kind(category: &str) -> &'static str {
    if category.contains("tax") || category.contains("social") {
        "late-payment-surcharge"
    } else {
        "liquidated-damages"
    }
}

fn period_title(from: Date, to: Date) -> String {
    let (first, last) = (u8::from(from.month()), u8::from(to.month()));
    if from.year() == to.year() && first == last {
        format!("{}年{first}月", from.year())
    } else if from.year() == to.year() {
        format!("{}年{first}月至{last}月", from.year())
    } else {
        format!("{}年{first}月至{}年{last}月", from.year(), to.year())
    }
}

/// The first of the month so many months ago.
fn months_before(date: Date, months: u32) -> Date {
    let index = date.year() * 12 + i32::from(u8::from(date.month())) - 1 - months as i32;
    let month = Month::try_from((index.rem_euclid(12) + 1) as u8).unwrap_or(Month::January);
    Date::from_calendar_date(index.div_euclid(12), month, 1).unwrap_or(date)
}

#[cfg(test)]
mod tests;
