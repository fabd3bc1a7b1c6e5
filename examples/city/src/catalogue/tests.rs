//! What must hold of the whole country.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::cities::heating;
use super::{
    Amounts, Bills, Country, Dialect, Flow, Kind, Level, Regions, Reversal, Service, StatusQuery,
    country, record,
};

fn of<'a>(country: &'a Country, category: &'a str) -> impl Iterator<Item = &'a Service> {
    country
        .services()
        .iter()
        .filter(move |service| service.category == category)
}

#[test]
fn there_are_enough_services_in_every_city() {
    let (country, regions) = (country(), Regions::new());
    for (category, count) in country.count_by_category() {
        println!("{category:32} {count}");
    }
    println!("{}", country.services().len());
    assert!(
        country.services().len() >= 6_300,
        "{}",
        country.services().len()
    );
    let city_of = |code: &str| -> Option<String> {
        let mut place = regions.place(code)?;
        while matches!(place.level, Level::District | Level::County | Level::Zone) {
            place = regions.place(&place.parent)?;
        }
        (place.level != Level::Province).then(|| place.code.clone())
    };
    let mut local: BTreeMap<String, usize> = BTreeMap::new();
    for region in country
        .services()
        .iter()
        .flat_map(|service| &service.regions)
    {
        if let Some(city) = city_of(region) {
            *local.entry(city).or_default() += 1;
        }
    }
    let cities: Vec<_> = regions.cities().collect();
    assert_eq!(cities.len(), 337 + 32);
    for city in cities {
        let count = local.get(&city.code).copied().unwrap_or_default();
        assert!(
            count >= 8,
            "{} has {count} services of its own",
            city.names.zh
        );
    }
}

