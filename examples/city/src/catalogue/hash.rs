//! The fixed hash by which billers differ: no randomness, the same on every
//! machine and in every release.

/// FNV-1a over the text, then scrambled so that the low digits differ too.
pub(super) fn hash(text: &str) -> u64 {
    let folded = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mixed = (folded ^ (folded >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// A number below 100 for one question about one name.
pub(super) fn percent(question: &str, name: &str) -> u64 {
    hash(&format!("{question}:{name}")) % 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_never_changes_and_spreads_evenly() {
        assert_eq!(percent("dialect", "b-330100-water-1"), 47);
        let mut counts = [0_u32; 10];
        for number in 0..10_000 {
            counts[(percent("dialect", &format!("b-{number}")) / 10) as usize] += 1;
        }
        assert!(
            counts.iter().all(|count| (850..1_150).contains(count)),
            "{counts:?}"
        );
    }
}
