//! How personal data of an account is masked. Plugins mask first; the host
//! applies the same rule again, which changes nothing that is masked already.

use serde::{Deserialize, Serialize};

/// What remains legible of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MaskRule {
    /// Everything.
    None,
    /// The first character: 王**.
    KeepFirst,
    /// The last character: **明. The usual rule for names.
    KeepLast,
    /// The first third: 杭州市西湖区*******. The usual rule for addresses.
    KeepThird,
    /// The last four characters: *******6789.
    KeepLastFour,
    /// Nothing.
    Hide,
}

impl MaskRule {
    /// Replaces what must not be read with `*`, one for each character.
    #[must_use]
    pub fn apply(self, text: &str) -> String {
        let length = text.chars().count();
        let kept = match self {
            Self::None => 0..length,
            Self::KeepFirst => 0..length.saturating_sub(1).min(1),
            Self::KeepLast => length.saturating_sub(1).max(1)..length,
            Self::KeepThird => 0..length / 3,
            Self::KeepLastFour => length.saturating_sub(4).max(length / 2)..length,
            Self::Hide => 0..0,
        };
        let mask = |(position, character)| {
            if kept.contains(&position) {
                character
            } else {
                '*'
            }
        };
        text.chars().enumerate().map(mask).collect()
    }
}

/// Rules for the account's personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Masks {
    /// For `account.holder-name`.
    pub holder_name: MaskRule,
    /// For `account.address`.
    pub address: MaskRule,
}

impl Default for Masks {
    fn default() -> Self {
        Self {
            holder_name: MaskRule::KeepLast,
            address: MaskRule::KeepThird,
        }
    }
}

impl Masks {
    pub(super) fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masking_hides_the_rest_and_is_idempotent() {
        let cases = [
            (MaskRule::KeepFirst, "王小明", "王**"),
            (MaskRule::KeepLast, "王小明", "**明"),
            (MaskRule::KeepLast, "王", "*"),
            (MaskRule::KeepFirst, "王", "*"),
            (
                MaskRule::KeepThird,
                "杭州市西湖区文三路9号",
                "杭州市********",
            ),
            (MaskRule::KeepLastFour, "13800006789", "*******6789"),
            (MaskRule::KeepLastFour, "678", "*78"),
            (MaskRule::Hide, "abc", "***"),
            (MaskRule::None, "abc", "abc"),
            (MaskRule::KeepLast, "", ""),
        ];
        for (rule, text, masked) in cases {
            assert_eq!(rule.apply(text), masked, "{rule:?}");
            assert_eq!(rule.apply(masked), masked, "{rule:?} again");
        }
    }
}
