//! Which services hold which words, and where. Chinese is kept by pairs of
//! neighbouring characters, Latin by whole words in order.

use std::collections::{BTreeSet, HashMap};

use super::Entry;
use super::words::{Word, split};
use crate::taxonomy::Taxonomy;

/// Where a word was found; a later one counts more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Keyword,
    Category,
    Biller,
    Title,
}

impl Place {
    const ALL: [Self; 4] = [Self::Keyword, Self::Category, Self::Biller, Self::Title];

    /// What a word found there is worth.
    pub(super) const fn worth(self) -> u32 {
        match self {
            Self::Title => 1_000,
            Self::Biller => 600,
            Self::Category => 400,
            Self::Keyword => 300,
        }
    }
}

/// Position of a service and place in it, four of which make a service.
type Spot = u32;

fn spot(position: u32, place: Place) -> Spot {
    position * 4 + place as u32
}

/// The service of a spot, and the place.
pub(super) fn unspot(spot: Spot) -> (usize, Place) {
    ((spot / 4) as usize, Place::ALL[(spot % 4) as usize])
}

/// One or two neighbouring Chinese characters; `\0` stands for no second one.
type Gram = [char; 2];

#[derive(Debug, Default)]
pub(super) struct Postings {
    chinese: HashMap<Gram, Box<[Spot]>>,
    latin: Vec<(Box<str>, Box<[Spot]>)>,
}

impl Postings {
    pub(super) fn build(entries: &[Entry], taxonomy: &Taxonomy) -> Self {
        let mut chinese: HashMap<Gram, Vec<Spot>> = HashMap::new();
        let mut latin: HashMap<String, Vec<Spot>> = HashMap::new();
        for (position, entry) in (0..).zip(entries) {
            for (place, texts) in texts(entry, taxonomy) {
                let here = spot(position, place);
                let words = texts.into_iter().flat_map(split);
                let mut grams = BTreeSet::new();
                let mut terms = BTreeSet::new();
                for word in words {
                    match word {
                        Word::Chinese(word) => grams.extend(grams_of(&word)),
                        Word::Latin(word) => {
                            terms.insert(word);
                        }
                    }
                }
                grams
                    .into_iter()
                    .for_each(|gram| chinese.entry(gram).or_default().push(here));
                terms
                    .into_iter()
                    .for_each(|term| latin.entry(term).or_default().push(here));
            }
        }
        let mut latin: Vec<(Box<str>, Box<[Spot]>)> = latin
            .into_iter()
            .map(|(word, spots)| (word.into(), spots.into()))
            .collect();
        latin.sort_by(|left, right| left.0.cmp(&right.0));
        let chinese = chinese
            .into_iter()
            .map(|(gram, spots)| (gram, spots.into()))
            .collect();
        Self { chinese, latin }
    }

    /// Spots of a word, ascending, perhaps several times.
    pub(super) fn find(&self, word: &Word) -> Vec<Spot> {
        match word {
            Word::Latin(word) => {
                let from = self.latin.partition_point(|(known, _)| **known < **word);
                let begun = self.latin[from..].iter();
                begun
                    .take_while(|(known, _)| known.starts_with(word.as_str()))
                    .flat_map(|(_, spots)| spots.iter().copied())
                    .collect()
            }
            Word::Chinese(word) => {
                let mut lists: Vec<&[Spot]> = sought(word).map(|gram| self.spots(gram)).collect();
                lists.sort_by_key(|list| list.len());
                let Some((first, others)) = lists.split_first() else {
                    return Vec::new();
                };
                let everywhere =
                    |spot: &Spot| others.iter().all(|list| list.binary_search(spot).is_ok());
                first.iter().copied().filter(everywhere).collect()
            }
        }
    }

    /// Spots of any part of a Chinese word, for sentences such as 我要交水费.
    pub(super) fn find_part(&self, word: &[char]) -> Vec<Spot> {
        sought(word)
            .flat_map(|gram| self.spots(gram))
            .copied()
            .collect()
    }

    fn spots(&self, gram: Gram) -> &[Spot] {
        self.chinese.get(&gram).map_or(&[], |spots| spots)
    }
}

/// What is kept of a word.
fn grams_of(word: &[char]) -> impl Iterator<Item = Gram> {
    let single = word.iter().map(|character| [*character, '\0']);
    single.chain(word.windows(2).map(|pair| [pair[0], pair[1]]))
}

/// What is looked for: pairs, or the one character.
fn sought(word: &[char]) -> impl Iterator<Item = Gram> {
    let single = (word.len() == 1).then(|| [word[0], '\0']);
    single
        .into_iter()
        .chain(word.windows(2).map(|pair| [pair[0], pair[1]]))
}

fn texts<'a>(entry: &'a Entry, taxonomy: &'a Taxonomy) -> [(Place, Vec<&'a str>); 4] {
    let service = &entry.service;
    let all = |texts: &'a crate::texts::Texts| texts.iter().map(|(_, text)| text);
    let category = taxonomy.category(service.category.as_str());
    let mut category: Vec<&str> = category
        .into_iter()
        .flat_map(|known| all(&known.names))
        .collect();
    category.push(service.category.as_str());
    let mut keywords: Vec<&str> = service.keywords.iter().map(String::as_str).collect();
    keywords.push(service.code.as_str());
    [
        (Place::Title, all(&service.titles).collect()),
        (Place::Biller, all(&service.biller.names).collect()),
        (Place::Category, category),
        (Place::Keyword, keywords),
    ]
}
