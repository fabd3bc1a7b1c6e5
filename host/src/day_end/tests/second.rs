//! A file that a person brings says nothing before a second person has confirmed it.

use guichet_domain::reconciliation::{Direction, FileRefusal, FileState, LineKind, PartyKind};
use guichet_domain::settlement::BatchState;
use guichet_domain::work_order::{Decision, Kind, State};
use guichet_registry::sign::sha256;
use serde_json::json;

use super::papers;
use super::settlements::{only_batch, settled_day};
use super::town::Mood;
use super::world::{AMOUNT, BILLER, World};
use crate::day_end::{DayEndError, Received};
use crate::store::{DayFileRow, Statement};
use crate::terms::Payee;
use crate::work_orders::order_id;

pub(super) async fn confirm(
    world: &World,
    file: &DayFileRow,
    by: &str,
) -> Result<DayFileRow, DayEndError> {
    world.day_end.confirm_file(&file.id, file.digest, by).await
}

async fn refusal(world: &World, file: &DayFileRow, by: &str) -> DayEndError {
    confirm(world, file, by).await.unwrap_err()
}

/// The biller's file of the day, which nobody has confirmed yet.
pub(super) async fn left(world: &World, number: u32) -> DayFileRow {
    let bytes = world.own_file(number, &[], &[]);
    world.leave(&World::biller_sends(), bytes).await
}

/// A closed day with a payment that the biller has applied in silence.
async fn silent_day() -> (World, guichet_domain::id::RecordId) {
    let world = World::new().await;
    let paid = world.pay(Mood::Mute).await;
    world.close_next_day().await;
    (world, paid)
}

#[tokio::test]
async fn a_biller_s_word_ends_no_payment_before_a_second_person_has_confirmed_it() {
    confirmed_by_another(&World::new().await).await;
}

/// Beside it, the same on the other database.
pub(super) async fn confirmed_by_another(world: &World) {
    let paid = world.pay(Mood::Mute).await;
    world.close_next_day().await;
    let file = left(world, 1).await;
    assert_eq!(file.state, FileState::AwaitingConfirmation);
    let checked = world.check(World::date()).await;
    assert_eq!((checked.resolved, &checked.billers[0].day_file), (0, &None));
    assert_eq!(checked.waiting, std::slice::from_ref(&file));
    assert_eq!(world.state(&paid).await, "unknown");

    let alone = refusal(world, &file, "paul").await;
    let same = DayEndError::NotDecided(FileRefusal::SamePerson);
    assert_eq!(alone.to_string(), same.to_string());
    let other = DayFileRow {
        digest: sha256(b"another file"),
        ..file.clone()
    };
    let unread = refusal(world, &other, "petra").await;
    assert!(matches!(unread, DayEndError::DigestDiffers), "{unread:?}");
    assert_eq!(world.check(World::date()).await.resolved, 0);

    let confirmed = confirm(world, &file, "petra").await.unwrap();
    let decided = confirmed.decided.clone().unwrap();
    assert_eq!(
        (confirmed.state, decided.by.as_str()),
        (FileState::InForce, "petra")
    );
    assert_eq!(world.day_end.file(&file.id).await.unwrap(), confirmed);
    world.pass(1);
    assert_eq!(confirm(world, &file, "petra").await.unwrap(), confirmed);
    let checked = world.check(World::date()).await;
    assert_eq!((checked.resolved, checked.waiting.len()), (1, 0));
    assert_eq!(world.state(&paid).await, "applied");
}

#[tokio::test]
async fn the_order_about_a_missing_file_names_the_one_that_waits() {
    let (world, _) = silent_day().await;
    world.check(World::date()).await;
    let id = order_id(Kind::MissingFile, &format!("{BILLER}/2026-11-21"));
    world
        .work_orders
        .propose(
            &id,
            super::orders::proposal("paul", Decision::SettledOutside),
        )
        .await
        .unwrap();
    let before = world.work_orders.get(&id).await.unwrap();
    let file = left(&world, 1).await;
    let another = World::sender(PartyKind::Biller, "b-330100-gas-1", World::date());
    let bytes = papers::day_file(&another, 1, world.now(), &[]);
    let other = world.leave(&another, bytes).await;
    assert_eq!(other.state, FileState::AwaitingConfirmation);
    let awaited = json!([file.id]);
    for _ in 0..2 {
        world.check(World::date()).await;
        let order = world.work_orders.get(&id).await.unwrap();
        assert_eq!(order.found["awaiting_confirmation"], awaited);
        assert_eq!(order.version, before.version + 1, "who agrees has read it");
    }
    confirm(&world, &file, "petra").await.unwrap();
    world.check(World::date()).await;
    let order = world.work_orders.get(&id).await.unwrap();
    assert_eq!(order.standing.state, State::Closed);
    assert_eq!(order.found["awaiting_confirmation"][0], file.id.as_str());
}

