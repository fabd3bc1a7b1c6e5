//! Every fault at every point of every way through the diagram: embedded ledger,
//! hold-first and capture-first banks, billers that recognise a reference and
//! those that do not, with every kind of status query. Judged by what biller and
//! bank wrote down themselves, and by the books.

use guichet_domain::Moment;
use guichet_domain::id::{PersonId, RecordId};
use guichet_domain::payment::{Leg, State, StatusAnswer};

use super::fakes::Fault;
use super::fakes::biller::{Memory, Mood};
use super::looks::Haste;
use super::world::World;
use crate::bank::Custom;
use crate::payments::{Ground, RefundAnswer};

const PRICE: i64 = 10;
/// How often a case is looked at; long enough for every proof and expiry.
const ROUNDS: u32 = 45;

/// Where a payment would go without the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Applied,
    RefusedByBiller,
    GivenUp,
    Reversed,
    /// Asked back on a later day; the biller agrees.
    Refunded,
}

/// Where the fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    /// The bank's first leg.
    Fund,
    Submit,
    Status,
    Capture,
    BankStatus,
    /// Release or refund.
    GiveBack,
    Reverse,
}

/// What else goes wrong meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    /// Two workers look after it at the same time.
    TwoWorkers,
    /// The clock is set an hour forward or back after the first look.
    ClockJumps(i64),
    /// The room is started again before every look.
    Restarts,
}

#[derive(Debug, Clone, Copy)]
struct Case {
    way: Way,
    point: Point,
    fault: Fault,
    trouble: Trouble,
}

const FAULTS: [Fault; 6] = [
    Fault::LostBefore,
    Fault::LostAfter,
    Fault::HangBefore,
    Fault::HangAfter,
    Fault::Late(20_000),
    Fault::Refuse,
];

fn cases(backing: Option<Custom>) -> Vec<Case> {
    let hour_ms = 3_600_000;
    let troubles = [
        Trouble::None,
        Trouble::TwoWorkers,
        Trouble::ClockJumps(hour_ms),
        Trouble::ClockJumps(-hour_ms),
        Trouble::Restarts,
    ];
    let ways = [
        Way::Applied,
        Way::RefusedByBiller,
        Way::GivenUp,
        Way::Reversed,
        Way::Refunded,
    ];
    let mut cases = Vec::new();
    for way in ways {
        for point in points(backing, way) {
            for fault in FAULTS {
                for trouble in troubles {
                    let telling = matches!(fault, Fault::LostAfter | Fault::Late(_));
                    if trouble == Trouble::None || telling {
                        cases.push(Case {
                            way,
                            point,
                            fault,
                            trouble,
                        });
                    }
                }
            }
        }
    }
    cases
}

fn points(backing: Option<Custom>, way: Way) -> Vec<Point> {
    let mut points = vec![Point::Submit, Point::Status];
    if backing.is_some() {
        points.extend([Point::Fund, Point::BankStatus]);
        if way != Way::Applied {
            points.push(Point::GiveBack);
        }
    }
    if backing == Some(Custom::HoldFirst)
        && matches!(way, Way::Applied | Way::Reversed | Way::Refunded)
    {
        points.push(Point::Capture);
    }
    if way == Way::Reversed {
        points.push(Point::Reverse);
    }
    points
}

/// Lays the fault in the way.
fn arrange(world: &World, backing: Option<Custom>, case: &Case) {
    let lost = [Fault::LostAfter];
    match case.way {
        Way::GivenUp => world.biller.will(&[Mood::Unsent]),
        Way::Applied | Way::RefusedByBiller | Way::Reversed | Way::Refunded => {}
    }
    match case.point {
        Point::Submit => world.biller.will(&[case.fault.into()]),
        Point::Status => {
            world.biller.will(&lost.map(Mood::from));
            world
                .biller
                .state
                .lock()
                .unwrap()
                .answers
                .push_back(case.fault);
        }
        Point::Fund => world.bank.will(first(backing), case.fault),
        Point::BankStatus => {
            world.bank.will(first(backing), Fault::LostAfter);
            world.bank.will_answer(&[case.fault]);
        }
        Point::Capture => world.bank.will(Leg::Capture, case.fault),
        Point::GiveBack => {
            world.bank.will(Leg::Release, case.fault);
            world.bank.will(Leg::Refund, case.fault);
        }
        Point::Reverse => {}
    }
    if case.way == Way::RefusedByBiller {
        world.biller.will(&[Mood::Refusing]);
    }
}

fn first(backing: Option<Custom>) -> Leg {
    backing.map_or(Leg::Hold, super::banks::first)
}

