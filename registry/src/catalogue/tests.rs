//! What is found first, what is kept out, and that pages fit together.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::samples::service;
use crate::service::{Audience, ServiceKind};

const NOW: i64 = 1_000;

fn entry(code: &str, region: &str, edit: impl FnOnce(&mut Value)) -> Entry {
    let line = service(|value| {
        value["code"] = json!(code);
        value["regions"] = json!([region]);
        value["biller"]["names"] = json!({"zh-CN": "模拟公司", "en": "Simulated Company"});
        edit(value);
    });
    Entry {
        service: serde_json::from_str::<Service>(&line).unwrap().into(),
        release: sha256(b"release"),
        package: "demo/water".parse::<PackageName>().unwrap().into(),
        updated_us: NOW,
    }
}

fn titled(code: &str, region: &str, category: &str, zh: &str, en: &str) -> Entry {
    entry(code, region, |value| {
        value["category"] = json!(category);
        value["titles"] = json!({"zh-CN": zh, "en": en});
        value["keywords"] = json!([]);
    })
}

fn sample() -> Catalogue {
    let entries = vec![
        entry("water-330100-1", "330100", |_| {}),
        entry("water-330106-1", "330106", |_| {}),
        entry("water-330200-1", "330200", |_| {}),
        entry("water-360103-1", "360103", |_| {}),
        titled("gas-330100-1", "330100", "gas", "燃气费", "Gas bill"),
        titled("tax-national", "000000", "tax", "个人所得税", "Income tax"),
        titled(
            "fine-330000",
            "330000",
            "traffic-fine",
            "交通罚款",
            "Traffic fines",
        ),
        entry("draft-330100", "330100", |value| {
            value["standing"] = json!({"phase": "draft"});
        }),
    ];
    let gone = Tombstone {
        code: "old-330100".parse().unwrap(),
        removed_us: NOW,
    };
    let zone: Zone = serde_json::from_value(json!({
        "code": "hangzhou", "names": {"zh-CN": "杭州专区", "en": "Hangzhou zone"},
        "regions": ["330100"], "hidden": ["gas-330100-1"]
    }))
    .unwrap();
    Catalogue::build(entries, [gone], [zone], Taxonomy::embedded())
}

fn codes(catalogue: &Catalogue, filter: &Filter) -> Vec<String> {
    let page = catalogue.search(filter).unwrap();
    let code = |item: &Item<'_>| match item {
        Item::Service(entry) => entry.service.code.to_string(),
        Item::Gone(tombstone) => format!("gone {}", tombstone.code),
    };
    page.items.iter().map(code).collect()
}

fn found(words: &str) -> Vec<String> {
    codes(&sample(), &filter(words))
}

fn filter(words: &str) -> Filter {
    Filter {
        words: words.to_owned(),
        limit: 50,
        ..Filter::default()
    }
}

#[test]
fn a_citys_services_come_first_and_its_districts_next() {
    for query in [
        "杭州 水费",
        "杭州水费",
        "水费杭州市",
        "Hangzhou water",
        "hangzhou SHUIFEI",
        "杭州市 自来水",
    ] {
        assert_eq!(
            found(query),
            ["water-330100-1", "water-330106-1"],
            "{query}"
        );
    }
}

#[test]
fn a_district_finds_what_contains_it() {
    assert_eq!(
        found("西湖区 水费"),
        ["water-330106-1", "water-360103-1", "water-330100-1"]
    );
    assert_eq!(
        found("杭州市西湖区水费"),
        ["water-330106-1", "water-330100-1"]
    );
    assert_eq!(found("杭州 罚款"), ["fine-330000"]);
    assert_eq!(found("杭州 个税"), Vec::<String>::new());
    assert_eq!(found("杭州 所得税"), ["tax-national"]);
}

#[test]
fn begun_words_and_sentences_are_understood() {
    assert_eq!(found("gas"), ["gas-330100-1"]);
    assert_eq!(found("hangz gas"), ["gas-330100-1"]);
    assert_eq!(found("traf"), ["fine-330000"]);
    assert_eq!(found("我要交燃气费"), ["gas-330100-1"]);
    assert_eq!(found("火星"), Vec::<String>::new());
}

#[test]
fn titles_count_more_than_billers_categories_and_keywords() {
    let named = |code: &str, edit: fn(&mut Value)| {
        entry(code, "330100", |value| {
            value["category"] = json!("gas");
            value["titles"] = json!({"zh-CN": "某费", "en": "Some bill"});
            value["keywords"] = json!([]);
            edit(value);
        })
    };
    let entries = [
        named("a-keyword", |value| value["keywords"] = json!(["供暖"])),
        named("b-category", |value| value["category"] = json!("heating")),
        named("c-biller", |value| {
            value["biller"]["names"]["zh-CN"] = json!("供暖公司");
        }),
        named("d-title", |value| value["titles"]["zh-CN"] = json!("供暖")),
    ];
    let catalogue = Catalogue::build(entries, [], [], Taxonomy::embedded());
    let order = codes(&catalogue, &filter("供暖"));
    assert_eq!(order, ["d-title", "c-biller", "b-category", "a-keyword"]);
}

