//! Calls of small guests: answers, limits, exports, places.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use guichet_domain::grant::Grant;
use guichet_sandbox::ports::Ports;
use guichet_sandbox::{Binding, Call, CallError, EffectState, Kind, Limits, Question, digest_of};
use support::guest::{SHELL, TRAP, asking, bills, component, store};
use support::{House, binding, query_bills, said};

/// A guest that answers with a fixed text.
fn greeting() -> Vec<u8> {
    asking(&format!(
        "{} (call $query_other (i32.const 1024) (i32.const 5))",
        store(1024, "hello")
    ))
}

#[tokio::test]
async fn a_guest_answers() {
    let house = House::new();
    let report = house.query(&greeting(), binding(Grant::default())).await;
    assert_eq!(said(&report), "hello");
    assert_eq!(
        (report.effect, report.complete_answers),
        (EffectState::None, 0)
    );
    assert!(report.fuel_used > 0);
}

#[tokio::test]
async fn what_a_component_exports_is_read_from_it() {
    let house = House::new();
    let plugin = house.load(&greeting()).await;
    assert_eq!(plugin.kinds(), [Kind::BillPayment]);
    assert_eq!(plugin.exports(), ["guichet:service/bill-payment@0.1.0"]);
    assert!(
        plugin
            .imports()
            .contains(&"guichet:host/http@0.1.0".to_owned())
    );
    let call = Call {
        question: Question::Ask { inputs: Vec::new() },
        ..query_bills()
    };
    let binding = Arc::new(Binding::new(binding(Grant::default())));
    let report = house
        .sandbox
        .call(&plugin, &binding, &Ports::in_memory(), call)
        .await;
    assert_eq!(
        report.result,
        Err(CallError::NoSuchExport("inquiry".to_owned()))
    );
}

#[tokio::test]
async fn fuel_is_the_same_each_time() {
    let house = House::new();
    let first = house.query(&greeting(), binding(Grant::default())).await;
    let second = house.query(&greeting(), binding(Grant::default())).await;
    assert_eq!(first.fuel_used, second.fuel_used);
}

#[tokio::test]
async fn instances_share_no_memory() {
    let house = House::new();
    // Counts in a global: a second call on the same instance would say 2.
    let counting = asking(
        "(global.set $length (i32.add (global.get $length) (i32.const 1)))
         (call $tell_number (global.get $length))
         (call $query_other (global.get $at) (global.get $length))",
    );
    for _ in 0..3 {
        assert_eq!(
            said(&house.query(&counting, binding(Grant::default())).await),
            "!1"
        );
    }
}

/// What one instance wrote into its memory, far beyond what stays mapped, is zero for
/// the next one in its place, of the same component and of another.
#[tokio::test]
async fn instances_find_their_memory_empty() {
    let house = House::with(|settings| settings.calls = 1);
    let marking = |mark: u32| {
        asking(&format!(
            "(local $at i32) (local $found i32)
             (drop (memory.grow (i32.const 40)))
             (local.set $at (i32.const 32768))
             (loop $words
               (local.set $found (i32.or (local.get $found) (i32.load (local.get $at))))
               (i32.store (local.get $at) (i32.const {mark}))
               (local.set $at (i32.add (local.get $at) (i32.const 512)))
               (br_if $words (i32.lt_u (local.get $at) (i32.const 2686976))))
             (call $tell_number (i32.ne (local.get $found) (i32.const 0)))
             (call $query_other (global.get $at) (global.get $length))"
        ))
    };
    let guests = [marking(0x5eed), marking(0xbead)];
    for _ in 0..20 {
        for guest in &guests {
            let report = house.query(guest, binding(Grant::default())).await;
            assert_eq!(said(&report), "!0");
        }
    }
}

#[tokio::test]
async fn endless_work_ends_by_fuel_or_deadline() {
    let house = House::new();
    let endless = asking("(loop $again (br $again)) unreachable");
    let mut settings = binding(Grant::default());
    settings.limits = Limits {
        fuel: 1_000_000,
        ..settings.limits
    };
    let report = house.query(&endless, settings.clone()).await;
    assert_eq!(report.result, Err(CallError::OutOfFuel(1_000_000)));
    settings.limits = Limits {
        fuel: Limits::ceiling().fuel,
        deadline_ms: 100,
        ..settings.limits
    };
    let begun = Instant::now();
    let report = house.query(&endless, settings).await;
    assert_eq!(report.result, Err(CallError::Deadline(100)));
    assert!(
        report.elapsed < Duration::from_millis(600),
        "{:?}",
        report.elapsed
    );
    assert!(begun.elapsed() >= Duration::from_millis(100));
}