/// Lives one payment through, and says what is wrong in the end.
async fn live(
    world: &mut World,
    backing: Option<Custom>,
    number: usize,
    case: &Case,
) -> Vec<String> {
    let until_then = day(number).ms_since(world.ports.now());
    world.pass(until_then.max(0));
    world.biller.calm();
    world.bank.calm();
    let key = format!("k{number}");
    let made = world.pay(&key, &number.to_string(), PRICE).await;
    let payment = made.unwrap().payment;
    world.biller.aim(&payment);
    world.bank.aim(&payment);
    arrange(world, backing, case);
    while world.queue.try_recv().is_ok() {}
    world.pass(11_000);
    let mut asked_back = false;
    for round in 0..ROUNDS {
        match case.trouble {
            Trouble::TwoWorkers => world.look_twice().await,
            Trouble::Restarts if round < 4 => {
                world.restart().await;
                world.look_or_die().await;
            }
            Trouble::None | Trouble::ClockJumps(_) | Trouble::Restarts => {
                world.look_or_die().await;
            }
        }
        if round == 0
            && let Trouble::ClockJumps(milliseconds) = case.trouble
        {
            world.clock.jump(milliseconds);
        }
        let row = world.row(&payment).await;
        if case.way == Way::GivenUp && row.snapshot.state == State::Held {
            let _too_late = world.payments.cancel(&world.client, &payment).await;
        }
        let applied = row.snapshot.state == State::Applied && row.snapshot.has_ended();
        if case.way == Way::Reversed && applied && !asked_back {
            asked_back = true;
            if case.point == Point::Reverse {
                world.biller.will(&[case.fault.into()]);
            }
            let _may_refuse = world.payments.reverse(&world.client, &payment, "no").await;
        }
        if case.way == Way::Refunded && applied && !asked_back {
            asked_back = true;
            ask_for_refund(world, &payment).await;
        }
        let undone = matches!(case.way, Way::Reversed | Way::Refunded);
        let over = !undone || asked_back;
        if row.snapshot.has_ended() && over && round > 1 {
            break;
        }
        // Early looks are close together, as the first delays are.
        world.pass(if round < 6 { 3_000 } else { 31_000 });
    }
    // What is on its way arrives.
    world.pass(60_000);
    let wrong = judge(world, backing, &payment).await;
    // What stays open is people's now; it must not be in the next case's way.
    let far = world.ports.now().plus_ms(100 * 365 * 24 * 3_600_000);
    let store = world.payments.store();
    store.reschedule(&payment, far, 0).await.unwrap();
    wrong
}

/// On a later day, with the biller's agreement.
async fn ask_for_refund(world: &World, payment: &RecordId) {
    world.pass(24 * 3_600_000);
    let asked = world.payments.reverse(&world.client, payment, "no").await;
    assert_eq!(asked.unwrap().state, State::Refunding);
    let person = |name| PersonId::new(name).unwrap();
    let ground = Ground {
        evidence: "a letter".to_owned(),
        by: (person("lin-desk"), person("wang-desk")),
        seen: None,
    };
    let agreed = RefundAnswer::Agreed;
    let decided = world.payments.decide_refund(payment, agreed, &ground).await;
    decided.unwrap();
}

/// Compares the payment with what biller and bank wrote down.
async fn judge(world: &World, backing: Option<Custom>, payment: &RecordId) -> Vec<String> {
    let row = world.row(payment).await;
    let snapshot = row.snapshot;
    let mut wrong = Vec::new();
    let mut must = |holds: bool, text: &str| {
        if !holds {
            wrong.push(format!("{text}: {snapshot:?}"));
        }
    };
    let effects = world.biller.effects_of(payment.as_str());
    let undone = row.reversal.as_ref().map_or(0, |reversal| {
        let state = world.biller.state.lock().unwrap();
        let id = reversal.order.reversal.to_string();
        state.reversed.iter().filter(|other| **other == id).count()
    });
    must(effects <= 1, "more than one effect at the biller");
    must(undone <= 1, "more than one reversal at the biller");
    let stands = effects > undone;
    let state = snapshot.state;
    let in_vain = matches!(
        state,
        State::Declined | State::Cancelled | State::Expired | State::Refused | State::Released
    );
    must(!in_vain || effects == 0, "applied, but said not to be");
    must(
        state != State::Applied || stands,
        "said to be applied, but not",
    );
    must(
        state != State::Reversed || !stands,
        "said to be undone, but not",
    );
    let owned = row.owner.is_some() && row.news_by.is_some_and(|news| news > row.updated_at);
    must(snapshot.has_ended() || owned, "neither ended nor owned");
    if backing.is_some() {
        let count = |leg| world.bank.effects(leg, payment.as_str());
        let (taken, back) = (count(Leg::Capture), count(Leg::Refund));
        must(
            count(Leg::Hold) <= 1 && taken <= 1,
            "more than one capture or hold",
        );
        must(count(Leg::Release) <= 1 && back <= 1, "given back twice");
        let gone_back = count(Leg::Release) + back > 0;
        let agreed = matches!(state, State::Refunding | State::Refunded);
        must(
            !(gone_back && stands && !agreed),
            "given back though it stands",
        );
        must(
            !(gone_back && taken > 0 && count(Leg::Release) > 0),
            "released and taken",
        );
        if snapshot.has_ended() {
            let paid = usize::from(state == State::Applied);
            must(
                taken == paid + back,
                "the bank has taken what is not paid, or not what is",
            );
            let held = count(Leg::Hold) - count(Leg::Release);
            must(
                backing != Some(Custom::HoldFirst) || held == taken,
                "the bank still holds it",
            );
        }
    }
    wrong
}

