//! What each word of a query is worth to each service: every word must be met,
//! by a text or by the region it names.

use super::Catalogue;
use super::postings::unspot;
use super::span::{Nearness, Span};
use super::words::{Word, split};

/// Words of a query that count; the rest is ignored.
const WORDS_LIMIT: usize = 8;
/// Characters of a query that are looked at.
const QUERY_LIMIT: usize = 200;

impl Catalogue {
    /// A score above zero for each service that meets every word.
    pub(super) fn words_met(&self, words: &str) -> Vec<u32> {
        let bounded: String = words.chars().take(QUERY_LIMIT).collect();
        let mut scores = vec![1; self.entries.len()];
        for word in split(&bounded).into_iter().take(WORDS_LIMIT) {
            let met = self.word_met(&word);
            for (score, met) in scores.iter_mut().zip(met) {
                *score = if *score > 0 && met > 0 {
                    *score + met
                } else {
                    0
                };
            }
        }
        scores
    }

    /// What one word is worth to each service: the text that holds it or the
    /// region it names, and for a Chinese word also region and rest apart.
    fn word_met(&self, word: &Word) -> Vec<u32> {
        let mut scores = vec![0; self.entries.len()];
        raise(&mut scores, &self.postings.find(word), 1);
        self.raise_near(&mut scores, &self.places.named(word));
        let Word::Chinese(characters) = word else {
            return scores;
        };
        if let Some((regions, rest)) = self.places.cut(characters) {
            let mut near = vec![0; self.entries.len()];
            self.raise_near(&mut near, &regions);
            let rest = self.word_met(&Word::Chinese(rest));
            for (score, (near, rest)) in scores.iter_mut().zip(near.into_iter().zip(rest)) {
                if near > 0 && rest > 0 {
                    *score = (*score).max(near + rest);
                }
            }
        } else if characters.len() > 2 && scores.iter().all(|score| *score == 0) {
            raise(&mut scores, &self.postings.find_part(characters), 4);
        }
        scores
    }

    fn raise_near(&self, scores: &mut [u32], regions: &[Span]) {
        for region in regions {
            for (score, spans) in scores.iter_mut().zip(&self.spans) {
                let worth = Span::nearest(spans, *region).map_or(0, worth);
                *score = (*score).max(worth);
            }
        }
    }
}

/// Gives each spot's service the spot's worth, divided.
fn raise(scores: &mut [u32], spots: &[u32], divisor: u32) {
    for spot in spots {
        let (position, place) = unspot(*spot);
        scores[position] = scores[position].max(place.worth() / divisor);
    }
}

/// What it is worth to be near a region that the query names.
const fn worth(near: Nearness) -> u32 {
    match near {
        Nearness::Same => 1_400,
        Nearness::Inside => 1_200,
        Nearness::Around => 500,
        Nearness::Country => 100,
    }
}
