//! Finding services: filters, pages and their order, better and nearer ones
//! first. What a word is worth stands in `ranking`.

use guichet_domain::id::{CategoryCode, RegionCode};

use super::cursor::{Cursor, CursorError};
use super::span::{Nearness, Span};
use super::zone::ZoneCode;
use super::{Catalogue, Entry, Tombstone};
use crate::service::{Audience, ServiceKind};

/// The most items of one page.
pub const PAGE_LIMIT: usize = 200;

/// What is asked for. Everything that is left out is not asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Words, Chinese without spaces, pinyin or English, begun words included.
    pub words: String,
    /// Services that can be used in a region: its own, those of what lies in it,
    /// and wider ones.
    pub region: Option<RegionCode>,
    /// A category, or a group of them.
    pub category: Option<CategoryCode>,
    /// A service kind.
    pub kind: Option<ServiceKind>,
    /// Who will use it.
    pub audience: Option<Audience>,
    /// A zone; an unknown one has no services.
    pub zone: Option<ZoneCode>,
    /// Changed later than this, in µs since 1970; gone services are listed too.
    pub updated_since_us: Option<i64>,
    /// Where the last page ended.
    pub cursor: Option<String>,
    /// Items of a page, 1 to [`PAGE_LIMIT`].
    pub limit: usize,
}

/// One line of a result.
#[derive(Debug, Clone, Copy)]
pub enum Item<'a> {
    /// A service.
    Service(&'a Entry),
    /// A service that is gone; only where changes are asked for.
    Gone(&'a Tombstone),
}

/// A part of a result.
#[derive(Debug)]
pub struct Page<'a> {
    /// Best first.
    pub items: Vec<Item<'a>>,
    /// For the next page; none at the end.
    pub next_cursor: Option<String>,
    /// Services found in all, without gone ones.
    pub total: usize,
}

impl Item<'_> {
    fn code(&self) -> &guichet_domain::id::ServiceCode {
        match self {
            Item::Service(entry) => &entry.service.code,
            Item::Gone(tombstone) => &tombstone.code,
        }
    }
}

impl Catalogue {
    /// Finds services.
    pub fn search(&self, filter: &Filter) -> Result<Page<'_>, CursorError> {
        let cursor = filter.cursor.as_deref().map(Cursor::read).transpose()?;
        let limit = filter.limit.clamp(1, PAGE_LIMIT);
        let mut scores = self.words_met(&filter.words);
        self.keep(filter, &mut scores);
        // Positions ascend with codes, so a stable order needs no text compared.
        let mut found: Vec<(u32, usize)> = scores
            .iter()
            .enumerate()
            .filter(|(_, score)| **score > 0)
            .map(|(position, score)| (*score, position))
            .collect();
        let total = found.len();
        if let Some(cursor) = &cursor {
            found.retain(|(score, position)| {
                cursor.is_before(*score, self.entries[*position].service.code.as_str())
            });
        }
        let order = |item: &(u32, usize)| (std::cmp::Reverse(item.0), item.1);
        if found.len() > limit + 1 {
            found.select_nth_unstable_by_key(limit, order);
            found.truncate(limit + 1);
        }
        found.sort_unstable_by_key(order);
        let services = found
            .into_iter()
            .map(|(score, position)| (score, Item::Service(&self.entries[position])));
        let gone = self.gone(filter, cursor.as_ref()).map(|item| (0, item));
        let mut items: Vec<(u32, Item<'_>)> = services.chain(gone).take(limit + 1).collect();
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| more).map(|(score, item)| {
            Cursor {
                score: *score,
                code: item.code().clone(),
            }
            .write()
        });
        Ok(Page {
            items: items.into_iter().map(|(_, item)| item).collect(),
            next_cursor,
            total,
        })
    }

    /// Gone services have the score 0, so they follow all others.
    fn gone<'a>(
        &'a self,
        filter: &Filter,
        cursor: Option<&Cursor>,
    ) -> impl Iterator<Item = Item<'a>> {
        let since = filter.updated_since_us.unwrap_or(i64::MAX);
        self.tombstones
            .iter()
            .filter(move |tombstone| tombstone.removed_us > since)
            .filter(move |tombstone| {
                cursor.is_none_or(|cursor| cursor.is_before(0, tombstone.code.as_str()))
            })
            .map(Item::Gone)
    }

    /// Puts out what the filter does not ask for, and nearer services forward.
    fn keep(&self, filter: &Filter, scores: &mut [u32]) {
        let region = filter
            .region
            .as_ref()
            .map(|region| Span::of(region.as_str()));
        let zone = filter.zone.as_ref().map(|code| self.zones.get(code));
        for (position, score) in scores
            .iter_mut()
            .enumerate()
            .filter(|(_, score)| **score > 0)
        {
            let entry = &self.entries[position];
            let service = &entry.service;
            let spans = &self.spans[position];
            let near = region.map(|region| Span::nearest(spans, region));
            let kept = self.is_listed(position)
                && near != Some(None)
                && filter.kind.is_none_or(|kind| kind == service.kind)
                && filter
                    .audience
                    .is_none_or(|audience| service.audiences.contains(&audience))
                && filter
                    .updated_since_us
                    .is_none_or(|since| entry.updated_us > since)
                && filter
                    .category
                    .as_ref()
                    .is_none_or(|code| self.is_of(code, &service.category))
                && zone.is_none_or(|zone| zone.is_some_and(|zone| zone.shows(service, spans)));
            *score = if kept {
                *score + near.flatten().map_or(0, bonus)
            } else {
                0
            };
        }
    }

    fn is_of(&self, asked: &CategoryCode, category: &CategoryCode) -> bool {
        let grouped = |group: &CategoryCode| {
            self.groups
                .get(category)
                .is_some_and(|known| known == group)
        };
        asked == category || grouped(asked)
    }
}

/// What it is worth to be near the region that is asked for.
const fn bonus(near: Nearness) -> u32 {
    match near {
        Nearness::Same => 90,
        Nearness::Inside => 60,
        Nearness::Around => 30,
        Nearness::Country => 10,
    }
}
