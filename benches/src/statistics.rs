//! Quantiles, rates and ratios: the only place of this crate with floating
//! point, which is good enough for figures and for nothing else.
#![expect(
    clippy::float_arithmetic,
    reason = "figures about time are no money; ratios need fractions"
)]

use std::time::Duration;

/// Durations, sorted.
#[derive(Debug, Clone)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    /// Sorts them.
    pub(crate) fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The median.
    pub(crate) fn p50(&self) -> Duration {
        self.quantile(500)
    }

    /// One of a hundred is slower.
    pub(crate) fn p99(&self) -> Duration {
        self.quantile(990)
    }

    fn quantile(&self, thousandths: usize) -> Duration {
        let last = self.0.len().saturating_sub(1);
        let place = (last * thousandths).div_ceil(1_000);
        self.0.get(place).copied().unwrap_or_default()
    }
}

/// Microseconds with one digit behind the point.
pub(crate) fn micros(time: Duration) -> f64 {
    rounded(time.as_secs_f64() * 1e6, 1)
}

/// Milliseconds with two digits behind the point.
pub(crate) fn millis(time: Duration) -> f64 {
    rounded(time.as_secs_f64() * 1e3, 2)
}

/// The share of each of so many, in microseconds.
pub(crate) fn micros_each(whole: Duration, count: usize) -> f64 {
    rounded(whole.as_secs_f64() * 1e6 / count.max(1) as f64, 1)
}

/// The share of each of so many.
pub(crate) fn bytes_each(whole: u64, count: usize) -> f64 {
    rounded(whole as f64 / count.max(1) as f64, 0)
}

/// How many came in one second.
pub(crate) fn per_second(count: usize, elapsed: Duration) -> f64 {
    rounded(count as f64 / elapsed.as_secs_f64().max(1e-9), 1)
}

/// The time between two where half as many come as in `per_second`.
pub(crate) fn half_as_often(per_second: f64) -> Duration {
    Duration::from_secs_f64(2.0 / per_second.max(1.0))
}

/// How many times as long.
pub(crate) fn ratio(ours: Duration, theirs: Duration) -> f64 {
    rounded(ours.as_secs_f64() / theirs.as_secs_f64().max(1e-9), 3)
}

/// How many times as many.
pub(crate) fn times(ours: f64, theirs: f64) -> f64 {
    rounded(ours / theirs.max(1e-9), 3)
}

/// The middle one; zero where there is none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_counted_from_the_fastest() {
        let samples = Samples::new((1..=101).rev().map(Duration::from_micros).collect());
        assert_eq!(samples.p50(), Duration::from_micros(51));
        assert_eq!(samples.p99(), Duration::from_micros(100));
        assert_eq!(Samples::new(Vec::new()).p99(), Duration::ZERO);
    }

    #[test]
    fn ratios_say_how_many_times_as_long() {
        let (ours, theirs) = (Duration::from_micros(125), Duration::from_micros(100));
        assert_eq!(ratio(ours, theirs).to_string(), "1.25");
        assert_eq!(median(vec![3.0, 1.0, 2.0]).to_string(), "2");
    }
}
