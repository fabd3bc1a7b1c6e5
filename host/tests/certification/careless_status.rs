//! Hand-made guests that are careless after the payment: with the question what
//! became of it, and with undoing it.

use guichet_registry::certification::{Capability, Evidence, Verdict};

use crate::careless::fails;
use crate::guest::{
    self, APPLIED, ASK, ASK_REVERSAL, Bodies, NO_ANSWER, NOT_FOUND, REVERSED, SEND, STATUS,
    STATUS_APPLIED, STATUS_UNKNOWN, UNDO, UNKNOWN, WORD,
};
use crate::package::Package;
use crate::{certifier, certify};

/// What a careful guest does; a test replaces one of them.
struct Careful {
    submit: String,
    status: String,
    reverse: String,
    reversal_status: String,
}

impl Careful {
    fn new() -> Self {
        let sends = |send: &str, done: &str, unknown: &str| {
            format!(
                "{send} (if (result i32) {NO_ANSWER} (then {unknown}) (else
                   (if (result i32) (i32.eq {STATUS} (i32.const 201)) (then {done}) (else {unknown}))))"
            )
        };
        Self {
            submit: sends(SEND, APPLIED, UNKNOWN),
            status: format!("{ASK} {}", told(STATUS_UNKNOWN)),
            reverse: sends(UNDO, REVERSED, STATUS_UNKNOWN),
            reversal_status: format!("{ASK_REVERSAL} {}", told(STATUS_UNKNOWN)),
        }
    }

    fn package(&self) -> Package {
        let component = guest::plugin(&Bodies {
            submit: &self.submit,
            status: &self.status,
            reverse: &self.reverse,
            reversal_status: &self.reversal_status,
        });
        Package::fixture("handmade-whole").with("component.wasm", component)
    }
}

/// By the biller's word: paid, not there, reversed; and what any other one means.
fn told(other: &str) -> String {
    let when = |letter: char, then: &str, other: &str| {
        let code = u32::from(letter);
        format!("(if (result i32) (i32.eq {WORD} (i32.const {code})) (then {then}) (else {other}))")
    };
    let known = when('N', NOT_FOUND, other);
    when('P', STATUS_APPLIED, &when('R', REVERSED, &known))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_careful_guest_passes_and_shows_what_its_biller_can() {
    let report = certify(&certifier(), &Careful::new().package().admitted()).await;
    assert_eq!(report.verdict, Verdict::Passed, "{}", report.text());
    for capability in [
        Capability::Status,
        Capability::NotFound,
        Capability::Reversal,
    ] {
        let shown = report.coverage[0].shown.get(&capability);
        assert!(
            matches!(shown, Some(Evidence::Shown { .. })),
            "{capability:?}:\n{}",
            report.text()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_not_found_read_off_garbage() {
    let mut careless = Careful::new();
    let silent =
        format!("(if (result i32) {NO_ANSWER} (then {STATUS_UNKNOWN}) (else {NOT_FOUND}))");
    careless.status = format!("{ASK} {}", told(&silent));
    fails(
        careless.package(),
        "at status-paid, the answer's body is garbage (nothing was carried out): the plugin says \
         not found, but the biller has the payment",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_that_is_sent_again_by_itself() {
    let mut careless = Careful::new();
    let once = careless.reverse.trim_start_matches(UNDO).to_owned();
    careless.reverse = format!("{UNDO} (if {NO_ANSWER} (then {UNDO})) {once}");
    fails(careless.package(), "the payment is undone 2 times").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_called_done_without_a_whole_answer() {
    let mut careless = Careful::new();
    careless.reverse = format!(
        "{UNDO} (if (result i32) {NO_ANSWER} (then {REVERSED}) (else
           (if (result i32) (i32.eq {STATUS} (i32.const 201)) (then {REVERSED}) (else {STATUS_UNKNOWN}))))"
    );
    fails(
        careless.package(),
        "the plugin says reversed, but the biller has undone nothing",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_called_not_found_while_the_biller_has_it() {
    let mut careless = Careful::new();
    careless.reversal_status = format!("{ASK_REVERSAL} {}", told(NOT_FOUND));
    fails(
        careless.package(),
        "at reversal-status-reversed, the answer's body is garbage (nothing was carried out): the \
         plugin says not found, but the biller has undone the payment",
    )
    .await;
}
