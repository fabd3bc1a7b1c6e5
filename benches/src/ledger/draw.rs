//! Which accounts a transfer touches.
#![expect(
    clippy::float_arithmetic,
    reason = "a distribution has fractional weights"
)]

use super::ACCOUNTS;

/// The exponent of `pgbench`'s `random_zipfian` in the same run.
pub(super) const EXPONENT: f64 = 1.5;

/// How accounts are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Skew {
    /// All alike.
    Uniform,
    /// A few of them most of the time.
    Zipf,
}

impl Skew {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::Zipf => "zipf",
        }
    }
}

/// Draws account numbers, below `ACCOUNTS`.
#[derive(Debug, Clone)]
pub(super) struct Draw {
    seed: u64,
    /// Sums of the weights up to each account; empty where all weigh alike.
    weights: std::sync::Arc<Vec<f64>>,
}

impl Draw {
    pub(super) fn new(skew: Skew) -> Self {
        let mut sum = 0.0;
        let weights = match skew {
            Skew::Uniform => Vec::new(),
            Skew::Zipf => (1..=u32::try_from(ACCOUNTS).unwrap_or(1))
                .map(|rank| {
                    sum += f64::from(rank).powf(-EXPONENT);
                    sum
                })
                .collect(),
        };
        Self {
            seed: 1,
            weights: weights.into(),
        }
    }

    /// The same distribution with another sequence.
    pub(super) fn seeded(&self, seed: u64) -> Self {
        Self {
            seed: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            weights: self.weights.clone(),
        }
    }

    /// Two accounts that differ.
    pub(super) fn pair(&mut self) -> (usize, usize) {
        let from = self.one();
        let to = self.one();
        if from == to {
            (from, (to + 1) % ACCOUNTS)
        } else {
            (from, to)
        }
    }

    fn one(&mut self) -> usize {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        let drawn = u32::try_from(self.seed >> 32).unwrap_or_default();
        match self.weights.last() {
            None => drawn as usize % ACCOUNTS,
            Some(sum) => {
                let at = f64::from(drawn) / f64::from(u32::MAX) * sum;
                let place = self.weights.partition_point(|weight| *weight < at);
                place.min(ACCOUNTS - 1)
            }
        }
    }
}
