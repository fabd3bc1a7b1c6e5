//! The first page: search, categories, results.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use guichet_domain::id::CategoryCode;
use guichet_registry::Service;
use guichet_registry::catalogue::{Catalogue, Filter, Item};
use guichet_registry::taxonomy::{Category, CategoryGroup, Taxonomy};
use serde::Deserialize;

use super::Web;
use super::form::region;
use super::page::{Page, Visit, draw, percent};
use super::texts::{Texts, fill};

/// Results on one page.
const RESULTS: usize = 20;

/// What is searched for.
#[derive(Deserialize)]
pub(super) struct Search {
    #[serde(default)]
    q: String,
    category: Option<String>,
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Page,
    query: String,
    category: Option<Chosen>,
    count: Option<String>,
    examples: &'static [String],
    groups: Vec<Group>,
    results: Vec<Found>,
    more: Option<String>,
}

struct Chosen {
    code: String,
    name: String,
}

struct Group {
    name: String,
    tiles: Vec<Tile>,
}

struct Tile {
    code: String,
    icon: String,
    name: String,
}

struct Found {
    href: String,
    title: String,
    biller: String,
    region: String,
    category: String,
}

/// Search and results.
pub(super) async fn show(
    visit: Visit,
    Query(search): Query<Search>,
    State(web): State<Web>,
) -> Response {
    let page = visit.page();
    let locale = visit.language().tag();
    let taxonomy = Taxonomy::embedded();
    let category = search
        .category
        .as_deref()
        .and_then(|code| CategoryCode::new(code).ok());
    let chosen = category.as_ref().map(|code| Chosen {
        code: code.to_string(),
        name: category_name(taxonomy, code.as_str(), locale),
    });
    let is_search = !search.q.trim().is_empty() || category.is_some();
    let (mut results, mut more, mut count) = (Vec::new(), None, None);
    if is_search {
        let filter = Filter {
            words: search.q.clone(),
            category,
            cursor: search.cursor.clone(),
            limit: RESULTS,
            ..Filter::default()
        };
        let shelf = web.rooms().catalogue.shelf();
        if let Ok(found) = shelf.catalogue().search(&filter) {
            results = found
                .items
                .iter()
                .filter_map(|item| match item {
                    Item::Service(entry) => {
                        Some(line(&entry.service, taxonomy, &search.q, locale, page.t))
                    }
                    Item::Gone(_) => None,
                })
                .collect();
            let total = found.total.to_string();
            count = (found.total > 0).then(|| fill(&page.t.results_count, &[("count", &total)]));
            more = found.next_cursor.map(|cursor| next(&search, &cursor));
        }
    }
    let groups = if is_search {
        Vec::new()
    } else {
        groups(taxonomy, web.rooms().catalogue.shelf().catalogue(), locale)
    };
    draw(&Home {
        query: search.q,
        category: chosen,
        count,
        examples: &page.t.examples,
        page,
        groups,
        results,
        more,
    })
}

fn next(search: &Search, cursor: &str) -> String {
    let category = search.category.as_deref().unwrap_or_default();
    let mut path = format!("/?q={}&cursor={}", percent(&search.q), percent(cursor));
    if !category.is_empty() {
        path.push_str(&format!("&category={}", percent(category)));
    }
    path
}

fn line(service: &Service, taxonomy: &Taxonomy, words: &str, locale: &str, t: &Texts) -> Found {
    Found {
        href: match region::named(service, words) {
            Some(region) => format!("/services/{}?region={region}", service.code),
            None => format!("/services/{}", service.code),
        },
        title: service.titles.in_locale(locale).to_owned(),
        biller: service.biller.names.in_locale(locale).to_owned(),
        region: regions(service, taxonomy, locale, t),
        category: category_name(taxonomy, service.category.as_str(), locale),
    }
}

/// Where a service serves, in a few words.
pub(super) fn regions(service: &Service, taxonomy: &Taxonomy, locale: &str, t: &Texts) -> String {
    let name = |code: &guichet_domain::id::RegionCode| {
        let region = taxonomy.region(code.as_str())?;
        Some(
            if locale == "en" {
                &region.english
            } else {
                &region.short_name
            }
            .to_string(),
        )
    };
    match service.regions.as_slice() {
        [only] if only.as_str() == "000000" => t.national.clone(),
        [only] => name(only).unwrap_or_default(),
        [first, rest @ ..] => {
            let (first, more) = (name(first).unwrap_or_default(), rest.len());
            let (more, all) = (more.to_string(), (more + 1).to_string());
            let values = [("first", &*first), ("more", &more), ("all", &all)];
            fill(&t.region_several, &values)
        }
        [] => String::new(),
    }
}

fn category_name(taxonomy: &Taxonomy, code: &str, locale: &str) -> String {
    let found = taxonomy.category(code);
    found.map_or_else(
        || code.to_owned(),
        |one| one.names.in_locale(locale).to_owned(),
    )
}

/// Only what leads to services: an empty shelf is a dead end.
fn groups(taxonomy: &Taxonomy, catalogue: &Catalogue, locale: &str) -> Vec<Group> {
    let has_services = |category: &&Category| {
        let filter = Filter {
            category: Some(category.code.clone()),
            limit: 1,
            ..Filter::default()
        };
        catalogue.search(&filter).is_ok_and(|found| found.total > 0)
    };
    let tile = |category: &Category| Tile {
        code: category.code.to_string(),
        icon: category.icon.clone(),
        name: category.names.in_locale(locale).to_owned(),
    };
    let group = |group: &CategoryGroup| Group {
        name: group.names.in_locale(locale).to_owned(),
        tiles: group
            .categories
            .iter()
            .filter(has_services)
            .map(tile)
            .collect(),
    };
    let groups = taxonomy.groups().iter().map(group);
    groups.filter(|group| !group.tiles.is_empty()).collect()
}
