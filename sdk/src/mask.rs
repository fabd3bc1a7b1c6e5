//! Masks for what must not be shown whole, where the other side does not mask.

/// Keeps the given number of characters at both ends: `3301**********1234`.
/// What is too short to keep anything secret is masked whole.
#[must_use]
pub fn middle(text: &str, keep_first: usize, keep_last: usize) -> String {
    let count = text.chars().count();
    let (first, last) = if keep_first + keep_last < count {
        (keep_first, keep_last)
    } else {
        (0, 0)
    };
    let masked = |(position, character)| {
        if position < first || position + last >= count {
            character
        } else {
            '*'
        }
    };
    text.chars().enumerate().map(masked).collect()
}

/// A person's name by its surname: `张*`, `欧阳*`. Names whose surname has two
/// characters cannot be told from others with certainty, so only the common
/// ones are.
#[must_use]
pub fn person(name: &str) -> String {
    const DOUBLE: &[&str] = &[
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐",
    ];
    if let Some(surname) = DOUBLE.iter().find(|surname| name.starts_with(**surname)) {
        return format!("{surname}*");
    }
    name.chars()
        .next()
        .map(|first| format!("{first}*"))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_hidden() {
        assert_eq!(middle("330102199001011234", 4, 4), "3301**********1234");
        assert_eq!(middle("1234", 2, 2), "****");
        assert_eq!(middle("", 1, 1), "");
    }

    #[test]
    fn surnames_stay() {
        assert_eq!(person("张三丰"), "张*");
        assert_eq!(person("欧阳修"), "欧阳*");
        assert_eq!(person(""), "");
    }
}