#[test]
fn filters_keep_out_the_rest() {
    let catalogue = sample();
    let region = |code: &str| Filter {
        region: Some(code.parse().unwrap()),
        ..filter("")
    };
    let near = [
        "water-330106-1",
        "fine-330000",
        "gas-330100-1",
        "water-330100-1",
        "tax-national",
    ];
    assert_eq!(codes(&catalogue, &region("330106")), near);
    let category = |code: &str| Filter {
        category: Some(code.parse().unwrap()),
        ..filter("")
    };
    assert_eq!(codes(&catalogue, &category("gas")), ["gas-330100-1"]);
    assert_eq!(
        codes(&catalogue, &category("utilities")).len(),
        5,
        "a group"
    );
    let kind = Filter {
        kind: Some(ServiceKind::Inquiry),
        ..filter("")
    };
    assert!(codes(&catalogue, &kind).is_empty());
    let firm = Filter {
        audience: Some(Audience::Firm),
        ..filter("")
    };
    assert!(codes(&catalogue, &firm).is_empty());
    let zone = |code: &str| Filter {
        zone: Some(code.parse().unwrap()),
        ..filter("")
    };
    assert!(!codes(&catalogue, &zone("hangzhou")).contains(&"gas-330100-1".to_owned()));
    assert_eq!(codes(&catalogue, &zone("hangzhou")).len(), 4);
    assert!(codes(&catalogue, &zone("nowhere")).is_empty());
}

#[test]
fn coverage_narrows_a_national_service() {
    let covered = entry("national", "000000", |value| {
        value["coverage"] = json!(["310000"]);
    });
    let catalogue = Catalogue::build([covered], [], [], Taxonomy::embedded());
    let region = |code: &str| Filter {
        region: Some(code.parse().unwrap()),
        ..filter("")
    };
    assert_eq!(codes(&catalogue, &region("310101")).len(), 1);
    assert!(codes(&catalogue, &region("330100")).is_empty());
}

#[test]
fn changes_are_listed_with_what_is_gone() {
    let catalogue = sample();
    let since = |since| Filter {
        updated_since_us: Some(since),
        ..filter("")
    };
    assert_eq!(
        codes(&catalogue, &since(NOW - 1)).last().unwrap(),
        "gone old-330100"
    );
    assert!(codes(&catalogue, &since(NOW)).is_empty());
    assert!(
        !codes(&catalogue, &filter(""))
            .iter()
            .any(|code| code.starts_with("gone"))
    );
}

#[test]
fn drafts_are_found_by_code_only() {
    let catalogue = sample();
    assert!(catalogue.get("draft-330100").is_some());
    assert!(!codes(&catalogue, &filter("")).contains(&"draft-330100".to_owned()));
}

#[test]
fn the_version_follows_the_content() {
    let (first, second) = (sample(), sample());
    assert_eq!(first.version(), second.version());
    let fewer = first.entries().iter().skip(1).cloned();
    let fewer = Catalogue::build(fewer, [], [], Taxonomy::embedded());
    assert_ne!(first.version(), fewer.version());
}

#[test]
fn foreign_cursors_are_refused() {
    for bad in [
        "",
        "1",
        "x.water",
        "1.WATER",
        "+1.water",
        "99999999999.water",
        "1.water-1 ",
    ] {
        let filter = Filter {
            cursor: Some(bad.to_owned()),
            ..filter("")
        };
        assert_eq!(sample().search(&filter).unwrap_err(), CursorError, "{bad}");
    }
}

static SAMPLE: std::sync::LazyLock<Catalogue> = std::sync::LazyLock::new(sample);

proptest! {
    #[test]
    fn pages_of_any_size_make_the_whole_list(limit in 1_usize..12, words in "(|水费|杭州|费)", since in prop::option::of(0_i64..2_000)) {
        let whole = Filter { updated_since_us: since, ..filter(&words) };
        let expected = codes(&SAMPLE, &whole);
        let mut gathered = Vec::new();
        let mut step = Filter { limit, ..whole };
        loop {
            let page = SAMPLE.search(&step).unwrap();
            prop_assert!(page.items.len() <= limit);
            gathered.extend(codes(&SAMPLE, &step));
            match page.next_cursor {
                Some(cursor) => step.cursor = Some(cursor),
                None => break,
            }
            prop_assert!(gathered.len() <= expected.len());
        }
        prop_assert_eq!(gathered, expected);
    }

    #[test]
    fn any_query_is_survived_and_more_words_find_no_more(first in "\\PC{0,12}", second in "\\PC{0,6}") {
        let one = SAMPLE.search(&filter(&first)).unwrap().total;
        let both = SAMPLE.search(&filter(&format!("{first} {second}"))).unwrap().total;
        prop_assert!(both <= one);
    }
}
