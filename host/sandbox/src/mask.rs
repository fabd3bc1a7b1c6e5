//! Makes a plugin's message fit to be read by others: control characters are
//! escaped, so that no line can be forged, and what looks like an ID number, a
//! phone number or a bank card is masked.

/// Digits in a row (spaces and hyphens between them allowed) from which a number
/// may be somebody's: mobile numbers have 11, ID numbers 15 or 18, cards 12 to 19.
const FEWEST_DIGITS: usize = 11;
/// What stays readable at the end of a masked number.
const SHOWN_DIGITS: usize = 2;

/// The message as the publisher may read it.
pub(crate) fn publishable(message: &str) -> String {
    escaped(&masked(message))
}

/// Replaces control characters and the characters that turn or split lines.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        let turns = matches!(letter,
            '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{061c}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if letter.is_control() || turns {
            safe.extend(letter.escape_unicode());
        } else {
            safe.push(letter);
        }
    }
    safe
}

/// Masks long numbers and the local part of mail addresses.
fn masked(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut safe = String::with_capacity(text.len());
    let mut position = 0;
    while position < letters.len() {
        let run = number_at(&letters, position);
        if run.digits < FEWEST_DIGITS {
            // A short number is copied whole, so that its tail is not looked at
            // again as a number of its own.
            let end = run.end.max(position + 1);
            safe.extend(&letters[position..end]);
            position = end;
            continue;
        }
        let hidden = run.digits - SHOWN_DIGITS;
        safe.extend(std::iter::repeat_n('*', hidden));
        let digits = letters[position..run.end]
            .iter()
            .filter(|letter| is_digit(**letter));
        safe.extend(digits.skip(hidden));
        position = run.end;
    }
    safe
}

/// A number in the text: its digits and where it ends.
struct Run {
    digits: usize,
    end: usize,
}

fn number_at(letters: &[char], start: usize) -> Run {
    let mut run = Run {
        digits: 0,
        end: start,
    };
    let mut position = start;
    while let Some(letter) = letters.get(position) {
        if letter.is_numeric() || (run.digits >= 14 && is_check_letter(*letter)) {
            run.digits += 1;
            run.end = position + 1;
        } else if run.digits == 0 || !matches!(letter, ' ' | '-') {
            break;
        } else if letters
            .get(position + 1)
            .is_none_or(|next| !next.is_numeric())
        {
            // One separator at a time, and only between digits.
            break;
        }
        position += 1;
    }
    run
}

fn is_digit(letter: char) -> bool {
    letter.is_numeric() || is_check_letter(letter)
}

/// The last place of an ID number may be an X.
fn is_check_letter(letter: char) -> bool {
    matches!(letter, 'x' | 'X')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_numbers_are_masked() {
        for (text, safe) in [
            ("id 11010519491231002X.", "id ****************2X."),
            ("电话13812345678转", "电话*********78转"),
            ("card 6222 0210 0112 3456 789", "card *****************89"),
            ("138-1234-5678", "*********78"),
            ("全角１３８１２３４５６７８", "全角*********７８"),
        ] {
            assert_eq!(publishable(text), safe);
        }
    }

    #[test]
    fn ordinary_numbers_stay() {
        for text in [
            "amount 8650 of 2026-11-21",
            "code 1234567890",
            "a - b",
            "12 345",
            "",
        ] {
            assert_eq!(publishable(text), text);
        }
    }

    #[test]
    fn no_line_can_be_forged() {
        assert_eq!(publishable("ok\nERROR paid"), "ok\\u{a}ERROR paid");
        assert_eq!(
            publishable("a\u{1b}[31m\u{202e}b"),
            "a\\u{1b}[31m\\u{202e}b"
        );
    }
}
