//! What is taken, and what is refused with the mend.

use guichet_domain::id::RecordId;
use guichet_domain::reconciliation::{Direction, LIMIT_LINES, PartyKind};
use guichet_registry::sign::sha256;

use super::papers;
use super::town::Mood;
use super::world::{BILLER, World};
use crate::day_end::{DayEndError, PayTo, Received, Sender};
use crate::store::{DayFileRow, Statement};

async fn refused(world: &World, sender: &Sender, bytes: Vec<u8>) -> String {
    let received = world.day_end.receive(sender, bytes.into(), "paul").await;
    received.unwrap_err().to_string()
}

#[tokio::test]
async fn a_file_is_taken_once_and_corrected_by_the_next_number_only() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    let sender = World::biller_sends();
    let early = world.own_file(1, &[], &[]);
    let said = refused(&world, &sender, early.clone()).await;
    assert!(said.contains("has not ended"), "{said}");
    world.next_day();
    let said = refused(&world, &sender, early).await;
    assert!(said.contains("before the day had ended"), "{said}");

    let first = world.own_file(1, &[], &[]);
    let taken = world
        .day_end
        .receive(&sender, first.clone().into(), "paul")
        .await
        .unwrap();
    let Received::New(file) = taken else {
        panic!("{taken:?}")
    };
    assert_eq!((file.lines, file.totals.as_str()), (1, "CNY:1000"));
    let (row, bytes) = world.day_end.content(&file.id).await.unwrap();
    assert_eq!((sha256(&bytes), &bytes[..]), (row.digest, &first[..]));
    let again = world
        .day_end
        .receive(&sender, first.into(), "petra")
        .await
        .unwrap();
    assert_eq!(again, Received::Known(file.clone()));
    let confirmed = world.day_end.confirm_file(&file.id, file.digest, "petra");
    confirmed.await.unwrap();

    let changed = world.own_file(1, &[&paid], &[]);
    let error = world
        .day_end
        .receive(&sender, changed.into(), "paul")
        .await
        .unwrap_err();
    assert!(matches!(
        error,
        DayEndError::NumberTaken { number: 1, next: 2 }
    ));
    let next = world.own_file(2, &[&paid], &[]);
    world.hand_in(next).await;
    let old = world.own_file(1, &[], &[]);
    let error = world.day_end.receive(&sender, old.into(), "paul").await;
    assert!(
        matches!(
            error,
            Err(DayEndError::Replaced {
                number: 1,
                newest: 2,
                next: 3
            })
        ),
        "{error:?}"
    );
    let listed = world
        .day_end
        .files(World::date(), None, "", 10)
        .await
        .unwrap();
    assert_eq!(listed.len(), 2);
}

/// A bank's statements have no number of their own here.
#[tokio::test]
async fn a_statement_that_was_corrected_does_not_come_back() {
    let world = World::new().await;
    world.next_day();
    let day = ("icbc", World::date());
    let wrong = [("a", 7, Direction::Debit, false)];
    world.state_at(day, 1, &wrong).await;
    world.state_at(day, 2, &[]).await;
    let sender = World::sender(PartyKind::Bank, day.0, day.1);
    let again = papers::statement(day.1, 1, &wrong);
    let said = refused(&world, &sender, again).await;
    assert!(said.contains("file 2 has replaced"), "{said}");
    let newest = papers::statement(day.1, 2, &[]);
    let known = world.day_end.receive(&sender, newest.into(), "paul").await;
    assert!(matches!(known, Ok(Received::Known(_))), "{known:?}");
}

