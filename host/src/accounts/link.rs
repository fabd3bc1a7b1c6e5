//! Linking a payer's account at a bank, under the payer's mandate. Asks the bank
//! nothing: whether the number is good shows at the first payment.

use guichet_domain::id::{AccountId, BankName, ClientId, RecordId, SubjectId};
use guichet_domain::{Currency, Moment};

use super::view::AccountView;
use super::{AccountError, Accounts, chart};
use crate::bank::{AccountNumber, Banks as _, Mandate};
use crate::canonical::sha256;
use crate::store::{BankAccount, LedgerCommand, Linked};

/// Accounts at banks that a subject may have through one client.
const MOST: i64 = 20;
/// Characters of a mandate's reference.
const REFERENCE_CHARACTERS: usize = 64;
/// How far a client's clock may be ahead.
const AHEAD_MS: i64 = 5 * 60 * 1_000;

/// An account at a bank that is to be linked.
#[derive(Debug, Clone)]
pub struct NewBankAccount {
    /// Who will debit it.
    pub client: ClientId,
    /// Whose it is.
    pub subject: SubjectId,
    /// The bank that holds it.
    pub bank: BankName,
    /// The only currency that is taken from it.
    pub currency: Currency,
    /// Its number there.
    pub number: AccountNumber,
    /// The payer's permission.
    pub mandate: Mandate,
}

/// Why an account is not linked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotLinked {
    /// This installation is not connected to the bank.
    #[error("there is no connection to the bank {0}")]
    UnknownBank(BankName),
    /// The key stands with another body.
    #[error("the key was used with another body")]
    KeyReused,
    /// The mandate cannot be one.
    #[error("the mandate's {0} is not lawful")]
    Mandate(&'static str),
    /// The subject has linked enough.
    #[error("at most {MOST} accounts at banks are linked; withdraw one first")]
    TooMany,
}

impl Accounts {
    /// Links an account. The same key with the same body gives what was linked
    /// first.
    pub async fn link(
        &self,
        new: NewBankAccount,
        key: &str,
        body_digest: &[u8],
    ) -> Result<AccountView, AccountError> {
        let known = self.store.bank_account_by_key(&new.client, key).await?;
        if let Some((known, digest)) = known {
            return if digest == body_digest {
                Ok(known.into())
            } else {
                Err(NotLinked::KeyReused.into())
            };
        }
        let now = self.ports.now();
        self.check(&new, now).await?;
        let account = BankAccount {
            id: id_of(&new.client, key),
            client: new.client,
            subject: new.subject,
            bank: new.bank,
            currency: new.currency,
            number: new.number,
            mandate: new.mandate,
            created_at: now,
            ended_at: None,
        };
        let open = chart::bank_account(
            account.id.clone(),
            &account.client,
            &account.subject,
            account.currency,
        );
        let command = LedgerCommand {
            accounts: vec![open],
            transfers: Vec::new(),
            payment: None,
            at: now,
        };
        self.store.record_transfers(command).await??;
        let linked = self
            .store
            .link_bank_account(&account, key, body_digest)
            .await?;
        match linked {
            Linked::Account(account) => Ok((*account).into()),
            Linked::KeyReused => Err(NotLinked::KeyReused.into()),
        }
    }

    /// Withdraws the payer's mandate: nothing more is taken from the account.
    /// Payments that have begun go on. Withdrawing twice changes nothing.
    pub async fn withdraw(
        &self,
        client: &ClientId,
        id: &AccountId,
    ) -> Result<AccountView, AccountError> {
        let own = |account: &BankAccount| account.client == *client;
        let known = self.store.bank_account(id).await?.filter(own);
        known.ok_or(AccountError::NotFound)?;
        self.store.end_bank_account(id, self.ports.now()).await?;
        self.get(client, id).await
    }

    async fn check(&self, new: &NewBankAccount, now: Moment) -> Result<(), AccountError> {
        if self.banks.bank(new.bank.as_str()).is_none() {
            return Err(NotLinked::UnknownBank(new.bank.clone()).into());
        }
        check_mandate(&new.mandate, new.currency, now)?;
        let linked = self
            .store
            .count_bank_accounts(&new.client, &new.subject)
            .await?;
        if linked >= MOST {
            return Err(NotLinked::TooMany.into());
        }
        Ok(())
    }
}

