//! What one biller that hangs costs those who use the other 199: a bill query and
//! its payment at the others, while the one answers and while it hangs, in turn.
//! The peer is the same marketplace without the hanging.

use std::time::Duration;

use anyhow::Result;
use guichet_tests::neighbours::{Neighbour, Neighbours};
use serde_json::{Value, json};

use crate::say;
use crate::statistics::{Samples, median, millis, ratio};

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_secs(8);

/// Runs the bench.
pub(crate) async fn measure() -> Result<Value> {
    let neighbours = Neighbours::start().await?;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let mut ratios = Vec::new();
    for round in 1..=ROUNDS {
        say(&format!("round {round} of {ROUNDS}"));
        // Each comes first in turn.
        let order = if round % 2 == 0 {
            [Neighbour::Answers, Neighbour::Hangs]
        } else {
            [Neighbour::Hangs, Neighbour::Answers]
        };
        let mut slowest = [Duration::ZERO; 2];
        for neighbour in order {
            let times = neighbours.round(neighbour, ROUND).await?;
            let p99 = Samples::new(times.clone()).p99();
            match neighbour {
                Neighbour::Hangs => {
                    slowest[0] = p99;
                    with.extend(times);
                }
                Neighbour::Answers => {
                    slowest[1] = p99;
                    without.extend(times);
                }
            }
        }
        ratios.push(ratio(slowest[0], slowest[1]));
    }
    let (with, without) = (Samples::new(with), Samples::new(without));
    Ok(json!({
        "bench": "neighbours",
        "services": 200,
        "rounds": ROUNDS,
        "payments": with.len() + without.len(),
        "one_answers_ms_p50": millis(without.p50()),
        "one_answers_ms_p99": millis(without.p99()),
        "one_hangs_ms_p50": millis(with.p50()),
        "one_hangs_ms_p99": millis(with.p99()),
        "p99_ratio_median": median(ratios),
        "p99_ratio_of_all": ratio(with.p99(), without.p99()),
    }))
}
