//! The languages that the host itself speaks, chosen from `Accept-Language`.
//! Texts of services come from their manifests.

/// A language of the host's own texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Simplified Chinese, the default.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The first language of an `Accept-Language` header that the host speaks.
    /// Weights are taken in the order written, which is how clients send them.
    #[must_use]
    pub fn from_header(header: &str) -> Self {
        header
            .split(',')
            .take(16)
            .find_map(|entry| match entry.trim().get(..2) {
                Some("zh") => Some(Self::Chinese),
                Some("en") => Some(Self::English),
                _ => None,
            })
            .unwrap_or_default()
    }

    /// The BCP 47 tag, as services use it for their texts.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The text of this language.
    #[must_use]
    pub const fn pick<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Chinese => chinese,
            Self::English => english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_language_wins_and_chinese_is_the_default() {
        assert_eq!(
            Language::from_header("fr-FR, en;q=0.8, zh;q=0.5"),
            Language::English
        );
        assert_eq!(
            Language::from_header("zh-TW,zh;q=0.9,en;q=0.8"),
            Language::Chinese
        );
        assert_eq!(Language::from_header("é"), Language::Chinese);
        assert_eq!(Language::from_header(""), Language::Chinese);
    }
}
