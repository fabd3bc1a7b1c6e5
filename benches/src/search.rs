//! Searching the whole catalogue: in this process, and over HTTP with one
//! connection. The peer reads every service's text for each question, as a
//! search without an index does; it neither ranks nor knows pinyin or regions.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use guichet_registry::catalogue::{Catalogue, Filter};
use guichet_tests::{Marketplace, encode};
use serde_json::{Map, Value, json};

use crate::statistics::{Samples, micros, ratio};
use crate::{packages, say};

const QUESTIONS: [&str; 7] = [
    "杭州 水费",
    "water",
    "hangzhou gas",
    "我要交水费",
    "shuifei",
    "费",
    "",
];
const ROUNDS: usize = 300;
const PAGE: usize = 20;

/// Runs the bench.
pub(crate) async fn measure() -> Result<Value> {
    let admissions = packages::admit(&packages::read()?)?;
    let catalogue = packages::index(&admissions);
    let texts: Vec<String> = catalogue
        .entries()
        .iter()
        .map(|entry| serde_json::to_string(&*entry.service).map(|text| text.to_lowercase()))
        .collect::<Result<_, _>>()?;
    say("searching in process");
    let (mut indexed, mut scanned) = (Vec::new(), Vec::new());
    let mut each = Map::new();
    for words in QUESTIONS {
        let times = index_times(&catalogue, words)?;
        each.insert(
            words.to_owned(),
            json!(micros(Samples::new(times.clone()).p50())),
        );
        indexed.extend(times);
        scanned.extend((0..ROUNDS / 10).map(|_| scan(&texts, words)));
    }
    let (indexed, scanned) = (Samples::new(indexed), Samples::new(scanned));
    say("searching over HTTP");
    let market = Marketplace::start()?;
    let over_http = http_times(&market).await?;
    Ok(json!({
        "bench": "search",
        "services": catalogue.entries().len(),
        "search_us_p50": micros(indexed.p50()),
        "search_us_p99": micros(indexed.p99()),
        "search_us_p50_by_words": each,
        "peer_scan_us_p50": micros(scanned.p50()),
        "peer_scan_us_p99": micros(scanned.p99()),
        "ratio_to_scan": ratio(indexed.p50(), scanned.p50()),
        "http_us_p50": micros(over_http.p50()),
        "http_us_p99": micros(over_http.p99()),
    }))
}

fn index_times(catalogue: &Catalogue, words: &str) -> Result<Vec<Duration>> {
    let filter = Filter {
        words: words.to_owned(),
        limit: PAGE,
        ..Filter::default()
    };
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let page = catalogue.search(&filter).context("a lawful question")?;
        black_box(page);
        times.push(begun.elapsed());
    }
    Ok(times)
}

/// Reads all texts for all words and takes the first page.
fn scan(texts: &[String], words: &str) -> Duration {
    let begun = Instant::now();
    let found: Vec<&String> = texts
        .iter()
        .filter(|text| words.split(' ').all(|word| text.contains(word)))
        .collect();
    black_box(found.get(..PAGE.min(found.len())));
    begun.elapsed()
}

async fn http_times(market: &Marketplace) -> Result<Samples> {
    let mut times = Vec::new();
    for words in QUESTIONS {
        let path = format!("/v1/services?q={}&limit={PAGE}", encode(words));
        for _ in 0..ROUNDS / 3 {
            let begun = Instant::now();
            let answer = market.api.get(&path).await?;
            times.push(begun.elapsed());
            anyhow::ensure!(answer.status.is_success(), "{path}: {}", answer.text());
        }
    }
    Ok(Samples::new(times))
}
