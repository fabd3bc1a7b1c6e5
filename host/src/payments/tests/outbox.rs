//! Rows of the outbox: due, leased by one node, and held for as long as it says.

use guichet_domain::payment::StatusAnswer;

use super::fakes::biller::Memory;
use super::world::World;

#[tokio::test]
async fn a_lease_keeps_other_nodes_away_until_it_ends_and_its_node_may_prolong_it() {
    let world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
    let other = world.neighbour().await;
    let (store, other) = (world.payments.store(), other.store());
    let paid = world.pay("key", "bill", 500).await.unwrap().payment;
    let due = world.ports.now().plus_ms(500);
    store.reschedule(&paid, due, 2).await.unwrap();
    assert_eq!(store.next_due(due).await.unwrap(), Some(due));

    let (end, later) = (due.plus_ms(1_000), due.plus_ms(5_000));
    assert_eq!(store.claim(due.plus_ms(-1), end, 9).await.unwrap(), []);
    let claimed = store.claim(due, end, 9).await.unwrap();
    assert_eq!((claimed.len(), &claimed[0].payment), (1, &paid));
    assert_eq!(claimed[0].tries, 2);
    assert_eq!(store.next_due(end).await.unwrap(), None, "it is in hand");
    assert_eq!(store.next_due(end.plus_ms(1)).await.unwrap(), Some(due));

    let held = [paid.clone()];
    other.renew_leases(&held, later.plus_ms(9)).await.unwrap();
    assert_eq!(store.next_due(end.plus_ms(1)).await.unwrap(), Some(due));
    store.renew_leases(&held, later).await.unwrap();
    assert_eq!(other.claim(end.plus_ms(1), later, 9).await.unwrap(), []);
    let claimed = other.claim(later.plus_ms(1), later.plus_ms(2), 9).await;
    assert_eq!(claimed.unwrap()[0].payment, paid);
}
