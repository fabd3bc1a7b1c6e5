//! Scenarios are recorded from a live test system and then played.

use std::sync::atomic::{AtomicI64, Ordering};

use guichet::certification::{Candidate, Certifier};
use guichet_registry::bundle::{Bundle, BundleLimits};
use guichet_registry::certification::{Capability, Evidence, Verdict};
use guichet_registry::scenario::{ExpectedWord, Scenario, write};
use serde_json::json;

use crate::city::City;
use crate::package::{Admitted, Package, fixtures};
use crate::{certifier, certify};

static NUMBER: AtomicI64 = AtomicI64::new(0);

/// Records an errand of the package's only service.
async fn record(certifier: &Certifier, city: &City, package: &Package, title: &str) -> Scenario {
    let admitted = package.admitted();
    let bundle = Bundle::read(&admitted.bundle, BundleLimits::default()).unwrap();
    let candidate = Candidate::new(&admitted.admission, &bundle, &admitted.component);
    let manifest = &admitted.admission.manifest;
    let service = package.service();
    let mut draft = city
        .draft(&manifest.package.to_string(), &service, title)
        .await;
    for scope in manifest.permissions.data.keys() {
        let value = match scope.as_str() {
            "identity.number" => "11010519491231002X",
            _ => "张三",
        };
        draft.subject.insert(scope.clone(), value.to_owned());
    }
    let asked = certifier
        .record(&candidate, &draft, &city.origins())
        .await
        .unwrap();
    let Some(bills) = asked
        .expect
        .query
        .as_ref()
        .and_then(|query| query.bills.as_ref())
    else {
        return asked;
    };
    let first = &bills[0];
    let amount = if first.payable == 0 {
        5_000
    } else {
        first.payable
    };
    // The city remembers references: each recording has ids of its own.
    let number = draft.clock.micros() + NUMBER.fetch_add(1, Ordering::Relaxed);
    let payment = json!({
        "reference": format!("pay_{number:026}"),
        "reversal": format!("rev_{number:026}"),
        "sequence": number,
        "items": [{"bill": first.number, "amount": amount}],
    });
    draft.payment = Some(serde_json::from_value(payment).unwrap());
    certifier
        .record(&candidate, &draft, &city.origins())
        .await
        .unwrap()
}

/// Billers that can do everything, in turn.
fn able(package: &str) -> impl Iterator<Item = Package> {
    (0..20).map(move |skip| {
        let mut left = skip;
        Package::of_city(package, |service| {
            let can = &service["payment"]["capabilities"];
            let able = service["payment"]["flow"] == "query-then-pay"
                && can["deduplicates"] == true
                && can["status"]["is"] == "authoritative"
                && can["reversal"]["is"] == "same-day";
            let wanted = able && left == 0;
            left -= i32::from(able);
            wanted
        })
    })
}

fn played(package: &Package, scenario: &Scenario) -> Admitted {
    package
        .clone()
        .with("tests/recorded.json", write(scenario))
        .admitted()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_recorded_from_a_test_system_passes() {
    let city = City::start();
    let certifier = certifier();
    let package = able("homes-json-hmac").next().unwrap();
    let scenario = record(&certifier, &city, &package, "A bill is paid and undone").await;
    let started = std::time::Instant::now();
    let report = certify(&certifier, &played(&package, &scenario)).await;
    println!("{}\n{:?}", report.text(), started.elapsed());
    assert_eq!(report.verdict, Verdict::Passed, "{}", report.text());
    let shown = &report.coverage[0].shown;
    for capability in [
        Capability::Deduplicates,
        Capability::Status,
        Capability::NotFound,
        Capability::Reversal,
    ] {
        assert!(
            matches!(shown[&capability], Evidence::Shown { .. }),
            "{capability:?}"
        );
    }
}

/// Makes the fixtures anew: `cargo test --test certification -- --ignored`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes into the sources"]
async fn record_the_fixtures() {
    let city = City::start();
    let certifier = certifier();
    let pays = [
        (
            "homes-json-hmac",
            "json-hmac",
            ExpectedWord::Applied,
            "json-hmac",
        ),
        (
            "homes-json-hmac",
            "json-hmac",
            ExpectedWord::Pending,
            "json-hmac-slow",
        ),
        (
            "homes-xml-gb18030",
            "xml-gb18030",
            ExpectedWord::Applied,
            "xml-gb18030",
        ),
        ("homes-form", "form", ExpectedWord::Applied, "form"),
        (
            "homes-json-rsa",
            "json-rsa",
            ExpectedWord::Applied,
            "json-rsa",
        ),
        (
            "homes-json-sm2",
            "json-sm2",
            ExpectedWord::Applied,
            "json-sm2",
        ),
    ];
    for (name, mapping, wanted, folder) in pays {
        for package in able(name) {
            let scenario = record(&certifier, &city, &package, "A bill is paid and undone").await;
            if scenario.expect.submission == Some(wanted) {
                keep(folder, &package, ("mapping", mapping), &scenario);
                show(&certifier, &package, &scenario).await;
                break;
            }
        }
    }
    let others = [
        ("prepaid-power", "Power is bought for a meter"),
        ("traffic-fine", "A fine is paid"),
        ("provident-fund", "The statement of an account"),
        ("credit-report", "A credit report is ordered and fetched"),
        ("medical-insurance-code", "A code is shown"),
    ];
    for (name, title) in others {
        let package = Package::of_city(name, |_| true);
        let scenario = record(&certifier, &city, &package, title).await;
        keep(name, &package, ("component", name), &scenario);
        show(&certifier, &package, &scenario).await;
    }
}

fn keep(folder: &str, package: &Package, (kind, name): (&str, &str), scenario: &Scenario) {
    let folder = fixtures().join(folder);
    std::fs::create_dir_all(folder.join("tests")).unwrap();
    for file in ["plugin.toml", "services.jsonl"] {
        std::fs::write(folder.join(file), &package.files[file]).unwrap();
    }
    std::fs::write(folder.join(kind), name).unwrap();
    std::fs::write(folder.join("tests/recorded.json"), write(scenario)).unwrap();
}

async fn show(certifier: &Certifier, package: &Package, scenario: &Scenario) {
    let report = certify(certifier, &played(package, scenario)).await;
    assert_eq!(report.verdict, Verdict::Passed, "{}", report.text());
}