#[tokio::test]
async fn a_statement_moves_no_settlement_before_a_second_person_has_confirmed_it() {
    let world = settled_day(Payee::Biller).await;
    let reference = format!("{}-1", only_batch(&world).await.id);
    let said = [(reference.as_str(), 3 * AMOUNT, Direction::Debit, false)];
    let bank = World::sender(PartyKind::Bank, "settlement", World::date());
    let file = world
        .leave(&bank, papers::statement(World::date(), 1, &said))
        .await;
    let checked = world.check(World::date()).await;
    assert_eq!(checked.waiting, std::slice::from_ref(&file));
    assert_eq!(only_batch(&world).await.state, BatchState::Sent);
    // The statement of the next day counts without it.
    let next = World::date().next();
    world.end(next).await;
    world.state_at(("settlement", next), 1, &said).await;
    world.check(next).await;
    assert_eq!(only_batch(&world).await.state, BatchState::Confirmed);
    let twice = order_id(Kind::BankDiffers, &reference);
    assert!(world.work_orders.get(&twice).await.is_err());
    confirm(&world, &file, "petra").await.unwrap();
    world.check(World::date()).await;
    let twice = world.work_orders.get(&twice).await.unwrap();
    assert_eq!(twice.found["paid"], 6 * AMOUNT);
}

#[tokio::test]
async fn a_bank_s_silence_counts_only_once_its_statement_is_confirmed() {
    let world = World::new().await;
    world.move_to_bank().await;
    let paid = world.pay(Mood::Good).await;
    world.close_next_day().await;
    let bank = World::sender(PartyKind::Bank, "icbc", World::date());
    let file = world
        .leave(&bank, papers::statement(World::date(), 1, &[]))
        .await;
    assert_eq!(world.check(World::date()).await.work_orders, 0);
    confirm(&world, &file, "petra").await.unwrap();
    world.check(World::date()).await;
    let shortage = order_id(Kind::BankDiffers, paid.as_str());
    world.work_orders.get(&shortage).await.unwrap();
}

#[tokio::test]
async fn the_file_of_the_day_beside_says_nothing_before_it_is_confirmed() {
    let (world, paid) = silent_day().await;
    let next = World::date().next();
    world.end(next).await;
    world.hand_in(world.own_file(1, &[&paid], &[])).await;
    let sender = World::sender(PartyKind::Biller, BILLER, next);
    let lines = [(paid.as_str(), LineKind::Payment, AMOUNT)];
    let bytes = papers::day_file(&sender, 1, world.now(), &lines);
    let file = world.leave(&sender, bytes).await;
    let checked = world.check(next).await;
    assert_eq!((checked.billers.len(), checked.resolved), (0, 0));
    confirm(&world, &file, "petra").await.unwrap();
    assert_eq!(world.check(World::date()).await.resolved, 1);
    assert_eq!(world.state(&paid).await, "applied");
}

#[tokio::test]
async fn a_client_s_own_file_counts_at_once_and_is_never_confirmed() {
    let world = World::new().await;
    world.pay(Mood::Good).await;
    world.close_next_day().await;
    let client = World::sender(PartyKind::Client, "demo", World::date());
    let bytes = papers::day_file(&client, 1, world.now(), &[]);
    let file = world.leave(&client, bytes).await;
    assert_eq!((file.state, &file.decided), (FileState::InForce, &None));
    assert_eq!(world.check(World::date()).await.work_orders, 1);
    let said = refusal(&world, &file, "petra").await;
    let wanted = DayEndError::NotDecided(FileRefusal::Decided(FileState::InForce));
    assert_eq!(said.to_string(), wanted.to_string());
}

#[tokio::test]
async fn what_waits_or_was_rejected_takes_no_number_away() {
    let (world, paid) = silent_day().await;
    let forged = world.own_file(1, &[&paid], &[]);
    let forged = world.leave(&World::biller_sends(), forged).await;
    let right = left(&world, 1).await;
    assert_eq!((forged.number, right.number), (1, 1));
    confirm(&world, &right, "petra").await.unwrap();
    let late = refusal(&world, &forged, "petra").await;
    assert!(
        matches!(
            late,
            DayEndError::Overtaken {
                number: 1,
                newest: 1
            }
        ),
        "{late:?}"
    );
    let bytes = world.own_file(1, &[&paid], &[]);
    let again = world
        .day_end
        .receive(&World::biller_sends(), bytes.into(), "paul")
        .await;
    assert!(
        matches!(again, Err(DayEndError::Replaced { next: 2, .. })),
        "{again:?}"
    );
    assert_eq!(world.check(World::date()).await.resolved, 1);
    assert_eq!(world.state(&paid).await, "applied");
}

