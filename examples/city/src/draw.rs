//! Repeatable chance: the same names always draw the same values, so that the
//! country needs no stored accounts. It is no source of secrets; `keys` is.

/// A sequence of values that depends on nothing but the names it began with.
#[derive(Debug, Clone)]
pub(crate) struct Draw(u64);

impl Draw {
    /// Begins the sequence that belongs to these names.
    pub(crate) fn of(seed: u64, names: &[&str]) -> Self {
        let mut state = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for name in names {
            for byte in name.bytes() {
                state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
            // A boundary, so that ("ab", "c") and ("a", "bc") differ.
            state = (state ^ 0x1ff).wrapping_mul(0x0000_0100_0000_01b3);
        }
        Self(state)
    }

    /// The next value.
    pub(crate) fn value(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from zero up to, and without, the limit.
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        (self.value() % u64::from(limit.max(1))) as u32
    }

    /// An amount between both, included.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = to
            .saturating_sub(from)
            .max(0)
            .unsigned_abs()
            .saturating_add(1);
        from.saturating_add((self.value() % width) as i64)
    }

    /// One of the choices.
    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[(self.value() % choices.len() as u64) as usize]
    }

    /// Decimal digits, the first of which is not zero.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|position| {
                let digit = self.below(10);
                let digit = if position == 0 { digit.max(1) } else { digit };
                char::from(b'0' + digit as u8)
            })
            .collect()
    }

    /// Sixteen hexadecimal digits.
    pub(crate) fn hex(&mut self) -> String {
        format!("{:016x}", self.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_names_draw_the_same_and_boundaries_count() {
        let first = |names: &[&str]| Draw::of(7, names).value();
        assert_eq!(first(&["water", "1"]), first(&["water", "1"]));
        assert_ne!(first(&["water", "1"]), first(&["water1", ""]));
        assert_ne!(Draw::of(7, &["a"]).value(), Draw::of(8, &["a"]).value());
    }

    #[test]
    fn amounts_stay_between_their_limits() {
        let mut draw = Draw::of(1, &["amounts"]);
        for _ in 0..1_000 {
            assert!((300..=305).contains(&draw.between(300, 305)));
            assert!(draw.below(3) < 3);
        }
        assert_eq!(draw.between(5, 5), 5);
        assert_eq!(draw.digits(20).len(), 20);
    }
}
