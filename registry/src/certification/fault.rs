//! What the drill strikes: at which function, with which fault.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $word:literal, $tells:literal;)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$case_doc])* #[serde(rename = $word)] $case,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$case,)*];

            /// The word in reports.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$case => $word,)* }
            }

            /// The words for people.
            #[must_use]
            pub const fn tells(self) -> &'static str {
                match self { $(Self::$case => $tells,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

words! {
    /// A function of the contract.
    Function {
        /// `bill-payment.query-bills`.
        QueryBills = "query-bills", "query-bills";
        /// `bill-payment.poll-query`.
        PollQuery = "poll-query", "poll-query";
        /// `bill-payment.submit-payment`.
        SubmitPayment = "submit-payment", "submit-payment";
        /// `bill-payment.payment-status`.
        PaymentStatus = "payment-status", "payment-status";
        /// `bill-payment.reverse-payment`.
        ReversePayment = "reverse-payment", "reverse-payment";
        /// `bill-payment.reversal-status`.
        ReversalStatus = "reversal-status", "reversal-status";
        /// `inquiry.ask`.
        Ask = "ask", "ask";
        /// `inquiry.poll`.
        Poll = "poll", "poll";
        /// `credential.issue`.
        Issue = "issue", "issue";
    }

    /// What happens to one exchange.
    Fault {
        /// Nobody listens.
        Refused = "connection-refused", "the connection is refused";
        /// The connection breaks before the request is read.
        ResetBefore = "reset-before", "the connection breaks before the request is read";
        /// The connection breaks after the request was carried out.
        ResetAfter = "reset-after", "the connection breaks after the request was carried out";
        /// No answer, and the request is never carried out.
        SilentBefore = "timeout-before", "no answer comes, and the request is not carried out";
        /// No answer, but the request is carried out.
        SilentAfter = "timeout-after", "no answer comes, but the request is carried out";
        /// No answer; the request is carried out after the first question about it.
        LateSuccess = "late-success", "no answer comes, and the request is carried out later";
        /// The answer ends in the middle, with the connection.
        Cut = "cut", "the answer is cut in the middle";
        /// Half of the answer comes as if it were whole.
        Truncated = "truncated", "half of the answer comes as if it were whole";
        /// A body of random bytes.
        Garbage = "garbage", "the answer's body is garbage";
        /// A page in place of the answer.
        WrongType = "wrong-type", "a page comes in place of the answer";
        /// HTTP 500.
        Status500 = "http-500", "HTTP 500 comes back";
        /// HTTP 502.
        Status502 = "http-502", "HTTP 502 comes back";
        /// HTTP 503.
        Status503 = "http-503", "HTTP 503 comes back";
        /// HTTP 429.
        Status429 = "http-429", "HTTP 429 comes back";
        /// HTTP 202 without a body.
        Status202 = "http-202", "HTTP 202 comes back without a body";
        /// The request reaches the other side twice.
        Twice = "delivered-twice", "the request is delivered twice";
        /// The answer comes late, within the deadline.
        Slow = "slow", "the answer is slow";
    }

    /// Whether a request was carried out when its answer was spoilt.
    Moment {
        /// It was not.
        Before = "before", "nothing was carried out";
        /// It was.
        After = "after", "the request was carried out";
    }
}

impl Fault {
    /// The moments at which the fault is struck: both, where the answer says
    /// nothing about what was done.
    #[must_use]
    pub const fn moments(self) -> &'static [Moment] {
        match self {
            Self::Refused | Self::ResetBefore | Self::SilentBefore => &[Moment::Before],
            Self::ResetAfter
            | Self::SilentAfter
            | Self::LateSuccess
            | Self::Cut
            | Self::Truncated
            | Self::Twice
            | Self::Slow => &[Moment::After],
            Self::Garbage
            | Self::WrongType
            | Self::Status500
            | Self::Status502
            | Self::Status503
            | Self::Status429
            | Self::Status202 => &[Moment::Before, Moment::After],
        }
    }

    /// Whether the plugin waits for an answer that does not come.
    #[must_use]
    pub const fn is_silent(self) -> bool {
        matches!(
            self,
            Self::SilentBefore | Self::SilentAfter | Self::LateSuccess
        )
    }

    /// Whether the true answer comes all the same.
    #[must_use]
    pub const fn leaves_the_answer(self) -> bool {
        matches!(self, Self::Twice | Self::Slow)
    }
}