async fn survive(world: &mut World, backing: Option<Custom>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, case) in cases(backing).iter().enumerate() {
        for finding in live(world, backing, number, case).await {
            wrong.push(format!("{case:?}: {finding}"));
        }
    }
    let store = world.payments.store();
    let report = store.check_ledger(world.ports.now()).await.unwrap();
    wrong.extend(report.findings.iter().map(|finding| format!("{finding:?}")));
    if backing.is_none() {
        wrong.extend(world.money_differs(PRICE).await);
    }
    wrong
}

const PROOF: StatusAnswer = StatusAnswer::Authoritative { after_seconds: 30 };

async fn all(backing: Option<Custom>, memory: Memory, status: StatusAnswer) {
    let mut world = World::new(memory, status).await;
    if let Some(custom) = backing {
        world.pay_by_bank(custom).await;
    }
    let wrong = survive(&mut world, backing).await;
    assert!(wrong.is_empty(), "{wrong:#?}");
}

macro_rules! suffered {
    ($($name:ident: $backing:expr, $memory:ident, $status:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            all($backing, Memory::$memory, $status).await;
        }
    )*};
}

suffered! {
    own_ledger_remembered_silent: None, Deduplicates, StatusAnswer::None;
    own_ledger_remembered_advisory: None, Deduplicates, StatusAnswer::Advisory;
    own_ledger_remembered_proof: None, Deduplicates, PROOF;
    own_ledger_forgotten_silent: None, AppliesAgain, StatusAnswer::None;
    own_ledger_forgotten_advisory: None, AppliesAgain, StatusAnswer::Advisory;
    own_ledger_forgotten_proof: None, AppliesAgain, PROOF;
    hold_first_remembered_silent: Some(Custom::HoldFirst), Deduplicates, StatusAnswer::None;
    hold_first_remembered_advisory: Some(Custom::HoldFirst), Deduplicates, StatusAnswer::Advisory;
    hold_first_remembered_proof: Some(Custom::HoldFirst), Deduplicates, PROOF;
    hold_first_forgotten_silent: Some(Custom::HoldFirst), AppliesAgain, StatusAnswer::None;
    hold_first_forgotten_advisory: Some(Custom::HoldFirst), AppliesAgain, StatusAnswer::Advisory;
    hold_first_forgotten_proof: Some(Custom::HoldFirst), AppliesAgain, PROOF;
    capture_first_remembered_silent: Some(Custom::CaptureFirst), Deduplicates, StatusAnswer::None;
    capture_first_remembered_advisory: Some(Custom::CaptureFirst), Deduplicates, StatusAnswer::Advisory;
    capture_first_remembered_proof: Some(Custom::CaptureFirst), Deduplicates, PROOF;
    capture_first_forgotten_silent: Some(Custom::CaptureFirst), AppliesAgain, StatusAnswer::None;
    capture_first_forgotten_advisory: Some(Custom::CaptureFirst), AppliesAgain, StatusAnswer::Advisory;
    capture_first_forgotten_proof: Some(Custom::CaptureFirst), AppliesAgain, PROOF;
}

/// The suite must find a house that takes silence for a no, or it proves nothing.
#[tokio::test]
async fn a_house_where_a_timeout_means_failed_is_caught() {
    for haste in [Haste::WithBillers, Haste::WithBanks] {
        let mut world = World::new(Memory::AppliesAgain, StatusAnswer::Advisory).await;
        world.pay_by_bank(Custom::HoldFirst).await;
        world.make_hasty(haste);
        let wrong = survive(&mut world, Some(Custom::HoldFirst)).await;
        assert!(!wrong.is_empty(), "{haste:?} was not caught");
    }
}

/// Every case is set on a day of its own.
fn day(number: usize) -> Moment {
    let start: Moment = "2026-11-21T02:00:00Z".parse().unwrap();
    start.plus_ms(i64::try_from(number).unwrap() * 48 * 3_600_000)
}
