//! Regions as ranges of GB/T 2260 numbers: what lies in what, without a lookup.

use crate::service::Service;

/// A region as the range of codes that lie in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    first: u32,
    last: u32,
}

/// How a service's region lies to the one that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nearness {
    /// The whole country contains it.
    Country,
    /// A province or city contains it.
    Around,
    /// It lies inside.
    Inside,
    /// The same.
    Same,
}

impl Span {
    /// The range of a code of six digits.
    pub(super) fn of(code: &str) -> Self {
        let first = code.parse().unwrap_or(0);
        let width = match first {
            0 => 1_000_000,
            code if code % 10_000 == 0 => 10_000,
            code if code % 100 == 0 => 100,
            _ => 1,
        };
        Self {
            first,
            last: first + width - 1,
        }
    }

    /// Where a service really is: its coverage where it has one.
    pub(super) fn of_all(service: &Service) -> Box<[Self]> {
        let regions = if service.coverage.is_empty() {
            &service.regions
        } else {
            &service.coverage
        };
        regions
            .iter()
            .map(|region| Self::of(region.as_str()))
            .collect()
    }

    fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    fn nearness(self, asked: Self) -> Option<Nearness> {
        if self == asked {
            Some(Nearness::Same)
        } else if asked.contains(self) {
            Some(Nearness::Inside)
        } else if self.contains(asked) {
            Some(if self.first == 0 {
                Nearness::Country
            } else {
                Nearness::Around
            })
        } else {
            None
        }
    }

    /// The nearest of several.
    pub(super) fn nearest(spans: &[Self], asked: Self) -> Option<Nearness> {
        spans.iter().filter_map(|span| span.nearness(asked)).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_what_lies_in_what() {
        let near = |service: &str, asked: &str| Span::of(service).nearness(Span::of(asked));
        assert_eq!(near("330100", "330100"), Some(Nearness::Same));
        assert_eq!(near("330106", "330100"), Some(Nearness::Inside));
        assert_eq!(near("330000", "330106"), Some(Nearness::Around));
        assert_eq!(near("000000", "330106"), Some(Nearness::Country));
        assert_eq!(near("000000", "000000"), Some(Nearness::Same));
        assert_eq!(near("330200", "330100"), None);
        assert_eq!(near("110101", "110000"), Some(Nearness::Inside));
        let both = [Span::of("000000"), Span::of("330106")];
        assert_eq!(
            Span::nearest(&both, Span::of("330100")),
            Some(Nearness::Inside)
        );
    }
}
