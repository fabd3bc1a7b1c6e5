//! What an ordinary biller answers, told without any dialect: bills, checks,
//! payments, status and reversals. Dialects turn requests into an [`Ask`] and
//! an [`Answer`] into bytes; agencies with protocols of their own stand in
//! `agency`.

mod query;

use crate::catalogue::{Amounts, Bills, Flow, Kind, StatusQuery};
use crate::city::City;
use crate::clock::Moment;
use crate::code::Code;
use crate::fault::Intent;
use crate::ledger::{Receipt, State, Submission, Terms, Undoing};
use crate::place::Place;
use crate::world::{Account, Bill, Standing};

pub(crate) use query::{applying_seconds, later_seconds, seal, unseal};

/// Seconds for which a biller whose status proves nothing does not know of an
/// order that it has applied.
const BLIND_SECONDS: i64 = 2;

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    /// Bills of an account.
    Query { account: String },
    /// Bills of one of the accounts that belong to a mobile number.
    Phone { phone: String },
    /// The account chosen in a second step.
    Chosen { account: String, step: String },
    /// The answer to a slow query.
    Result { ticket: String },
    /// Whether an account exists, without bills.
    Check { account: String },
    /// Pay.
    Pay(Submission),
    /// What became of a reference.
    Status { reference: String },
    /// Undo a payment.
    Reverse(Undoing),
}

impl Ask {
    /// A query, in whichever of its three forms the fields make.
    pub(crate) fn query(
        account: Option<String>,
        phone: Option<String>,
        step: Option<String>,
    ) -> Result<Self, Code> {
        match (account, phone, step.filter(|step| !step.is_empty())) {
            (Some(account), _, Some(step)) => Ok(Self::Chosen { account, step }),
            (Some(account), None, None) => Ok(Self::Query { account }),
            (None, Some(phone), None) => Ok(Self::Phone { phone }),
            _ => Err(Code::BadRequest),
        }
    }

    /// Whether it changes anything.
    pub(crate) fn intent(&self) -> Intent {
        match self {
            Self::Pay(_) | Self::Reverse(_) => Intent::Effect,
            Self::Query { .. }
            | Self::Phone { .. }
            | Self::Chosen { .. }
            | Self::Result { .. }
            | Self::Check { .. }
            | Self::Status { .. } => Intent::Read,
        }
    }
}

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// No bills: nothing owed.
    Statement {
        account: Account,
        bills: Vec<Bill>,
    },
    Choose {
        step: String,
        accounts: Vec<Account>,
    },
    Later {
        ticket: String,
        wait: u32,
    },
    Checked {
        account: Account,
        limits: Limits,
    },
    Receipt(Receipt),
    Refused(Code),
}

impl Answer {
    /// The code that goes with it.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Statement { bills, .. } if bills.is_empty() => Code::NothingOwed,
            Self::Statement { .. } | Self::Checked { .. } => Code::Done,
            Self::Choose { .. } => Code::ChooseAccount,
            Self::Later { .. } => Code::Processing,
            Self::Receipt(receipt) => match receipt.state {
                State::Pending => Code::Processing,
                State::Applied | State::Reversed => Code::Done,
            },
            Self::Refused(code) => *code,
        }
    }
}

/// The amounts that a free payment may have, in fen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) minimum: i64,
    pub(crate) maximum: i64,
    pub(crate) step: i64,
    pub(crate) choices: &'static [i64],
}

impl Limits {
    /// From the service's rule.
    pub(crate) fn of(amounts: &Amounts) -> Self {
        let all = Self {
            minimum: 1,
            maximum: 5_000_000,
            step: 1,
            choices: &[],
        };
        match *amounts {
            Amounts::Between(minimum, maximum) => Self {
                minimum,
                maximum,
                ..all
            },
            Amounts::Steps(minimum, maximum, step) => Self {
                minimum,
                maximum,
                step,
                ..all
            },
            Amounts::Choices(choices) => Self {
                minimum: choices.iter().copied().min().unwrap_or(1),
                maximum: choices.iter().copied().max().unwrap_or(1),
                choices,
                ..all
            },
            Amounts::Exact | Amounts::AtMost | Amounts::WholePlus(_) => all,
        }
    }
}

/// Answers what is asked; an effect happens here and nowhere else.
pub(crate) fn answer(city: &City, place: &Place, ask: &Ask) -> Answer {
    let now = city.clock.now();
    if place.is_in_maintenance(now) {
        return Answer::Refused(Code::Maintenance);
    }
    let outcome = match ask {
        Ask::Query { account } => query::bills(city, place, account, now),
        Ask::Phone { phone } => query::by_phone(city, place, phone),
        Ask::Chosen { account, step } => query::chosen(city, place, account, step),
        Ask::Result { ticket } => query::result(city, place, ticket, now),
        Ask::Check { account } => check(city, place, account),
        Ask::Pay(submission) => pay(city, place, submission, now),
        Ask::Status { reference } => status(place, reference, now),
        Ask::Reverse(undoing) => city.undo(place, undoing).map(Answer::Receipt),
    };
    outcome.unwrap_or_else(Answer::Refused)
}

fn check(city: &City, place: &Place, number: &str) -> Result<Answer, Code> {
    if place.service.kind != Kind::BillPayment || place.service.flow == Flow::Direct {
        return Err(Code::NotSupported);
    }
    if city.world.standing(&place.service, number) == Standing::Missing {
        return Err(Code::AccountNotFound);
    }
    let balance = place.books().balance(number);
    let account = city.world.account(&place.service, number, balance);
    Ok(Answer::Checked {
        account,
        limits: Limits::of(&place.service.traits.amounts),
    })
}

fn pay(city: &City, place: &Place, order: &Submission, now: Moment) -> Result<Answer, Code> {
    if city.world.standing(&place.service, &order.account) == Standing::Missing {
        return Err(Code::AccountNotFound);
    }
    let bills = city.world.bills(&place.service, &order.account);
    let open = matches!(place.service.flow, Flow::Validate | Flow::Direct)
        || place.service.bills == Bills::Open;
    let terms = Terms {
        bills: &bills,
        amounts: &place.service.traits.amounts,
        selection: place.service.traits.selection,
        open,
    };
    let receipt = city.apply(place, order, &terms)?;
    Ok(Answer::Receipt(in_process(place, receipt, now)))
}

fn status(place: &Place, reference: &str, now: Moment) -> Result<Answer, Code> {
    let receipt = place.books().find(reference);
    let visible = |receipt: &Receipt, seconds| now >= receipt.at.plus_seconds(seconds);
    let receipt = match place.service.traits.status {
        StatusQuery::None => return Err(Code::NotSupported),
        StatusQuery::Advisory => receipt.filter(|receipt| visible(receipt, BLIND_SECONDS)),
        StatusQuery::Authoritative { .. } => receipt,
    };
    let receipt = receipt.ok_or(Code::OrderNotFound)?;
    Ok(Answer::Receipt(in_process(place, receipt, now)))
}

/// A slow biller has accepted a payment for good, and says for some seconds that
/// it is still in process.
fn in_process(place: &Place, mut receipt: Receipt, now: Moment) -> Receipt {
    let seconds = i64::from(applying_seconds(place));
    // Others are done at once, even where the receipt was written a moment after
    // the question's time was taken.
    let is_slow = seconds > 0;
    if is_slow && receipt.state == State::Applied && now < receipt.at.plus_seconds(seconds) {
        receipt.state = State::Pending;
    }
    receipt
}