#[tokio::test]
async fn an_older_file_does_not_come_into_force_after_a_newer_one() {
    let (world, paid) = silent_day().await;
    let older = world.own_file(1, &[&paid], &[]);
    let older = world.leave(&World::biller_sends(), older).await;
    let newer = left(&world, 2).await;
    let newer = confirm(&world, &newer, "petra").await.unwrap();
    let late = refusal(&world, &older, "petra").await;
    assert!(
        matches!(
            late,
            DayEndError::Overtaken {
                number: 1,
                newest: 2
            }
        ),
        "{late:?}"
    );
    // Two nodes at once: the database itself knows.
    let ruled = DayFileRow {
        state: FileState::InForce,
        decided: newer.decided,
        ..older.clone()
    };
    assert!(!world.store.decide_day_file(&ruled).await.unwrap());
    let gap = world.own_file(4, &[&paid], &[]);
    let gap = world
        .day_end
        .receive(&World::biller_sends(), gap.into(), "paul")
        .await;
    assert!(
        matches!(gap, Err(DayEndError::NumberTaken { number: 4, next: 3 })),
        "{gap:?}"
    );
    world
        .day_end
        .reject_file(&older.id, "replaced", "petra")
        .await
        .unwrap();
    assert!(world.check(World::date()).await.waiting.is_empty());
    assert_eq!(world.state(&paid).await, "applied");
}

#[tokio::test]
async fn a_rejected_file_never_counts_and_may_be_brought_again() {
    let (world, paid) = silent_day().await;
    let file = left(&world, 1).await;
    let rejected = world
        .day_end
        .reject_file(&file.id, "not the biller's", "petra")
        .await
        .unwrap();
    assert_eq!(rejected.state, FileState::Rejected);
    let decided = rejected.decided.clone().unwrap();
    assert_eq!(decided.reason.as_deref(), Some("not the biller's"));
    let again = world
        .day_end
        .reject_file(&file.id, "other words", "petra")
        .await
        .unwrap();
    assert_eq!(again, rejected);
    let checked = world.check(World::date()).await;
    assert_eq!((checked.resolved, checked.waiting.len()), (0, 0));
    let said = refusal(&world, &file, "anna").await;
    let wanted = DayEndError::NotDecided(FileRefusal::Decided(FileState::Rejected));
    assert_eq!(said.to_string(), wanted.to_string());

    let bytes = world.own_file(1, &[], &[]);
    assert_eq!(sha256(&bytes), file.digest);
    let brought = world
        .day_end
        .receive(&World::biller_sends(), bytes.into(), "petra")
        .await;
    let Ok(Received::New(second)) = brought else {
        panic!("{brought:?}")
    };
    // Petra has brought this one, and may take it back.
    assert!(confirm(&world, &second, "petra").await.is_err());
    confirm(&world, &second, "paul").await.unwrap();
    let late = world
        .day_end
        .reject_file(&second.id, "too late", "petra")
        .await;
    assert!(late.is_err(), "what counts is corrected, not rejected");
    world.check(World::date()).await;
    assert_eq!(world.state(&paid).await, "applied");
}

/// A bank's statements have no number of their own.
#[tokio::test]
async fn a_rejected_statement_comes_back_under_the_next_number() {
    let world = World::new().await;
    world.next_day();
    let bank = World::sender(PartyKind::Bank, "icbc", World::date());
    let bytes = papers::statement(World::date(), 1, &[]);
    let first = world.leave(&bank, bytes.clone()).await;
    world
        .day_end
        .reject_file(&first.id, "not theirs", "paul")
        .await
        .unwrap();
    let second = world.leave(&bank, bytes).await;
    assert_eq!((first.number, second.number), (1, 2));
    confirm(&world, &second, "petra").await.unwrap();
}

#[tokio::test]
async fn the_database_lets_no_file_count_that_one_person_brought_alone() {
    one_is_not_enough(&World::new().await).await;
}

/// Beside it, the same on the other database.
pub(super) async fn one_is_not_enough(world: &World) {
    world.next_day();
    let file = left(world, 1).await;
    for set in [
        "update day_files set state = 'in_force'",
        "update day_files set state = 'in_force', decided_by = brought_by, decided_at = 1",
        "update day_files set decided_by = 'petra', decided_at = 1",
        "update day_files set state = 'rejected', decided_by = 'petra', decided_at = 1",
        "update day_files set state = 'rejected', reason = 'wrong'",
        "update day_files set state = 'lost'",
    ] {
        let refused = world
            .store
            .write(vec![Statement::new(set, Vec::new())])
            .await;
        assert!(refused.is_err_and(|error| error.is_constraint()), "{set}");
    }
    confirm(world, &file, "petra").await.unwrap();
}
