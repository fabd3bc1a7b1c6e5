//! What clients and banks hand in, and what stands in the file of the day beside.

use guichet_domain::Money;
use guichet_domain::reconciliation::{Direction, Finding, LineKind, PartyKind, read};
use guichet_domain::work_order::{Kind, State};
use guichet_registry::sign::sha256_parts;
use serde_json::json;

use super::papers::{self, Said, Told};
use super::town::Mood;
use super::world::{AMOUNT, AT_BANK, BILLER, World};
use crate::day_end::{DayEndError, Scope, Sender};
use crate::store::DayFileRow;
use crate::work_orders::order_id;

fn sender(kind: PartyKind, party: &str) -> Sender {
    Sender {
        kind,
        party: party.to_owned(),
        date: World::date(),
    }
}

async fn file_of(world: &World, sender: &Sender, lines: &[Told<'_>]) {
    let bytes = papers::day_file(sender, 1, world.now(), lines);
    world.bring(sender, bytes).await;
}

#[tokio::test]
async fn what_clients_hand_in_is_compared_and_strangers_in_it_are_orders() {
    let world = World::new().await;
    let (good, less) = (world.pay(Mood::Good).await, world.pay(Mood::Good).await);
    let left_out = world.pay(Mood::Good).await;
    world.close_next_day().await;
    let lines = [
        (good.as_str(), LineKind::Payment, AMOUNT),
        (good.as_str(), LineKind::Refund, AMOUNT),
        (less.as_str(), LineKind::Payment, AMOUNT - 1),
        ("X-1", LineKind::Payment, 77),
    ];
    file_of(&world, &sender(PartyKind::Client, "demo"), &lines).await;
    let others = [(good.as_str(), LineKind::Payment, AMOUNT)];
    file_of(&world, &sender(PartyKind::Client, "other"), &others).await;

    let checked = world.day_end.check(&World::scope()).await.unwrap();
    assert_eq!(checked.work_orders, 4);
    let row = &checked.billers[0];
    assert_eq!((row.matched, row.different, row.open_items), (1, 2, 0));
    let wanted = [&less, &left_out].map(|id| (id.to_string(), Finding::ChannelDiffers));
    assert_eq!(world.found(World::date()).await, wanted);
    for (record, party, amount) in [
        (less.as_str(), BILLER, AMOUNT),
        (left_out.as_str(), BILLER, AMOUNT),
        ("X-1", "demo", 77),
        (good.as_str(), "other", AMOUNT),
    ] {
        let order = order_id(Kind::ChannelDiffers, record);
        let order = world.work_orders.get(&order).await.unwrap();
        assert_eq!(
            (order.party.as_str(), order.amount, order.standing.state),
            (party, Some(Money::cny(amount)), State::Open)
        );
        if party != BILLER {
            let found = json!({"channel": Money::cny(amount), "ledger": "absent"});
            assert_eq!(order.found, found);
        }
    }
    let again = world.day_end.check(&World::scope()).await.unwrap();
    assert_eq!(again.work_orders, 0);
}

#[tokio::test]
async fn what_a_bank_states_is_compared_with_what_was_taken_there() {
    let world = World::new().await;
    let mut paid = Vec::new();
    for _ in 0..6 {
        paid.push(world.pay(Mood::Good).await);
    }
    world.close_next_day().await;
    world.move_to_bank().await;
    let reference = |number: usize, leg: &str| format!("{}:{leg}", paid[number]);
    let captures: Vec<String> = (0..5).map(|number| reference(number, "capture")).collect();
    let refund = reference(4, "refund");
    let (credit, debit) = (Direction::Credit, Direction::Debit);
    let entries: [Said<'_>; 7] = [
        (&captures[0], AT_BANK, credit, false),
        (&captures[1], AT_BANK - 1, credit, false),
        (&captures[3], AT_BANK, credit, false),
        (&captures[3], AT_BANK, debit, true),
        (&captures[4], AT_BANK, credit, false),
        (&refund, AT_BANK, debit, false),
        ("somebody's rent", 5, credit, false),
    ];
    let bank = sender(PartyKind::Bank, "icbc");
    let bytes = papers::statement(World::date(), 1, &entries);
    world.bring(&bank, bytes).await;
    // The bank's day turned before ours did.
    let next = World::date().next();
    world.set("2026-11-22T16:30:00Z");
    let sixth = reference(5, "capture");
    let bytes = papers::statement(next, 2, &[(&sixth, AT_BANK, credit, false)]);
    world.bring(&Sender { date: next, ..bank }, bytes).await;

    let checked = world.day_end.check(&World::scope()).await.unwrap();
    let row = &checked.billers[0];
    assert_eq!((row.matched, row.different), (2, 4));
    let wanted = [
        (paid[1].to_string(), Finding::BankDiffers),
        (paid[2].to_string(), Finding::BankShortage),
        (paid[3].to_string(), Finding::BankShortage),
        (paid[4].to_string(), Finding::BankShortage),
    ];
    assert_eq!(world.found(World::date()).await, wanted);
    let order = order_id(Kind::BankDiffers, paid[2].as_str());
    let order = world.work_orders.get(&order).await.unwrap();
    assert_eq!(order.amount, Some(Money::cny(AMOUNT)));
}

#[tokio::test]
async fn a_bank_whose_statement_of_the_day_is_not_here_holds_nothing_up() {
    let world = World::new().await;
    world.pay(Mood::Good).await;
    world.close_next_day().await;
    world.move_to_bank().await;
    let bank = sender(PartyKind::Bank, "icbc");
    let date = World::date().previous();
    let bytes = papers::statement(date, 1, &[]);
    world.bring(&Sender { date, ..bank }, bytes).await;
    let checked = world.day_end.check(&World::scope()).await.unwrap();
    let row = &checked.billers[0];
    assert_eq!((row.matched, row.different), (1, 0));
}

#[tokio::test]
async fn a_biller_whom_nobody_has_paid_is_compared_where_its_file_is_here() {
    let world = World::new().await;
    world.close_next_day().await;
    world.hand_in(world.own_file(1, &[], &["COUNTER-1"])).await;
    let checked = world.day_end.check(&World::scope()).await.unwrap();
    assert_eq!((checked.billers.len(), checked.work_orders), (1, 1));
    let wanted = [("COUNTER-1".to_owned(), Finding::Shortage)];
    assert_eq!(world.found(World::date()).await, wanted);
}

#[tokio::test]
async fn a_statement_of_another_day_is_refused() {
    let world = World::new().await;
    world.next_day();
    let bytes = papers::statement(World::date().previous(), 1, &[]);
    let bank = sender(PartyKind::Bank, "icbc");
    let refused = world.day_end.receive(&bank, bytes.into(), "paul").await;
    let Err(DayEndError::WrongFile { field, problem }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(field, "date");
    assert!(problem.contains("2026-11-20"), "{problem}");
    let bytes = papers::statement(World::date(), 1, &[("a", 7, Direction::Debit, false)]);
    world.bring(&bank, bytes).await;
    let files = world.day_end.files(World::date(), None, "", 10).await;
    let files: Vec<DayFileRow> = files.unwrap();
    let name = "guichet-bank-icbc-2026-11-21-party-1.xml";
    assert_eq!(
        (
            files[0].name.as_str(),
            files[0].lines,
            files[0].totals.as_str()
        ),
        (name, 1, "CNY:-7")
    );
}

/// The biller's day turns an hour after ours: it has a payment of ours of the next
/// day in the file of this one.
#[tokio::test]
async fn a_billers_day_may_turn_at_another_time_than_ours() {
    let world = World::new().await;
    let early = world.pay(Mood::Good).await;
    world.next_day();
    let late = world.pay(Mood::Good).await;
    world.close().await;
    let today = World::biller_sends();
    let both = [early.as_str(), late.as_str()].map(|id| (id, LineKind::Payment, AMOUNT));
    file_of(&world, &today, &both).await;
    let checked = world.day_end.check(&World::scope()).await.unwrap();
    let row = &checked.billers[0];
    assert_eq!((row.matched, row.different), (2, 0));

    world.set("2026-11-22T16:30:00Z");
    let date = World::date().next();
    world.day_end.close(date, "paul").await.unwrap();
    file_of(&world, &Sender { date, ..today }, &[]).await;
    let next = Scope { date, biller: None };
    let checked = world.day_end.check(&next).await.unwrap();
    let row = &checked.billers[0];
    assert_eq!((row.matched, row.different), (1, 0));
    assert_eq!(checked.work_orders, 0);
}

#[tokio::test]
async fn our_file_has_a_payment_and_beside_it_its_reversal() {
    let world = World::new().await;
    let paid = world.pay(Mood::Good).await;
    let asked = world.payments.reverse(&world.client, &paid, "twice").await;
    asked.unwrap();
    world.drive(&paid).await;
    assert_eq!(world.state(&paid).await, "reversed");
    world.close_next_day().await;
    world.day_end.make(&World::scope(), "paul").await.unwrap();
    let files = world
        .day_end
        .files(World::date(), Some(BILLER), "", 10)
        .await;
    let (row, bytes) = world.day_end.content(&files.unwrap()[0].id).await.unwrap();
    assert_eq!((row.number, row.lines), (1, 2));
    let (_, lines) = read(&bytes, sha256_parts).unwrap();
    let lines: Vec<Told<'_>> = lines
        .iter()
        .map(|line| {
            (
                line.reference.as_str(),
                line.kind,
                line.amount.minor_units(),
            )
        })
        .collect();
    let wanted = [LineKind::Payment, LineKind::Reversal].map(|kind| (paid.as_str(), kind, AMOUNT));
    assert_eq!(lines, wanted);
}
