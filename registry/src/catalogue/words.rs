//! Words of texts and queries: folded, split at the border between Chinese and
//! Latin characters, and recognised as names of regions.

use std::collections::HashMap;

use crate::taxonomy::Taxonomy;

use super::span::Span;

/// A run of characters of one script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// Chinese (or any other script without spaces): found anywhere in a text.
    Chinese(Vec<char>),
    /// Latin letters and digits: found at the beginning of a text's word.
    Latin(String),
}

/// Splits a text. Case, width, accents and apostrophes make no difference.
pub(super) fn split(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut joined = false;
    for character in text.chars().map(fold) {
        if character == '\'' || character == '’' {
            continue;
        }
        if !character.is_alphanumeric() {
            joined = false;
            continue;
        }
        let latin = character.is_ascii();
        match words.last_mut() {
            Some(Word::Latin(word)) if joined && latin => word.push(character),
            Some(Word::Chinese(word)) if joined && !latin => word.push(character),
            _ if latin => words.push(Word::Latin(character.to_string())),
            _ => words.push(Word::Chinese(vec![character])),
        }
        joined = true;
    }
    words
}

fn fold(character: char) -> char {
    let narrow = match character {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character)
        }
        '\u{3000}' => ' ',
        other => other,
    };
    match narrow.to_lowercase().next().unwrap_or(narrow) {
        'ü' | 'ú' | 'ù' => 'u',
        'ê' | 'é' | 'è' => 'e',
        'á' | 'à' | 'ä' => 'a',
        'ö' | 'ó' => 'o',
        'í' => 'i',
        lower => lower,
    }
}

/// English words that say what a place is.
const GENERIC: [&str; 9] = [
    "district",
    "county",
    "prefecture",
    "league",
    "banner",
    "city",
    "new",
    "autonomous",
    "province",
];

/// Names of regions, as people write them.
#[derive(Debug)]
pub(super) struct Places {
    chinese: HashMap<String, Vec<Span>>,
    /// Sorted, for names that are only begun.
    latin: Vec<(String, Span)>,
    longest: usize,
}

impl Places {
    pub(super) fn build(taxonomy: &Taxonomy) -> Self {
        let mut chinese: HashMap<String, Vec<Span>> = HashMap::new();
        let mut latin = Vec::new();
        for region in taxonomy.regions() {
            let span = Span::of(region.code.as_str());
            for name in [&region.name, &region.short_name] {
                let spans = chinese.entry(name.to_string()).or_default();
                if !spans.contains(&span) {
                    spans.push(span);
                }
            }
            latin.push((latin_name(&region.english), span));
        }
        latin.sort_by(|left, right| left.0.cmp(&right.0));
        let longest = chinese
            .keys()
            .map(|name| name.chars().count())
            .max()
            .unwrap_or(0);
        Self {
            chinese,
            latin,
            longest,
        }
    }

    /// The regions that a word names.
    pub(super) fn named(&self, word: &Word) -> Vec<Span> {
        match word {
            Word::Chinese(characters) => self.chinese_named(characters).to_vec(),
            Word::Latin(word) if word.len() >= 4 => {
                let from = self
                    .latin
                    .partition_point(|(name, _)| name.as_str() < word.as_str());
                let begun = self.latin[from..].iter();
                begun
                    .take_while(|(name, _)| name.starts_with(word.as_str()))
                    .take(16)
                    .map(|(_, span)| *span)
                    .collect()
            }
            Word::Latin(_) => Vec::new(),
        }
    }

    /// Cuts a region's name off the beginning or end of a Chinese word:
    /// 杭州水费 is 杭州 and 水费.
    pub(super) fn cut(&self, word: &[char]) -> Option<(Vec<Span>, Vec<char>)> {
        let most = self.longest.min(word.len().saturating_sub(1));
        (2..=most).rev().find_map(|length| {
            let head = self.chinese_named(&word[..length]);
            if !head.is_empty() {
                return Some((head.to_vec(), word[length..].to_vec()));
            }
            let (rest, tail) = word.split_at(word.len() - length);
            let tail = self.chinese_named(tail);
            (!tail.is_empty()).then(|| (tail.to_vec(), rest.to_vec()))
        })
    }

    fn chinese_named(&self, characters: &[char]) -> &[Span] {
        if !(2..=self.longest).contains(&characters.len()) {
            return &[];
        }
        let name: String = characters.iter().collect();
        self.chinese.get(&name).map_or(&[], Vec::as_slice)
    }
}

/// `Xihu District` as `xihu`, `Inner Mongolia` as `innermongolia`.
fn latin_name(english: &str) -> String {
    let words: Vec<String> = split(english)
        .into_iter()
        .filter_map(|word| match word {
            Word::Latin(word) => Some(word),
            Word::Chinese(_) => None,
        })
        .collect();
    let specific: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !GENERIC.contains(word))
        .collect();
    if specific.is_empty() {
        words.concat()
    } else {
        specific.concat()
    }
}

#[cfg(test)]
mod tests;
