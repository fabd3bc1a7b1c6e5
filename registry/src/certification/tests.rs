//! Coverage, belief and the form of reports, on reports made by hand.

use std::collections::BTreeMap;

use guichet_domain::Digest;
use guichet_domain::payment::StatusAnswer;

use super::{
    Capability, Coverage, Depth, Evidence, Fault, REPORT_VERSION, Report, Variant, Verdict,
    believed,
};
use crate::service::{Capabilities, Reversal, ServiceKind};

const ALL: [Capability; 4] = [
    Capability::Deduplicates,
    Capability::Status,
    Capability::NotFound,
    Capability::Reversal,
];

fn report(shown: &[Capability]) -> Report {
    let evidence = |capability: &Capability| {
        if shown.contains(capability) {
            Evidence::Shown {
                by: vec!["pay".parse().unwrap()],
            }
        } else {
            Evidence::NotShown {
                why: "it is not recorded".to_owned(),
            }
        }
    };
    Report {
        guichet_certification: REPORT_VERSION,
        verdict: Verdict::Passed,
        depth: Depth::Drill,
        package: "demo/water".parse().unwrap(),
        version: "1.0.0".parse().unwrap(),
        release: Digest::from_bytes([1; 32]),
        component: Digest::from_bytes([2; 32]),
        contract: "0.1.0".to_owned(),
        limits: BTreeMap::new(),
        scenarios: BTreeMap::new(),
        coverage: vec![Coverage {
            variant: Variant {
                kind: ServiceKind::BillPayment,
                flow: None,
                config: BTreeMap::new(),
            },
            scenarios: vec!["pay".parse().unwrap()],
            services: vec!["water-1".parse().unwrap()],
            shown: ALL.iter().map(|one| (*one, evidence(one))).collect(),
        }],
        drill: BTreeMap::new(),
        findings: Vec::new(),
        findings_left_out: 0,
    }
}

fn declared() -> Capabilities {
    Capabilities {
        deduplicates: true,
        status: StatusAnswer::Authoritative { after_seconds: 30 },
        reversal: Reversal::SameDay {
            until: serde_json::from_value("22:00".into()).unwrap(),
        },
        ..Capabilities::default()
    }
}

#[test]
fn nothing_is_believed_that_is_not_both_declared_and_shown() {
    let water = "water-1".parse().unwrap();
    assert_eq!(believed(&declared(), &water, &report(&ALL)), declared());
    let none = Capabilities::default();
    assert_eq!(believed(&none, &water, &report(&ALL)), none);
    assert_eq!(believed(&declared(), &water, &report(&[])), none);
    let other = "gas-1".parse().unwrap();
    assert_eq!(believed(&declared(), &other, &report(&ALL)), none);
    let advisory = believed(&declared(), &water, &report(&[Capability::Status]));
    assert_eq!(advisory.status, StatusAnswer::Advisory);
    let blind = believed(&declared(), &water, &report(&[Capability::NotFound]));
    assert_eq!(blind.status, StatusAnswer::None);
}

#[test]
fn a_report_that_did_not_pass_the_drill_shows_nothing() {
    let water = "water-1".parse().unwrap();
    for change in [
        |report: &mut Report| report.verdict = Verdict::Failed,
        |report: &mut Report| report.depth = Depth::Baseline,
    ] {
        let mut report = report(&ALL);
        change(&mut report);
        let believed = believed(&declared(), &water, &report);
        assert_eq!(believed, Capabilities::default());
        assert!(!report.certifies(&report.release));
    }
}

#[test]
fn a_report_is_kept_byte_for_byte() {
    let report = report(&ALL);
    let read = Report::read(&report.bytes()).unwrap();
    assert_eq!(read, report);
    assert_eq!(read.digest(), report.digest());
    assert!(report.certifies(&report.release));
    assert!(!report.certifies(&Digest::from_bytes([9; 32])));
    let newer = String::from_utf8(report.bytes()).unwrap();
    let newer = newer.replace(
        "\"guichet_certification\": 1",
        "\"guichet_certification\": 2",
    );
    assert!(Report::read(newer.as_bytes()).is_err());
}

#[test]
fn every_fault_is_struck_at_some_moment() {
    for fault in Fault::ALL {
        assert!(!fault.moments().is_empty(), "{fault}");
    }
}