#[tokio::test]
async fn a_start_function_is_stopped_as_well() {
    let house = House::new();
    let text = SHELL
        .replace("{query}", TRAP)
        .replace("{submit}", TRAP)
        .replace(
            "{more}",
            "(func $begin (loop $again (br $again))) (start $begin)",
        );
    let mut settings = binding(Grant::default());
    settings.limits = Limits {
        fuel: Limits::ceiling().fuel,
        deadline_ms: 100,
        ..settings.limits
    };
    let report = house.query(&component(&text), settings).await;
    assert_eq!(report.result, Err(CallError::Deadline(100)));
}

#[tokio::test]
async fn memory_and_stack_end_at_their_limits() {
    let house = House::new();
    let greedy = asking(
        "(loop $again (br_if $again (i32.ne (i32.const -1) (memory.grow (i32.const 16))))) unreachable",
    );
    let report = house.query(&greedy, binding(Grant::default())).await;
    assert!(
        matches!(report.result, Err(CallError::Memory(_))),
        "{:?}",
        report.result
    );
    let deep = bills("(call $query (local.get $args))", TRAP, "");
    let report = house.query(&deep, binding(Grant::default())).await;
    match report.result {
        Err(CallError::Trap(text)) => assert!(text.contains("call stack exhausted"), "{text}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn floods_of_host_calls_end() {
    let house = House::new();
    let flood = asking("(loop $again (drop (call $now)) (br $again)) unreachable");
    let report = house.query(&flood, binding(Grant::default())).await;
    assert_eq!(
        report.result,
        Err(CallError::Limit("256 host calls".to_owned()))
    );
    assert_eq!(report.transcript.unwrap().exchanges.len(), 256);
}

#[tokio::test]
async fn a_flood_of_messages_is_dropped_and_counted() {
    let house = House::new();
    let talkative = asking(&format!(
        "(local $left i32) {}
         (local.set $left (i32.const 100))
         (loop $again
           (call $log (i32.const 1) (i32.const 1024) (i32.const 12) (i32.const 0) (i32.const 0))
           (local.set $left (i32.sub (local.get $left) (i32.const 1)))
           (br_if $again (local.get $left)))
         (call $query_other (i32.const 1024) (i32.const 12))",
        store(1024, "ok\n138123456"),
    ));
    let report = house.query(&talkative, binding(Grant::default())).await;
    assert_eq!((report.log.len(), report.log_dropped), (64, 36));
    assert_eq!(report.log[0].message, "ok\\u{a}138123456");
}

#[tokio::test]
async fn answers_beyond_the_contract_are_refused() {
    let house = House::new();
    let huge = asking(
        "(drop (memory.grow (i32.const 100)))
         (call $query_other (i32.const 131072) (i32.const 5000000))",
    );
    let report = house.query(&huge, binding(Grant::default())).await;
    assert!(
        matches!(report.result, Err(CallError::Contract(_))),
        "{:?}",
        report.result
    );
}

#[tokio::test]
async fn more_calls_than_places_are_busy() {
    let house = House::new();
    let plugin = house
        .load(&asking("(loop $again (br $again)) unreachable"))
        .await;
    let mut settings = binding(Grant::default());
    settings.limits = Limits {
        fuel: Limits::ceiling().fuel,
        deadline_ms: 300,
        concurrency: 1,
        waiting: 1,
        wait_ms: 50,
        ..settings.limits
    };
    let binding = Arc::new(Binding::new(settings));
    let ports = Ports::in_memory();
    let call = || house.sandbox.call(&plugin, &binding, &ports, query_bills());
    let (first, second, third) = tokio::join!(call(), call(), call());
    assert_eq!(first.result, Err(CallError::Deadline(300)));
    assert_eq!(second.result, Err(CallError::Busy), "waited in vain");
    assert_eq!(third.result, Err(CallError::Busy), "one waits already");
    assert_eq!(binding.figures().read().refused, 2);
}

#[tokio::test]
async fn shutdown_drains_then_stops() {
    let house = House::new();
    let plugin = house
        .load(&asking("(loop $again (br $again)) unreachable"))
        .await;
    let mut settings = binding(Grant::default());
    settings.limits = Limits {
        fuel: Limits::ceiling().fuel,
        ..settings.limits
    };
    let binding = Arc::new(Binding::new(settings));
    let ports = Ports::in_memory();
    let running = house.sandbox.call(&plugin, &binding, &ports, query_bills());
    let stop = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        house.sandbox.shutdown(Duration::from_millis(50)).await;
        house
            .sandbox
            .call(&plugin, &binding, &ports, query_bills())
            .await
    };
    let (stopped, refused) = tokio::join!(running, stop);
    assert_eq!(stopped.result, Err(CallError::Shutdown));
    assert!(stopped.transcript.is_some());
    assert_eq!(refused.result, Err(CallError::Shutdown));
    assert!(refused.transcript.is_none());
}

#[tokio::test]
async fn a_component_is_what_its_digest_says() {
    let house = House::new();
    assert!(
        house
            .sandbox
            .load(digest_of(b"other"), &greeting())
            .await
            .is_err()
    );
    let junk = b"\0asm junk";
    assert!(house.sandbox.load(digest_of(junk), junk).await.is_err());
}