fn check_mandate(mandate: &Mandate, currency: Currency, now: Moment) -> Result<(), NotLinked> {
    let length = mandate.reference.len();
    let visible = mandate
        .reference
        .bytes()
        .all(|byte| byte.is_ascii_graphic());
    if !visible || !(1..=REFERENCE_CHARACTERS).contains(&length) {
        return Err(NotLinked::Mandate("reference"));
    }
    if mandate.agreed_at > now.plus_ms(AHEAD_MS) {
        return Err(NotLinked::Mandate("agreed_at"));
    }
    if mandate.until.is_some_and(|until| until <= now) {
        return Err(NotLinked::Mandate("until"));
    }
    let most = mandate.most_per_payment;
    if most.is_some_and(|most| most.currency() != currency || !most.is_positive()) {
        return Err(NotLinked::Mandate("most_per_payment"));
    }
    Ok(())
}

/// Follows from the request, so that two deliveries at once open one account.
fn id_of(client: &ClientId, key: &str) -> AccountId {
    let digest = sha256(&[b"bank account", client.as_str().as_bytes(), key.as_bytes()]);
    let bytes = digest.as_bytes();
    let mut first = [0; 8];
    first[2..].copy_from_slice(&bytes[..6]);
    let random = bytes[6..16].try_into().expect("a digest has 32 bytes");
    let record = RecordId::from_parts("acc", u64::from_be_bytes(first), random);
    AccountId::new(record.as_str()).expect("a record id is an account id")
}

#[cfg(test)]
mod tests {
    use super::*;
    use guichet_domain::Money;

    const NOW: Moment = Moment::from_micros(1_000_000_000_000);

    fn lawful() -> Mandate {
        Mandate {
            reference: "M-1".to_owned(),
            agreed_at: NOW,
            until: Some(NOW.plus_ms(1)),
            most_per_payment: Some(Money::cny(1)),
        }
    }

    fn check(change: impl FnOnce(&mut Mandate)) -> Result<(), NotLinked> {
        let mut mandate = lawful();
        change(&mut mandate);
        check_mandate(&mandate, Currency::CNY, NOW)
    }

    #[test]
    fn a_mandate_has_a_visible_reference_and_a_time() {
        assert_eq!(check(|_| ()), Ok(()));
        assert_eq!(check(|mandate| mandate.until = None), Ok(()));
        assert_eq!(check(|mandate| mandate.most_per_payment = None), Ok(()));
        let longest = "x".repeat(REFERENCE_CHARACTERS);
        assert_eq!(
            check(|mandate| mandate.reference.clone_from(&longest)),
            Ok(())
        );
        for reference in ["", "a b", "水", &format!("{longest}x")] {
            let refused = check(|mandate| reference.clone_into(&mut mandate.reference));
            assert_eq!(refused, Err(NotLinked::Mandate("reference")), "{reference}");
        }
        let minutes = |minutes: i64| NOW.plus_ms(minutes * 60_000);
        assert_eq!(check(|mandate| mandate.agreed_at = minutes(5)), Ok(()));
        assert_eq!(
            check(|mandate| mandate.agreed_at = minutes(5).plus_ms(1)),
            Err(NotLinked::Mandate("agreed_at"))
        );
        assert_eq!(
            check(|mandate| mandate.until = Some(NOW)),
            Err(NotLinked::Mandate("until"))
        );
    }

    #[test]
    fn a_mandates_limit_is_of_the_accounts_currency_and_above_nothing() {
        let dollars: Currency = "USD".parse().unwrap();
        for most in [Money::cny(0), Money::cny(-1), Money::new(5, dollars)] {
            assert_eq!(
                check(|mandate| mandate.most_per_payment = Some(most)),
                Err(NotLinked::Mandate("most_per_payment")),
                "{most:?}"
            );
        }
    }
}
