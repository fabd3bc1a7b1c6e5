//! All lines of business, in the order of the catalogue.

mod civic;
mod communication;
mod education;
mod home;
mod national;
mod social;
mod transport;
mod treasury;
mod utilities;

use super::line::{Audience, BillerLine, Consent, Dialects, Line, Spread, Timing};
use super::service::{Bills, Dialect, Flow, Kind};
use super::traits::{Amounts, Selection};

/// Every line.
pub(super) const LINES: &[&[Line]] = &[
    utilities::LINES,
    home::LINES,
    communication::LINES,
    education::LINES,
    transport::LINES,
    treasury::LINES,
    social::LINES,
    civic::LINES,
    national::LINES,
];

const QUERY: &[Flow] = &[Flow::Query];
const VALIDATE: &[Flow] = &[Flow::Validate];
const DIRECT: &[Flow] = &[Flow::Direct];
/// Mostly plain queries; some billers ask for a telephone number first.
const USUAL: &[Flow] = &[
    Flow::Query,
    Flow::Query,
    Flow::Query,
    Flow::Query,
    Flow::Query,
    Flow::Query,
    Flow::Query,
    Flow::SecondStep,
];

/// A bill-payment line with what most of them have; tables say what differs.
const fn bill(
    key: &'static str,
    family: &'static str,
    title: (&'static str, &'static str),
    biller: BillerLine,
) -> Line {
    Line {
        key,
        category: key,
        family,
        kind: Kind::BillPayment,
        title,
        biller,
        keywords: &[],
        spread: Spread::Cities { share: 100 },
        dialects: Dialects::Mixed,
        flows: QUERY,
        inputs: super::inputs::HOUSEHOLD,
        bills: Bills::Periodic {
            from: 5_000,
            to: 60_000,
            months: 1,
        },
        amounts: Amounts::Exact,
        selection: Selection::Any,
        audience: Audience::Persons,
        season: None,
        timing: Timing::Postpaid,
        consent: None,
    }
}

/// An inquiry line of the declarative plugin.
const fn inquiry(
    key: &'static str,
    family: &'static str,
    title: (&'static str, &'static str),
    biller: BillerLine,
) -> Line {
    Line {
        kind: Kind::Inquiry,
        bills: Bills::None,
        selection: Selection::Single,
        dialects: Dialects::Only(Dialect::JsonHmac),
        inputs: super::inputs::PERSON,
        consent: Some(&RECORDS),
        ..bill(key, family, title, biller)
    }
}

const fn biller(key: &'static str, zh: &'static str, en: &'static str) -> BillerLine {
    BillerLine { key, zh, en }
}

/// What most inquiries need: the agency discloses a person's record.
const RECORDS: Consent = Consent {
    scopes: &["identity.number"],
    purpose: (
        "凭身份证号码向办理机构查询本人记录",
        "To ask the agency for your own record by your identity number",
    ),
    assurance: "substantial",
};
