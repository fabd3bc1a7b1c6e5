//! When an open payment is looked after again, and who owns it meanwhile.

use guichet_domain::Moment;

use crate::ports::Random;

/// The first delay; it doubles from try to try.
const FIRST_MS: i64 = 500;
/// The longest delay.
const LONGEST_MS: i64 = 5 * 60_000;
/// What a biller may ask us to wait at most.
const LONGEST_ASKED_MS: i64 = 60 * 60_000;
/// News while the house itself keeps asking.
pub(super) const NEWS_BY_WORKER_MS: i64 = 2 * 60 * 60_000;
/// News where only people or the biller's day file can tell.
pub(super) const NEWS_BY_OPERATOR_MS: i64 = 24 * 60 * 60_000;
/// After this age people look at a payment too, whatever the worker does.
pub(super) const ESCALATION_AGE_MS: i64 = NEWS_BY_WORKER_MS;

/// The name of the owner that keeps asking.
pub(super) const WORKER: &str = "worker";
/// The name of the owner that decides by evidence.
pub(super) const OPERATOR: &str = "operator";

/// The moment of the next look: doubling delays with up to a quarter of
/// jitter, so that a biller that comes back is not met by all at once.
pub(super) fn next_look(
    now: Moment,
    tries: u32,
    asked_seconds: Option<u32>,
    random: &dyn Random,
) -> Moment {
    let doubled = FIRST_MS.saturating_mul(1 << tries.min(20)).min(LONGEST_MS);
    let asked = asked_seconds.map_or(0, |seconds| i64::from(seconds) * 1_000);
    let delay = doubled.max(asked.min(LONGEST_ASKED_MS));
    let mut byte = [0; 1];
    random.fill(&mut byte);
    now.plus_ms(delay + delay / 4 * i64::from(byte[0]) / 256)
}

/// By when there is news of what is open since `since`. A promise that was not
/// kept is renewed from now on.
pub(super) fn news_by(owner: &str, since: Moment, now: Moment) -> Moment {
    let patience = if owner == OPERATOR {
        NEWS_BY_OPERATOR_MS
    } else {
        NEWS_BY_WORKER_MS
    };
    let promised = since.plus_ms(patience);
    if promised > now {
        promised
    } else {
        now.plus_ms(patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(u8);

    impl Random for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn delays_double_up_to_a_bound_and_respect_the_biller() {
        let now = Moment::from_micros(0);
        let delay = |tries, asked| next_look(now, tries, asked, &Fixed(0)).ms_since(now);
        assert_eq!(
            [delay(0, None), delay(1, None), delay(3, None)],
            [500, 1_000, 4_000]
        );
        assert_eq!(delay(u32::MAX, None), 300_000, "five minutes");
        assert_eq!(delay(0, Some(30)), 30_000);
        assert_eq!(delay(0, Some(u32::MAX)), 3_600_000, "an hour");
        assert_eq!(
            next_look(now, 0, None, &Fixed(255)).ms_since(now),
            500 + 124
        );
    }

    #[test]
    fn news_are_promised_within_the_owners_patience_and_then_anew() {
        let since = Moment::from_micros(0);
        for (owner, hours) in [(WORKER, 2), (OPERATOR, 24)] {
            let promised = since.plus_ms(hours * 3_600_000);
            let told = |now| news_by(owner, since, now);
            assert_eq!(told(since), promised, "{owner}");
            assert_eq!(told(promised.plus_ms(-1)), promised, "{owner}");
            let again = promised.plus_ms(hours * 3_600_000);
            assert_eq!(told(promised), again, "{owner}");
        }
    }
}
