//! What shares a commit, and what nodes wait for each other about.

use std::collections::BTreeSet;

use super::views::day_locks;
use super::*;

fn order() -> Order {
    let (answer, _nobody) = oneshot::channel();
    Order {
        command: Command::Stop,
        answer,
    }
}

#[test]
fn what_waits_shares_a_commit_up_to_a_batch() {
    for (waiting, together) in [(0, 1), (3, 4), (BATCH + 2, BATCH)] {
        let (orders, mut queue) = mpsc::channel(BATCH + 2);
        for _ in 0..waiting {
            orders.try_send(order()).unwrap();
        }
        let (commands, answers) = taken(order(), &mut queue);
        assert_eq!((commands.len(), answers.len()), (together, together));
        assert_eq!(queue.len(), waiting + 1 - together);
    }
}

/// All nodes, of this version and the next, have to wait for the same number.
#[test]
fn the_locks_of_days_have_the_same_numbers_for_ever() {
    let day = (&b"account"[..], "2026-11-21");
    let payer = ("demo", "anna", "2026-11-21");
    let both = day_locks(&BTreeSet::from([day]), &BTreeSet::from([payer]));
    let none = day_locks(&BTreeSet::new(), &BTreeSet::new());
    assert_eq!(
        both,
        BTreeSet::from([-5_824_018_446_843_278_817, 2_101_517_290_152_595_106])
    );
    assert_eq!(none, BTreeSet::new());
}
