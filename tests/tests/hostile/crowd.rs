//! Many hostile guests at once: others are still served.

use std::time::Duration;

use guichet_sandbox::CallError;

use crate::FOR_EVER;
use crate::bench::{Bench, DEADLINE_MS, bare, letter};
use crate::guest::Guest;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_looping_guests_leave_room_for_others() {
    let bench = Bench::new();
    let bad = Guest {
        query: FOR_EVER.into(),
        ..Guest::default()
    }
    .component();
    let good = Guest::default().component();
    bench.load(&good).await.unwrap();
    bench.load(&bad).await.unwrap();
    let hostile: Vec<_> = (0..8)
        .map(|number| bare(&format!("hostile-{number}")))
        .collect();
    let attack = futures_join(hostile.iter().map(|binding| bench.query(&bad, binding)));
    let neighbour = bare("neighbour");
    let served = async {
        for _ in 0..10 {
            let (report, took) = bench.query(&good, &neighbour).await;
            assert_eq!(letter(&report), Some('k'));
            assert!(
                took < Duration::from_millis(150),
                "a neighbour took {took:?}"
            );
        }
    };
    let (reports, ()) = tokio::join!(attack, served);
    for (report, _) in reports {
        assert_eq!(report.result.err(), Some(CallError::Deadline(DEADLINE_MS)));
    }
}

/// Drives all futures at once and gives their results in order.
async fn futures_join<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|context| {
        let mut open = false;
        for (future, result) in &mut waiting {
            if result.is_none() {
                match future.as_mut().poll(context) {
                    std::task::Poll::Ready(output) => *result = Some(output),
                    std::task::Poll::Pending => open = true,
                }
            }
        }
        if open {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    waiting
        .into_iter()
        .map(|(_, result)| result.expect("all are ready"))
        .collect()
}
