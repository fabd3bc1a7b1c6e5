//! Keys by which a payment is told from others: of its bills, and of the account
//! whose limits are counted.

use guichet_domain::Moment;
use guichet_domain::bill::AmountRule;

use super::Create;
use crate::canonical::sha256;
use crate::store::{BillKey, Payable, PaymentRow};

/// By it the limits of an account and day are counted. Where the biller names no
/// account, each citizen has one of his own.
pub(super) fn account_key(service: &str, account: &str, request: &Create) -> Vec<u8> {
    let of_citizen = [
        service,
        "",
        request.client.as_str(),
        request.subject.as_str(),
    ];
    let parts = match account {
        "" => &of_citizen[..],
        account => &[service, account],
    };
    digest(parts)
}

/// By them no bill is in two open payments; and what has to be paid exactly is paid
/// once by what one bill query has shown, even after the first payment has ended.
pub(super) fn bill_keys(
    row: &PaymentRow,
    request: &Create,
    (account, payable): (&str, &Payable),
    query_ends: Moment,
) -> Vec<BillKey> {
    let open = request.items.iter().map(|item| BillKey {
        bytes: digest(&[row.service.as_str(), account, &item.bill]),
        kept_until: None,
    });
    let is_exact = |number: &str| {
        let bill = payable.bills.iter().find(|bill| bill.number == number);
        bill.is_some_and(|bill| bill.rule == AmountRule::Exact)
    };
    let exact = request.items.iter().filter(|item| is_exact(&item.bill));
    // What stays begins with the query's id, which grows with time: what is paid
    // together stands together in the index, however much has been paid before.
    let shown = exact.map(|item| BillKey {
        bytes: [row.bill_query.as_str().as_bytes(), &digest(&[&item.bill])].concat(),
        kept_until: Some(query_ends),
    });
    open.chain(shown).collect()
}

fn digest(parts: &[&str]) -> Vec<u8> {
    let parts: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    sha256(&parts).as_bytes().to_vec()
}
