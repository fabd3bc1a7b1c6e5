//! The contract's shapes of the service kind *bill payment*, with the shortest
//! ways to make them. Records have many fields because they cannot grow later;
//! the constructors fill what a biller does not say with nothing.

pub use crate::bindings::bill_payment::exports::guichet::service::bill_payment::{
    Account, AmountRange, AmountRule, AmountSteps, Application, Bill, CardWrite, Charge, Delivery,
    Fee, FeeBearer, Funding, LateCharge, LateChargeKind, Limits, MeterKind, MeterToken, Order,
    OrderItem, Payability, Pending, QueryOutcome, Reading, Reversal, ReversalOrder, Reversed,
    Selection, Statement, Status, Submission, Tier,
};

use crate::Money;

impl Account {
    /// An account of which only the number is known. `kind` says what the number
    /// is: `household`, `contract`, `meter`, `plate`, …
    #[must_use]
    pub fn new(number: &str, kind: &str) -> Self {
        Self {
            number: number.to_owned(),
            kind: kind.to_owned(),
            contract_number: None,
            holder_name: None,
            address: None,
            balance: None,
            arrears: None,
            meter: None,
            notice: None,
            fields: Vec::new(),
            details: Vec::new(),
        }
    }
}

impl Bill {
    /// A bill of one exact, payable amount.
    #[must_use]
    pub fn owed(number: &str, title: &str, amount: Money) -> Self {
        Self {
            number: number.to_owned(),
            title: title.to_owned(),
            period: None,
            payable_from: None,
            payable_to: None,
            principal: amount.clone(),
            charges: Vec::new(),
            late_charges: Vec::new(),
            discount: None,
            brought_forward: None,
            paid: None,
            rounding: None,
            readings: Vec::new(),
            tiers: Vec::new(),
            payable: amount,
            rule: AmountRule::Exact,
            payability: Payability::Payable,
            token: String::new(),
            order: 0,
            group: None,
            fields: Vec::new(),
            details: Vec::new(),
        }
    }

    /// An open bill: nothing is owed, and an amount by the rule may be paid.
    /// Its number must be the same at every query.
    #[must_use]
    pub fn open(number: &str, title: &str, currency: &str, rule: AmountRule) -> Self {
        Self {
            rule,
            ..Self::owed(number, title, Money::new(0, currency))
        }
    }
}

impl Statement {
    /// Bills of an account, payable one at a time.
    #[must_use]
    pub fn new(account: Option<Account>, bills: Vec<Bill>) -> Self {
        Self {
            account,
            bills,
            selection: Selection::Single,
            limits: None,
            notice: None,
            valid_for_seconds: None,
            details: Vec::new(),
        }
    }
}

impl Application {
    /// Evidence with the three things every biller says.
    #[must_use]
    pub fn new(serial: &str, at: String, amount: Money) -> Self {
        Self {
            serial: serial.to_owned(),
            at,
            amount,
            accounting_date: None,
            balance: None,
            deliveries: Vec::new(),
            effective_in_seconds: None,
            invoice_reference: None,
            treasury_code: None,
            fiscal_receipt: None,
            fields: Vec::new(),
            details: Vec::new(),
        }
    }
}

impl Pending {
    /// The biller has taken the order and not decided yet.
    #[must_use]
    pub fn new(message: &str) -> Self {
        Self {
            reference: None,
            message: message.to_owned(),
            ask_after_seconds: None,
            token: None,
            details: Vec::new(),
        }
    }
}

impl Reversed {
    /// Evidence of an undone application.
    #[must_use]
    pub fn new(serial: &str, at: String, amount: Money) -> Self {
        Self {
            serial: serial.to_owned(),
            at,
            amount,
            details: Vec::new(),
        }
    }
}

impl LateCharge {
    /// A late charge of one kind.
    #[must_use]
    pub fn new(kind: LateChargeKind, amount: Money) -> Self {
        Self {
            kind,
            amount,
            details: Vec::new(),
        }
    }
}
