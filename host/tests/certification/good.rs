//! Plugins that keep the contract pass, with scenarios recorded from the city.

use guichet_registry::certification::{Report, Verdict};

use crate::package::Package;
use crate::{certifier, certify};

/// Certifies a fixture; the same bundle must give the same report.
async fn passes(name: &str) -> Report {
    let certifier = certifier();
    let admitted = Package::fixture(name).admitted();
    let report = certify(&certifier, &admitted).await;
    assert_eq!(report.verdict, Verdict::Passed, "{}", report.text());
    report
}

macro_rules! good {
    ($($test:ident $name:literal)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            passes($name).await;
        }
    )*};
}

good! {
    json_with_a_mac "json-hmac"
    json_of_a_slow_biller "json-hmac-slow"
    xml_in_gb18030 "xml-gb18030"
    a_form "form"
    json_signed_with_rsa "json-rsa"
    json_signed_with_sm2 "json-sm2"
    prepaid_power "prepaid-power"
    a_traffic_fine "traffic-fine"
    a_statement_of_the_provident_fund "provident-fund"
    a_credit_report "credit-report"
    a_medical_insurance_code "medical-insurance-code"
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_bundle_gives_the_same_report() {
    let first = passes("json-hmac").await;
    let second = passes("json-hmac").await;
    assert_eq!(first.bytes(), second.bytes());
    assert_eq!(first.digest(), second.digest());
    assert_eq!(Report::read(&first.bytes()).unwrap(), first);
}
