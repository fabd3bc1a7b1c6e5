//! Masks for names, addresses and numbers, so that no more of a person is shown
//! than is needed to recognise oneself.

use crate::error::Fault;
use crate::node::Node;

/// Address characters that may be shown: city and district, roughly.
const ADDRESS_SHOWN: usize = 6;

/// `name` keeps the first character, `address` the first six, `3-4` three in
/// front and four behind. What is too short to be masked so keeps one character.
pub(super) fn mask(plain: &str, rule: &str) -> Result<Node<'static>, Fault> {
    let count = plain.chars().count();
    let (front, back) = match rule {
        "name" => (1, 0),
        "address" => (ADDRESS_SHOWN, 0),
        _ => rule
            .split_once('-')
            .and_then(|(front, back)| Some((front.parse().ok()?, back.parse().ok()?)))
            .ok_or_else(|| {
                Fault::mapping(
                    "a mask is name, address, or how much is shown in front and behind: 3-4",
                )
            })?,
    };
    let shown: usize = front + back;
    let (front, back) = if count > shown { (front, back) } else { (1, 0) };
    let masked = plain.chars().enumerate().map(|(index, character)| {
        if index < front || index + back >= count {
            character
        } else {
            '*'
        }
    });
    Ok(Node::text(masked.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_shown_than_the_rule_says() {
        for (plain, rule, shown) in [
            ("张三丰", "name", "张**"),
            ("张", "name", "张"),
            ("330102199001011234", "4-4", "3301**********1234"),
            ("1234", "3-4", "1***"),
            ("杭州市西湖区文一路1号", "address", "杭州市西湖区*****"),
        ] {
            assert_eq!(mask(plain, rule).expect("a rule"), Node::text(shown));
        }
        assert!(mask("x", "3").is_err());
    }
}
