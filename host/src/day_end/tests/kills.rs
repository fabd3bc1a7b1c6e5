//! Every step is killed at every point and run again: the books end the same.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use super::town::Mood;
use super::world::{AMOUNT, World};

/// A future that is dropped after so many polls: a node that is killed there.
struct Killed<F> {
    step: F,
    polls: u32,
}

impl<F: Future + Unpin> Future for Killed<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        Pin::new(&mut self.step).poll(context).map(Some)
    }
}

/// What a future comes to within so many polls; it goes on where it is polled again.
pub(super) async fn polled<F: Future + Unpin>(step: &mut F, polls: u32) -> Option<F::Output> {
    Killed { step, polls }.await
}

/// Whether the step came to its end within so many polls.
async fn within<F: Future>(polls: u32, step: F) -> bool {
    let step = pin!(step);
    Killed { step, polls }.await.is_some()
}

/// Runs the day's end with each step killed after `polls` polls and then run
/// again; how many steps were killed.
async fn day(world: &World, polls: u32) -> u32 {
    let mut kills = 0;
    let scope = World::scope();
    macro_rules! killed_and_again {
        ($step:expr) => {
            if !within(polls, $step).await {
                kills += 1;
                $step.await.unwrap();
            }
        };
    }
    killed_and_again!(world.day_end.close(World::date(), "paul"));
    killed_and_again!(world.day_end.make(&scope, "paul"));
    let file = world.own_file(1, &[], &["COUNTER-1"]);
    let sender = World::biller_sends();
    killed_and_again!(world.day_end.receive(&sender, file.clone().into(), "paul"));
    let left = world.leave(&sender, file).await;
    killed_and_again!(world.day_end.confirm_file(&left.id, left.digest, "petra"));
    killed_and_again!(world.day_end.check(&scope));
    killed_and_again!(world.day_end.settle(&scope, "paul"));
    kills
}

/// What must be the same in the end.
async fn books(world: &World) -> (Vec<i64>, Vec<(i64, i64, &'static str)>, usize) {
    let mut balances = vec![world.owed("payable").await];
    for account in ["settlement-transit:CNY", "settlement:CNY"] {
        balances.push(world.balance(account).await);
    }
    let batches = world.day_end.all_batches(&World::scope()).await.unwrap();
    let batches = batches
        .iter()
        .map(|batch| (batch.sums.net, batch.sums.count, batch.state.as_str()))
        .collect();
    let orders = world
        .work_orders
        .list(Default::default(), "", 100)
        .await
        .unwrap();
    (balances, batches, orders.len())
}

async fn world() -> World {
    let world = World::new().await;
    for mood in [Mood::Good, Mood::Mute, Mood::Good, Mood::Deaf] {
        world.pay(mood).await;
    }
    world.next_day();
    world
}

#[tokio::test]
async fn wherever_a_node_is_killed_the_day_ends_the_same() {
    let calm = world().await;
    assert_eq!(day(&calm, u32::MAX).await, 0);
    let wanted = books(&calm).await;
    assert_eq!(wanted.0[1], 3 * AMOUNT, "{wanted:?}");
    let mut kills = 0;
    for polls in 1..200 {
        let world = world().await;
        let killed = day(&world, polls).await;
        assert_eq!(books(&world).await, wanted, "killed after {polls} polls");
        // And the whole day once more.
        day(&world, u32::MAX).await;
        assert_eq!(books(&world).await, wanted, "killed after {polls} polls");
        world.assert_books().await;
        kills += killed;
        if killed == 0 {
            break;
        }
    }
    assert!(kills > 10, "{kills} kills only");
}
