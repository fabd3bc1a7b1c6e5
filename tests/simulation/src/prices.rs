//! What clients pay for their payments: one gets the fee of what is undone back, the
//! other does not. Neither has money for many.

use std::sync::Arc;

use guichet::accounts::{Accounts, ByOperator};
use guichet::ports::Clock;
use guichet::terms::price::{ClientFee, PriceList};
use guichet_domain::id::{ClientId, PersonId};
use guichet_domain::{Moment, Money};

use crate::node::Room;

/// What each client has paid in.
pub(crate) const PAID_IN: i64 = 20;

const LISTS: [&str; 2] = [
    r#"{"currency":"CNY","undone":"give-back","prices":[{"fixed":4}]}"#,
    r#"{"currency":"CNY","undone":"keep","prices":[{"category":"water","fixed":1,"basis_points":100}]}"#,
];

/// The clients, as payers use them in turn.
pub(crate) fn client(number: usize) -> ClientId {
    ClientId::new(format!("bank-{}", number % 2)).expect("a lawful name")
}

/// All of them.
pub(crate) fn clients() -> [ClientId; 2] {
    [client(0), client(1)]
}

/// What a payment of `total` has to cost its client, worked out by hand.
pub(crate) fn fee(of: &ClientId, total: i64) -> ClientFee {
    if *of == client(0) {
        ClientFee { amount: 4, back: 4 }
    } else {
        ClientFee {
            amount: 1 + (total + 50) / 100,
            back: 0,
        }
    }
}

/// A clock of the day before: prices count on every node by its own clock.
struct DayBefore(Arc<dyn Clock>);

impl Clock for DayBefore {
    fn now(&self) -> Moment {
        self.0.now().plus_ms(-24 * 3_600_000)
    }
}

/// Has each client pay in, and agrees its prices, a day before anything is paid.
pub(crate) async fn agree(room: &Room) -> Option<()> {
    let mut ports = room.payments.ports().clone();
    ports.clock = Arc::new(DayBefore(ports.clock));
    let accounts = Accounts::new(room.store.clone(), ports);
    for (client, list) in clients().into_iter().zip(LISTS) {
        let by = ByOperator {
            person: PersonId::new("paul").expect("a lawful name"),
            client,
        };
        let list: PriceList = serde_json::from_str(list).expect("a lawful list");
        let paid_in = accounts.top_up(&by, Money::cny(PAID_IN), "first");
        paid_in.await.ok()?;
        accounts.set_prices(&by, &list).await.ok()?;
    }
    Some(())
}
