//! Hostile plugins: real components that try to run for ever, to eat memory, to
//! flood the host, to reach what they may not, and to be no components at all.
//! Every one is contained, stopped at most 50 ms past its deadline, and the
//! neighbours are served.

mod bench;
mod crowd;
mod escape;
mod guest;
mod malformed;

use std::sync::Arc;
use std::time::Duration;

use guichet_sandbox::{Binding, CallError, Limits};

use bench::{Bench, DEADLINE_MS, GRACE_MS, bare, bound, letter, limits};
use guest::{Guest, data, log, say};

const FOR_EVER: &str = "(loop $again (br $again)) (unreachable)";

/// Runs a hostile guest while a neighbour is called all the time; gives how the
/// hostile call ended.
async fn contained(guest: &Guest) -> CallError {
    contained_under(guest, &bare("hostile")).await
}

async fn contained_under(guest: &Guest, binding: &Arc<Binding>) -> CallError {
    let bench = Bench::new();
    let good = Guest::default().component();
    let neighbour = bare("neighbour");
    bench.load(&good).await.unwrap();
    let bad = guest.component();
    bench.load(&bad).await.unwrap();
    let neighbours = async {
        let mut served = 0;
        for _ in 0..20 {
            let (report, took) = bench.query(&good, &neighbour).await;
            assert_eq!(letter(&report), Some('k'), "{:?}", report.result);
            assert!(
                took < Duration::from_millis(DEADLINE_MS.into()),
                "a neighbour took {took:?}"
            );
            served += 1;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        served
    };
    let ((report, took), served) = tokio::join!(bench.query(&bad, binding), neighbours);
    assert_eq!(served, 20);
    assert!(
        took.as_millis() <= u128::from(DEADLINE_MS) + GRACE_MS,
        "stopped after {took:?}"
    );
    // And once more afterwards: nothing stays behind.
    let (after, _) = bench.query(&good, &neighbour).await;
    assert_eq!(letter(&after), Some('k'));
    report.result.expect_err("a hostile call has no answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_loop_is_stopped_at_the_deadline() {
    let guest = Guest {
        query: FOR_EVER.into(),
        ..Guest::default()
    };
    assert_eq!(contained(&guest).await, CallError::Deadline(DEADLINE_MS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_loop_uses_up_its_fuel() {
    let guest = Guest {
        query: FOR_EVER.into(),
        ..Guest::default()
    };
    let binding = bound(
        "hostile",
        Default::default(),
        Limits {
            fuel: 1_000_000,
            ..limits()
        },
    );
    assert!(matches!(
        contained_under(&guest, &binding).await,
        CallError::OutOfFuel(_)
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_loop_in_the_start_function_is_stopped() {
    let fields = format!("(func $begin {FOR_EVER}) (start $begin)");
    let guest = Guest {
        fields,
        ..Guest::default()
    };
    assert_eq!(contained(&guest).await, CallError::Deadline(DEADLINE_MS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_loop_in_the_allocator_is_stopped() {
    let guest = Guest {
        realloc: FOR_EVER.into(),
        ..Guest::default()
    };
    assert_eq!(contained(&guest).await, CallError::Deadline(DEADLINE_MS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_memory_bomb_is_contained() {
    let query = "(loop $again
        (if (i32.eq (memory.grow (i32.const 16)) (i32.const -1)) (then (unreachable)))
        (br $again)) (unreachable)";
    let guest = Guest {
        query: query.into(),
        ..Guest::default()
    };
    let error = contained(&guest).await;
    assert!(
        matches!(error, CallError::Memory(_) | CallError::Trap(_)),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_memory_declared_too_large_is_refused() {
    let guest = Guest {
        memory: "(memory $memory 4096)".into(),
        ..Guest::default()
    };
    let error = contained(&guest).await;
    assert!(matches!(error, CallError::Memory(_)), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_bomb_is_contained() {
    let fields = "(table $table 1 funcref)
        (func $bomb (loop $again
            (if (i32.eq (table.grow $table (ref.null func) (i32.const 1000)) (i32.const -1))
                (then (unreachable)))
            (br $again)))";
    let query = "(call $bomb) (unreachable)";
    let guest = Guest {
        fields: fields.into(),
        query: query.into(),
        ..Guest::default()
    };
    let error = contained(&guest).await;
    assert!(
        matches!(error, CallError::Memory(_) | CallError::Trap(_)),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_declared_too_large_is_refused() {
    let guest = Guest {
        fields: "(table 50000 funcref)".into(),
        ..Guest::default()
    };
    let error = contained(&guest).await;
    assert!(matches!(error, CallError::Memory(_)), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stack_bomb_is_contained() {
    let fields = "(func $deeper (param i64) (result i64)
        (i64.add (call $deeper (i64.add (local.get 0) (i64.const 1))) (local.get 0)))";
    let query = "(drop (call $deeper (i64.const 0))) (unreachable)";
    let guest = Guest {
        fields: fields.into(),
        query: query.into(),
        ..Guest::default()
    };
    assert!(matches!(contained(&guest).await, CallError::Trap(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_string_beyond_its_memory_traps() {
    let guest = Guest {
        query: format!(
            "(call $log (i32.const 0) (i32.const 0x7fffffff)) {}",
            say('k')
        ),
        ..log()
    };
    assert!(matches!(contained(&guest).await, CallError::Trap(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn giant_strings_to_the_host_meet_a_limit() {
    let query = format!(
        "(local $count i32)
        (loop $again
            (call $log (i32.const 0) (i32.const 200000))
            (local.set $count (i32.add (local.get $count) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $count) (i32.const 50))))
        {}",
        say('k')
    );
    let guest = Guest { query, ..log() };
    let error = contained(&guest).await;
    assert!(
        matches!(error, CallError::Limit(_) | CallError::Trap(_)),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_of_one_giant_string_many_times_meets_a_limit() {
    // 2,000 fields, each name and value pointing at the same 100 kB.
    let query = format!(
        "(local $at i32)
        (local.set $at (i32.const 131072))
        (loop $again
            (i32.store (local.get $at) (i32.const 0))
            (i32.store (i32.add (local.get $at) (i32.const 4)) (i32.const 100000))
            (local.set $at (i32.add (local.get $at) (i32.const 8)))
            (br_if $again (i32.lt_u (local.get $at) (i32.const 163072))))
        (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 131072) (i32.const 2000))
        {}",
        say('k')
    );
    let guest = Guest { query, ..log() };
    let error = contained(&guest).await;
    assert!(
        matches!(error, CallError::Limit(_) | CallError::Trap(_)),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_giant_answer_is_refused() {
    let query =
        "(drop (memory.grow (i32.const 32))) (call $fail (i32.const 0) (i32.const 2000000))";
    let guest = Guest {
        query: query.into(),
        ..Guest::default()
    };
    let error = contained(&guest).await;
    let refused = matches!(
        error,
        CallError::Contract(_) | CallError::Limit(_) | CallError::Trap(_)
    );
    assert!(refused, "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_host_calls_meets_a_limit() {
    let guest = Guest {
        imports: "(import \"guichet:host/clock@0.1.0\" \"now\" (func $now (result i64)))".into(),
        query: "(loop $again (drop (call $now)) (br $again)) (unreachable)".into(),
        ..Guest::default()
    };
    assert!(matches!(contained(&guest).await, CallError::Limit(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_much_randomness_traps() {
    let guest = Guest {
        imports: "(import \"guichet:host/random@0.1.0\" \"bytes\" (func $bytes (param i32 i32)))"
            .into(),
        query: format!(
            "(call $bytes (i32.const 1025) (i32.const 2048)) {}",
            say('k')
        ),
        ..Guest::default()
    };
    let error = contained(&guest).await;
    assert!(
        matches!(error, CallError::Trap(_) | CallError::Limit(_)),
        "{error:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trap_ends_the_call_only() {
    let guest = Guest {
        query: "(unreachable)".into(),
        ..Guest::default()
    };
    assert!(matches!(contained(&guest).await, CallError::Trap(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wild_answers_are_no_answers() {
    // An address outside of memory, a case that does not exist, broken UTF-8.
    let outside = "(i32.const 0x7ffffff0)";
    let no_case = "(i32.store8 (i32.const 1024) (i32.const 1))
        (i32.store8 (i32.const 1032) (i32.const 99)) (i32.const 1024)";
    let no_text =
        "(i32.store8 (i32.const 0) (i32.const 0xff)) (call $fail (i32.const 0) (i32.const 1))";
    for query in [outside, no_case, no_text] {
        let guest = Guest {
            query: query.into(),
            ..Guest::default()
        };
        let error = contained(&guest).await;
        assert!(
            matches!(error, CallError::Trap(_) | CallError::Contract(_)),
            "{error:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_flood_is_cut_and_counted_and_the_call_goes_on() {
    let query = format!(
        "(local $count i32)
        (loop $again
            (call $log (i32.const 4096) (i32.const 5))
            (local.set $count (i32.add (local.get $count) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $count) (i32.const 40))))
        {}",
        say('k')
    );
    let guest = log();
    let fields = format!("{}{}", guest.fields, data(4_096, "hello"));
    let guest = Guest {
        query,
        fields,
        ..guest
    };
    let bench = Bench::new();
    let (report, _) = bench.query(&guest.component(), &bare("hostile")).await;
    assert_eq!(letter(&report), Some('k'), "{:?}", report.result);
    assert_eq!((report.log.len(), report.log_dropped), (8, 32));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn log_lines_cannot_be_forged_and_hold_no_personal_data() {
    let line = "paid\n2026-11-21 INFO forged\x1b[2J 11010519491231002X 13800138000";
    let guest = log();
    let fields = format!("{}{}", guest.fields, data(4_096, line));
    let query = format!(
        "(call $log (i32.const 4096) (i32.const {})) {}",
        line.len(),
        say('k')
    );
    let guest = Guest {
        query,
        fields,
        ..guest
    };
    let bench = Bench::new();
    let (report, _) = bench.query(&guest.component(), &bare("hostile")).await;
    let kept = &report.log[0].message;
    assert!(
        !kept.contains(|letter: char| letter.is_control()),
        "{kept:?}"
    );
    assert!(
        !kept.contains("11010519491231002X") && !kept.contains("13800138000"),
        "{kept:?}"
    );
}
