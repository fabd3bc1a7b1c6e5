//! Where a biller's money goes: the account in its own name that the register
//! names. Nothing else is ever paid to.

use futures::future::BoxFuture;
use guichet_domain::Digest;
use guichet_domain::id::BillerId;

use crate::governance::Governance;
use crate::store::StoreError;

/// An account at a bank, as admitted.
#[derive(Clone, PartialEq, Eq)]
pub struct PayTo {
    /// Digest of the register's record that names it.
    pub record: Digest,
    /// In whose name.
    pub holder: String,
    /// The bank's clearing code.
    pub bank_code: String,
    /// The account's number.
    pub account: String,
}

impl std::fmt::Debug for PayTo {
    /// Without the account's number.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PayTo({})", self.record)
    }
}

/// Knows billers' settlement accounts.
pub trait SettlementAccounts: Send + Sync {
    /// The biller's account; none where it was never admitted.
    fn pay_to<'a>(
        &'a self,
        biller: &'a BillerId,
    ) -> BoxFuture<'a, Result<Option<PayTo>, StoreError>>;
}

impl SettlementAccounts for Governance {
    fn pay_to<'a>(
        &'a self,
        biller: &'a BillerId,
    ) -> BoxFuture<'a, Result<Option<PayTo>, StoreError>> {
        Box::pin(async move {
            let Some((record, settlement)) = self.settlement_of(biller).await? else {
                return Ok(None);
            };
            Ok(Some(PayTo {
                record,
                holder: settlement.holder,
                bank_code: settlement.bank_code,
                account: settlement.account,
            }))
        })
    }
}
