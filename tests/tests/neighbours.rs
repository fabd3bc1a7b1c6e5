//! One biller that hangs must not be felt by those who use the others. Here
//! coarsely; `cargo xtask bench neighbours` gives the figure.

use std::time::Duration;

use guichet_tests::neighbours::{Neighbour, Neighbours};

/// How long each round takes.
const ROUND: Duration = Duration::from_secs(5);
/// How much slower the slowest of the others may become, beside other tests.
const TIMES: u32 = 3;
/// What a busy machine may add to one of a hundred.
const NOISE: Duration = Duration::from_millis(100);

fn slowest_of_a_hundred(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    assert!(times.len() >= 50, "only {} payments", times.len());
    times[(times.len() - 1) * 99 / 100]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_biller_that_hangs_is_not_felt_by_the_others() {
    let neighbours = Neighbours::start().await.unwrap();
    let healthy = neighbours.round(Neighbour::Answers, ROUND).await.unwrap();
    let beside = neighbours.round(Neighbour::Hangs, ROUND).await.unwrap();
    let (healthy, beside) = (slowest_of_a_hundred(healthy), slowest_of_a_hundred(beside));
    println!("p99 {healthy:?}, beside one that hangs {beside:?}");
    assert!(
        beside <= healthy * TIMES + NOISE,
        "{healthy:?} became {beside:?}"
    );
}