#[tokio::test]
async fn files_of_others_and_broken_files_are_refused() {
    let world = World::new().await;
    world.pay(Mood::Good).await;
    world.next_day();
    let good = world.own_file(1, &[], &[]);
    let sender = World::biller_sends();
    let other = Sender {
        party: "b-330100-water-2".to_owned(),
        ..sender.clone()
    };
    assert!(
        refused(&world, &other, good.clone())
            .await
            .contains("under that name")
    );
    let client = Sender {
        kind: PartyKind::Client,
        ..sender.clone()
    };
    assert!(
        refused(&world, &client, good.clone())
            .await
            .contains("under that name")
    );
    let yesterday = Sender {
        date: World::date().previous(),
        ..sender.clone()
    };
    assert!(
        refused(&world, &yesterday, good.clone())
            .await
            .contains("under that day")
    );
    let half = good[..good.len() / 2].to_vec();
    let said = refused(&world, &sender, half).await;
    assert!(said.starts_with("line "), "{said}");
    let bank = Sender {
        kind: PartyKind::Bank,
        party: "icbc".to_owned(),
        ..sender.clone()
    };
    assert!(refused(&world, &bank, good).await.starts_with("line "));
    // Our own file is no evidence about ourselves.
    world.close().await;
    world.day_end.make(&World::scope(), "paul").await.unwrap();
    let files = world
        .day_end
        .files(World::date(), Some(&sender.party), "", 10)
        .await;
    let (_, ours) = world.day_end.content(&files.unwrap()[0].id).await.unwrap();
    assert!(
        refused(&world, &sender, ours.to_vec())
            .await
            .contains("we made")
    );
}

#[tokio::test]
async fn two_nodes_that_make_the_same_number_do_not_both_keep_it() {
    let world = World::new().await;
    world.next_day();
    world.hand_in(world.own_file(1, &[], &[])).await;
    let files = world.day_end.files(World::date(), None, "", 10).await;
    let taken = files.unwrap().remove(0);
    assert_eq!(
        taken.name,
        "guichet-biller-b-330100-water-1-2026-11-21-party-1.csv"
    );
    let (_, bytes) = world.day_end.content(&taken.id).await.unwrap();
    let other = DayFileRow {
        id: RecordId::from_parts("rcf", 1, [9; 10]),
        ..taken
    };
    let twice = world.day_end.keep(&other, bytes.clone()).await;
    assert!(matches!(twice, Err(DayEndError::Busy)), "{twice:?}");
    let gone = Statement::new("alter table day_files rename to gone", Vec::new());
    world.store.write(vec![gone]).await.unwrap();
    let lost = world.day_end.keep(&other, bytes).await;
    assert!(matches!(lost, Err(DayEndError::Store(_))), "{lost:?}");
}

#[tokio::test]
async fn a_day_that_is_too_large_for_a_file_keeps_no_other_party_waiting() {
    let mut world = World::new().await;
    assert_eq!(world.day_end.most_lines, LIMIT_LINES as usize);
    world.pay(Mood::Good).await;
    world.pay(Mood::Good).await;
    world.close_next_day().await;
    world.day_end.most_lines = 1;
    let made = world.day_end.make(&World::scope(), "paul").await.unwrap();
    let left_out: Vec<_> = made
        .left_out
        .iter()
        .map(|one| (one.kind, one.party.as_str()))
        .collect();
    let both = [(PartyKind::Biller, BILLER), (PartyKind::Client, "demo")];
    assert_eq!((made.new, left_out), (0, both.to_vec()));
    assert!(made.left_out[0].reason.contains("2 lines"), "{made:?}");
    world.day_end.most_lines = 2;
    let made = world.day_end.make(&World::scope(), "paul").await.unwrap();
    assert_eq!((made.new, made.left_out.len()), (2, 0));
}

#[tokio::test]
async fn account_numbers_stay_out_of_what_is_logged() {
    let world = World::new().await;
    assert_eq!(format!("{:?}", world.day_end), "DayEnd");
    let record = guichet_domain::Digest::from_bytes([7; 32]);
    let account = PayTo {
        record,
        holder: "holder".to_owned(),
        bank_code: "102331000007".to_owned(),
        account: "1202020019900000000".to_owned(),
    };
    assert_eq!(format!("{account:?}"), format!("PayTo({record})"));
}
