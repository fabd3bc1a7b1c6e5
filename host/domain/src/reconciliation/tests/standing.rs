//! Who may bring a file into force.

use crate::reconciliation::{
    FileRefusal, FileRuling, FileStanding, FileState, Maker, PartyKind, rule_on,
};

#[test]
fn what_a_biller_or_a_bank_says_waits_for_a_second_person() {
    for kind in PartyKind::ALL {
        let ours = FileState::of_new(Maker::House, *kind);
        assert_eq!(ours, FileState::InForce, "{kind}");
        let theirs = match kind {
            PartyKind::Client => FileState::InForce,
            PartyKind::Biller | PartyKind::Bank => FileState::AwaitingConfirmation,
        };
        assert_eq!(FileState::of_new(Maker::Party, *kind), theirs, "{kind}");
    }
}

#[test]
fn every_word_about_every_file_leads_where_it_should() {
    use FileRefusal::{Already, Decided, SamePerson};
    use FileRuling::{Confirm, Reject};
    use FileState::{AwaitingConfirmation, InForce, Rejected};
    let table = [
        (AwaitingConfirmation, None, Confirm, "paul", Err(SamePerson)),
        (AwaitingConfirmation, None, Confirm, "petra", Ok(InForce)),
        (AwaitingConfirmation, None, Reject, "paul", Ok(Rejected)),
        (AwaitingConfirmation, None, Reject, "petra", Ok(Rejected)),
        (InForce, Some("petra"), Confirm, "petra", Err(Already)),
        (
            InForce,
            Some("petra"),
            Confirm,
            "paul",
            Err(Decided(InForce)),
        ),
        (
            InForce,
            Some("petra"),
            Reject,
            "petra",
            Err(Decided(InForce)),
        ),
        (InForce, None, Confirm, "petra", Err(Decided(InForce))),
        (Rejected, Some("petra"), Reject, "petra", Err(Already)),
        (
            Rejected,
            Some("petra"),
            Reject,
            "paul",
            Err(Decided(Rejected)),
        ),
        (
            Rejected,
            Some("petra"),
            Confirm,
            "petra",
            Err(Decided(Rejected)),
        ),
    ];
    for (state, decided_by, ruling, by, wanted) in table {
        let file = FileStanding {
            state,
            brought_by: "paul",
            decided_by,
        };
        assert_eq!(
            rule_on(file, ruling, by),
            wanted,
            "{file:?} {ruling:?} {by}"
        );
    }
}
