//! What a biller or a bank says in its own words, for people.

/// The most characters that are kept of it.
const CHARACTERS: usize = 200;

/// No more of it than a citizen reads, on one line.
#[must_use]
pub fn own_words(message: &str) -> String {
    let plain = message.chars().filter(|c| !c.is_control());
    plain.take(CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_others_are_cut_and_stand_on_one_line() {
        assert_eq!(own_words("no\nsuch\u{7} bill"), "nosuch bill");
        assert_eq!(own_words(&"费".repeat(300)), "费".repeat(200));
    }
}
