//! Mistakes that can be planted, one at a time, to see that the simulation finds
//! them. Without the feature `planted-bugs` there are none: every question below
//! is a constant no.

macro_rules! bugs {
    ($($(#[$doc:meta])* $bug:ident = $word:literal,)*) => {
        /// A mistake that somebody could have made.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Bug {
            $($(#[$doc])* $bug,)*
        }

        impl Bug {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$bug,)*];

            /// Its name on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$bug => $word,)*
                }
            }
        }
    };
}

bugs! {
    /// No answer is taken for a refusal.
    TimeoutMeansFailed = "timeout-means-failed",
    /// A payment is opened without its outbox row.
    NoOutbox = "no-outbox",
    /// The intention is committed after the biller was spoken to.
    SpeakFirst = "speak-first",
    /// An unknown payment is submitted again to a biller that may apply it again.
    SubmitAgain = "submit-again",
    /// Every "not found" is proof at once.
    NotFoundIsProof = "not-found-is-proof",
    /// A "not found" ripens from the begin of the attempt, not from its end.
    RipensFromTheBegin = "ripens-from-the-begin",
    /// A refusal of the last attempt speaks for earlier ones.
    RefusalSpeaksForAll = "refusal-speaks-for-all",
    /// "Already paid" is taken for a refusal.
    PerhapsPaidIsRefused = "perhaps-paid-is-refused",
    /// "Nothing was sent" speaks for earlier attempts.
    UnsentSpeaksForAll = "unsent-speaks-for-all",
    /// What is applied is not taken.
    ForgottenCapture = "forgotten-capture",
    /// What is refused is not given back.
    ForgottenRelease = "forgotten-release",
    /// A change is made whatever version stands.
    NoVersionGuard = "no-version-guard",
    /// The acknowledgement is not kept under its key.
    ForgottenKey = "forgotten-key",
    /// A key is believed with any body.
    AnyBody = "any-body",
    /// A bill may be in two open payments.
    BillTwice = "bill-twice",
    /// A bill is free again while its payment is unknown.
    BillFreeTooEarly = "bill-free-too-early",
    /// An account may be overdrawn.
    NoCap = "no-cap",
    /// A post takes the money and leaves the reservation.
    ReservationStays = "reservation-stays",
    /// A payment that was sent may be cancelled.
    CancelSubmitted = "cancel-submitted",
    /// A reversal is asked for again without asking what became of it.
    ReverseAgain = "reverse-again",
    /// Reversed money stays with the biller.
    ForgottenRefund = "forgotten-refund",
    /// A release is booked while the outcome is unknown and time is over.
    ExpireUnknown = "expire-unknown",
    /// A bank's silence is taken for a refusal.
    BankSilenceIsNo = "bank-silence-is-no",
    /// A bank's silence is taken for consent.
    BankSilenceIsYes = "bank-silence-is-yes",
    /// A bank's "not found" is taken for a refusal.
    BankNotFoundIsNo = "bank-not-found-is-no",
    /// The intention is committed after the bank was spoken to.
    OrderFirst = "order-first",
    /// A payment may be given up while the bank's first answer is missing.
    GiveUpWhileAsked = "give-up-while-asked",
    /// The payer's fee is not asked of the bank.
    FeeNotAsked = "fee-not-asked",
    /// What a bank should give back is booked without asking it.
    BankNotAsked = "bank-not-asked",
    /// Money goes back later without the biller's agreement.
    RefundUnasked = "refund-unasked",
    /// The biller's no to a later refund is taken for a yes.
    RefundDespiteNo = "refund-despite-no",
    /// A refund leaves the payer's fee out of the books.
    RefundKeepsFee = "refund-keeps-fee",
    /// A callback that says "refused" is believed.
    CallbackRefuses = "callback-refuses",
    /// A callback of any service's biller is believed.
    CallbackOfAnybody = "callback-of-anybody",
    /// Whatever amount the biller names is believed.
    AnyAmount = "any-amount",
    /// The client's fee stays reserved when nothing came of its payment.
    ClientFeeStays = "client-fee-stays",
    /// The client's fee comes back with its payment, whatever its prices say.
    ClientFeeBack = "client-fee-back",
    /// The client's fee is not taken when its payment is applied.
    ClientFeeForgotten = "client-fee-forgotten",
    /// What a payer should agree to first is done at once.
    AgreementIgnored = "agreement-ignored",
    /// An agreement counts whatever was agreed to.
    AnyBinding = "any-binding",
    /// Anybody may agree for the payer, or as the second person.
    AnybodyAgrees = "anybody-agrees",
    /// The first of two agreements is enough.
    HalfAgreement = "half-agreement",
    /// A day file's silence is proof for attempts of a day that it does not cover.
    AnyDaysFile = "any-days-file",
    /// Who proposes a decision may agree to it.
    OnePersonDecides = "one-person-decides",
    /// A decision that cannot be carried out is tried until it can, whatever has
    /// changed.
    LateDecision = "late-decision",
    /// A payment that needs people again gets no work order again.
    NoSecondOrder = "no-second-order",
    /// Money without record is no difference.
    SurplusUnnoticed = "surplus-unnoticed",
}

#[cfg(feature = "planted-bugs")]
mod planting {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::Bug;

    const NONE: u8 = u8::MAX;
    static PLANTED: AtomicU8 = AtomicU8::new(NONE);

    /// Plants a mistake in this process.
    pub fn plant(bug: Bug) {
        PLANTED.store(bug as u8, Ordering::Relaxed);
    }

    /// Whether this mistake is to be made.
    #[must_use]
    pub fn planted(bug: Bug) -> bool {
        PLANTED.load(Ordering::Relaxed) == bug as u8
    }
}

#[cfg(feature = "planted-bugs")]
pub use planting::{plant, planted};

/// Whether this mistake is to be made: never.
#[cfg(not(feature = "planted-bugs"))]
#[must_use]
pub const fn planted(_bug: Bug) -> bool {
    false
}
