//! What a simulated service is: the facts that its biller's server and its
//! catalogue record both follow from. How the record is written stands in
//! `record`.

use super::inputs::Input;
use super::line::Line;
use super::traits::Traits;

/// A text for people in both languages of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Names {
    /// From both texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// One catalogue entry with the behaviour of the biller or agency behind it.
#[derive(Debug, Clone)]
pub struct Service {
    /// Unique and stable; stands in the city's paths (`/b/CODE/…`).
    pub code: String,
    /// Which export serves it.
    pub kind: Kind,
    /// Code of the taxonomy: `water`, `traffic-fine`, …
    pub category: &'static str,
    /// Six-digit region codes served; `000000` is the whole country.
    pub regions: Vec<String>,
    /// Where a national service really has data; empty is everywhere.
    pub coverage: Vec<String>,
    /// Whose service it is.
    pub biller: Biller,
    /// Title with the place: 「杭州水费（一公司：上城、拱墅、西湖等）」.
    pub title: Names,
    /// The wire format between plugin and biller.
    pub dialect: Dialect,
    /// How the citizen reaches the payment; `Query` for inquiries.
    pub flow: Flow,
    /// What the citizen fills in; names as in `PROTOCOLS.md`. Samples leave
    /// optional inputs out, except that one of them must be there where all are
    /// optional.
    pub inputs: Vec<Input>,
    /// What the biller's bills look like.
    pub bills: Bills,
    /// What the biller can do, and when.
    pub traits: Traits,
    /// `publisher/name` of the package that serves it.
    pub package: String,
    /// Its line of business: what all services of the trade share.
    pub line: &'static Line,
}

/// Name of the export that serves a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `bill-payment`.
    BillPayment,
    /// `inquiry`.
    Inquiry,
    /// `credential`.
    Credential,
}

impl Kind {
    /// The export's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BillPayment => "bill-payment",
            Self::Inquiry => "inquiry",
            Self::Credential => "credential",
        }
    }
}

/// The party money is owed to, or the agency that answers. Visibly simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Biller {
    /// Unique and stable: `b-330100-water-1`.
    pub id: String,
    /// For example 「杭州市模拟供水一公司」.
    pub names: Names,
}

/// The wire format of a biller, told in `PROTOCOLS.md`. The first five are
/// spoken by the declarative plugin, the others by a plugin of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dialect {
    /// JSON, HMAC-SHA256 in headers.
    JsonHmac,
    /// JSON, RSA signatures in both directions.
    JsonRsa,
    /// XML envelopes in GB18030 with a MAC element.
    XmlGb18030,
    /// Form-encoded, sorted parameters signed.
    Form,
    /// JSON, SM2 signatures over SM3.
    JsonSm2,
    /// Prepaid power: token or card write.
    PrepaidPower,
    /// Traffic fines by decision number or plate.
    TrafficFine,
    /// A housing provident fund centre.
    ProvidentFund,
    /// A credit report that is ready later.
    CreditReport,
    /// A short-lived medical-insurance code.
    MedicalInsuranceCode,
}

impl Dialect {
    /// Its name in package names and documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JsonHmac => "json-hmac",
            Self::JsonRsa => "json-rsa",
            Self::XmlGb18030 => "xml-gb18030",
            Self::Form => "form",
            Self::JsonSm2 => "json-sm2",
            Self::PrepaidPower => "prepaid-power",
            Self::TrafficFine => "traffic-fine",
            Self::ProvidentFund => "provident-fund",
            Self::CreditReport => "credit-report",
            Self::MedicalInsuranceCode => "medical-insurance-code",
        }
    }

    /// Whether the declarative plugin speaks it.
    #[must_use]
    pub const fn is_declarative(self) -> bool {
        matches!(
            self,
            Self::JsonHmac | Self::JsonRsa | Self::XmlGb18030 | Self::Form | Self::JsonSm2
        )
    }
}

/// How the citizen reaches the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flow {
    /// 先查后缴: the query answers bills.
    Query,
    /// 二次查询: the query first answers a choice among accounts.
    SecondStep,
    /// 核验后缴: the account is checked, then a free amount is paid.
    Validate,
    /// 直接缴费: nothing is asked; one open bill comes from the configuration.
    Direct,
}

/// What the biller's bills look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bills {
    /// No bills: inquiries and credentials.
    None,
    /// By meter: readings, with tiers where `tiered`.
    Metered {
        /// `m3` or `kWh`.
        measure: &'static str,
        /// Price of the first tier's unit in a hundredth of a fen.
        price: u32,
        /// Whether dearer tiers follow.
        tiered: bool,
    },
    /// By period without a meter, between two amounts in fen.
    Periodic {
        /// Smallest principal in fen.
        from: i64,
        /// Largest principal in fen.
        to: i64,
        /// Months between two bills.
        months: u32,
    },
    /// One open bill: the citizen says the amount.
    Open,
    /// One fine or fee by its decision number, between two amounts in fen.
    Decision {
        /// Smallest principal in fen.
        from: i64,
        /// Largest principal in fen.
        to: i64,
    },
}
