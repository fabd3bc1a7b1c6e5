//! What has to be agreed to before a payer's money is reserved, and how much one
//! payer may pay a day.

use serde::Deserialize;

/// When the payer authorises each payment by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AuthorisationRule {
    /// The client's sign-in is enough.
    #[default]
    Never,
    /// Above so many minor units, the payer's fee included.
    Above(i64),
    /// For every payment.
    Always,
}

/// Whether a second person has to agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondPersonRule {
    /// No.
    #[default]
    NotNeeded,
    /// A firm's account: maker and checker.
    Needed,
}

/// What holds for the payments of one client from one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PayerPolicy {
    /// By client.
    pub authorisation: AuthorisationRule,
    /// By account.
    pub second_person: SecondPersonRule,
    /// The most that one payer may pay a day through the client, in minor units.
    pub payer_per_day: Option<i64>,
}