#[test]
fn codes_are_unique_and_lawful_and_billers_have_one_name() {
    let country = country();
    let mut codes = HashSet::new();
    let mut billers = HashMap::new();
    for service in country.services() {
        assert!(codes.insert(&service.code), "{} twice", service.code);
        let lawful = |text: &str| {
            (3..=64).contains(&text.len())
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        assert!(
            lawful(&service.code) && lawful(&service.biller.id),
            "{}",
            service.code
        );
        let names = billers
            .entry(&service.biller.id)
            .or_insert(&service.biller.names);
        assert_eq!(*names, &service.biller.names, "{}", service.biller.id);
        assert!(
            service.biller.names.zh.contains("模拟"),
            "{:?}",
            service.biller
        );
        assert!(
            service.biller.names.en.starts_with("Simulated "),
            "{:?}",
            service.biller
        );
        assert!(!service.title.zh.contains('{') && !service.biller.names.zh.contains('{'));
    }
}

#[test]
fn regions_exist_and_companies_of_one_city_do_not_overlap() {
    let (country, regions) = (country(), Regions::new());
    let mut served: HashSet<(&str, &str, &str)> = HashSet::new();
    for service in country.services() {
        assert!(
            !service.regions.is_empty() && service.regions.len() <= 64,
            "{}",
            service.code
        );
        for code in service.regions.iter().chain(&service.coverage) {
            assert!(code == "000000" || regions.place(code).is_some(), "{code}");
        }
        if matches!(service.category, "water" | "gas" | "heating") {
            for code in &service.regions {
                assert!(served.insert((service.category, code, "")), "{code} twice");
            }
        }
    }
    let parted: BTreeSet<&str> = of(&country, "water")
        .filter(|service| service.code.starts_with("water-330100-"))
        .flat_map(|service| service.regions.iter().map(String::as_str))
        .collect();
    let all: BTreeSet<&str> = regions
        .children("330100")
        .map(|place| place.code.as_str())
        .collect();
    assert_eq!(
        parted, all,
        "Hangzhou's water companies serve all of its districts and counties"
    );
}

#[test]
fn municipalities_and_directly_governed_counties_are_places_of_their_own() {
    let country = country();
    for code in [
        "water-110000-1",
        "water-500000-4",
        "power-310000",
        "provident-fund-120000",
    ] {
        assert!(country.service(code).is_some(), "{code}");
    }
    let chongqing = country.service("water-500000-4").unwrap();
    assert!(
        chongqing
            .regions
            .iter()
            .all(|code| code.starts_with("5002")),
        "{chongqing:?}"
    );
    assert_eq!(
        country.service("water-429004-1").unwrap().regions,
        ["429004"]
    );
    assert!(country.service("social-insurance-inquiry-659001").is_some());
    let pseudo = |code: &str| code.ends_with("9000") || (code.ends_with("0100") && code < "130100");
    let all = country
        .services()
        .iter()
        .flat_map(|service| &service.regions);
    assert_eq!(all.filter(|code| pseudo(code)).count(), 0);
}

#[test]
fn heating_is_seasonal_and_only_in_heated_cities() {
    let (country, regions) = (country(), Regions::new());
    assert!(of(&country, "heating").count() > 150);
    for service in of(&country, "heating") {
        let city = service.code.split('-').nth(1).unwrap();
        let season = heating(city).expect("only heated cities have heating");
        assert_eq!(
            service.traits.season.unwrap().to,
            season.to,
            "{}",
            service.code
        );
        let place = regions.place(city).unwrap();
        assert!(!["广东省", "浙江省", "海南省"].contains(&&*regions.province_of(place).names.zh));
    }
    let in_beijing = of(&country, "heating")
        .filter(|one| one.code.contains("-110000-"))
        .count();
    assert_eq!(in_beijing, 4);
}

#[test]
fn every_category_a_household_asks_for_is_there() {
    let country = country();
    let counts = country.count_by_category();
    for category in [
        "water",
        "sewage",
        "power",
        "prepaid-power",
        "gas",
        "prepaid-gas",
        "heating",
        "waste",
        "property",
        "parking",
        "rent",
        "residence",
        "real-estate",
        "maintenance-fund",
        "mobile",
        "telephone",
        "broadband",
        "cable-tv",
        "etc",
        "transit-card",
        "traffic-fine",
        "vehicle",
        "tuition",
        "kindergarten",
        "exam",
        "degree",
        "tax",
        "non-tax",
        "court-fee",
        "social-insurance-payment",
        "social-insurance",
        "medical-insurance-payment",
        "medical-insurance",
        "medical-insurance-inquiry",
        "social-security-card",
        "pension",
        "provident-fund",
        "credit-report",
        "household",
        "marriage",
        "civil-affairs",
        "employment",
        "charity",
        "party-dues",
        "union-dues",
    ] {
        assert!(
            counts.get(category).is_some_and(|count| *count > 0),
            "{category}"
        );
    }
}

#[test]
fn national_services_stand_once_with_their_coverage() {
    let country = country();
    for category in [
        "credit-report",
        "medical-insurance",
        "social-security-card",
        "degree",
    ] {
        let services: Vec<_> = of(&country, category).collect();
        assert_eq!(services.len(), 1, "{category}");
        assert_eq!(services[0].regions, ["000000"]);
    }
    let code = country.service("medical-insurance-code").unwrap();
    assert!(
        (150..350).contains(&code.coverage.len()),
        "{}",
        code.coverage.len()
    );
}

#[test]
fn behaviour_fits_dialect_and_flow_and_every_kind_of_it_exists() {
    let country = country();
    let mut seen = BTreeSet::new();
    for service in country.services() {
        let traits = &service.traits;
        let open = service.bills == Bills::Open;
        match service.flow {
            Flow::Query | Flow::SecondStep => assert_eq!(traits.amounts, Amounts::Exact),
            Flow::Validate | Flow::Direct => assert!(open, "{}", service.code),
        }
        assert_eq!(
            service.kind != Kind::BillPayment,
            service.bills == Bills::None
        );
        if service.dialect == Dialect::PrepaidPower {
            assert_eq!(traits.reversal, Reversal::None);
        }
        let _known = seen.insert(format!("{:?}", service.dialect));
        let _known = seen.insert(format!("{:?}", service.flow));
        let status = matches!(traits.status, StatusQuery::None);
        let _known = seen.insert(format!(
            "no status {status}, dedupe {}",
            traits.deduplicates
        ));
        let _known = seen.insert(format!("maintenance {}", traits.maintenance.is_some()));
        let _known = seen.insert(format!("slow {}", traits.delay_ms > 0));
        let _known = seen.insert(format!("{:?}, {:?}", traits.answering, traits.applying));
    }
    assert!(seen.len() >= 10 + 4 + 4 + 2 + 2 + 4, "{seen:?}");
}

#[test]
fn samples_match_their_patterns_and_differ() {
    for service in country().services() {
        for input in &service.inputs {
            let samples: HashSet<String> = (0..20).map(|seed| input.form.sample(seed)).collect();
            assert!(samples.len() > 5, "{} {samples:?}", service.code);
        }
    }
}

#[test]
fn the_documentation_counts_as_the_code_does() {
    let document = include_str!("../../../../docs/catalogue.md");
    for (category, count) in country().count_by_category() {
        let row = format!("| {category} | {count} |");
        assert!(document.contains(&row), "docs/catalogue.md lacks {row:?}");
    }
}

#[test]
fn records_say_what_the_citizen_needs_in_both_languages() {
    let (country, regions) = (country(), Regions::new());
    let water = record(country.service("water-330100-1").unwrap(), &regions);
    assert_eq!(water["category"], "water");
    assert!(
        water["titles"]["zh-CN"]
            .as_str()
            .unwrap()
            .starts_with("杭州水费"),
        "{water}"
    );
    assert!(
        water["titles"]["en"]
            .as_str()
            .unwrap()
            .starts_with("Hangzhou water bill"),
        "{water}"
    );
    assert!(
        water["keywords"]
            .as_array()
            .unwrap()
            .contains(&"shuifei".into())
    );
    assert_eq!(
        water["inputs"]["properties"]["account"]["pattern"],
        "^[0-9]{10}$"
    );
    assert_eq!(water["payment"]["flow"], "query-then-pay");
    let heating = record(country.service("heating-110000-1").unwrap(), &regions);
    assert_eq!(heating["schedule"]["seasons"][0]["to"], "03-15");
    let mobile = record(country.service("mobile-330000-1").unwrap(), &regions);
    assert_eq!(mobile["payment"]["timing"], "prepaid");
    assert!(
        mobile["config"]["rule"]
            .as_str()
            .unwrap()
            .starts_with("choices:1000,"),
        "{mobile}"
    );
    let fund = record(country.service("provident-fund-330100").unwrap(), &regions);
    assert_eq!(fund["consent"]["scopes"][0], "identity.name");
    let fine = record(country.service("traffic-fine-330100").unwrap(), &regions);
    assert_eq!(fine["inputs"]["required"], serde_json::Value::Null);
}
