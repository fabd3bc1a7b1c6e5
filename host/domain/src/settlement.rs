//! Settlement: what is paid to a biller for a day, and the states of one batch.
//! It books nothing and knows no account.

use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money};

/// What one payment adds to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Share {
    /// Applied: owed to the biller, less the fee that it bears.
    Application {
        /// The payment's total.
        total: Money,
        /// The fee that the biller bears; zero or above.
        fee: i64,
    },
    /// Given back after it was settled: taken off again, fee included.
    GivenBack {
        /// The payment's total.
        total: Money,
        /// The fee that had been withheld.
        fee: i64,
    },
}

/// Sums of a batch, in minor units of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Of applications.
    pub gross: i64,
    /// Of what was given back.
    pub given_back: i64,
    /// Withheld, net of what is given back.
    pub fees: i64,
    /// To be paid: `gross - given_back - fees`.
    pub net: i64,
    /// Payments.
    pub count: i64,
}

/// Sums up; none where another currency is among them or 64 bits do not hold it.
#[must_use]
pub fn sum(currency: Currency, shares: &[Share]) -> Option<Sums> {
    let mut sums = Sums {
        gross: 0,
        given_back: 0,
        fees: 0,
        net: 0,
        count: i64::try_from(shares.len()).ok()?,
    };
    for share in shares {
        let (total, fee) = match share {
            Share::Application { total, fee } => {
                sums.gross = sums.gross.checked_add(total.minor_units())?;
                (total, *fee)
            }
            Share::GivenBack { total, fee } => {
                sums.given_back = sums.given_back.checked_add(total.minor_units())?;
                (total, fee.checked_neg()?)
            }
        };
        if total.currency() != currency {
            return None;
        }
        sums.fees = sums.fees.checked_add(fee)?;
    }
    sums.net = sums
        .gross
        .checked_sub(sums.given_back)?
        .checked_sub(sums.fees)?;
    Some(sums)
}

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// Payments are being put into it; no money has moved.
    Gathering,
    /// Its money has left the payable account and waits to be sent.
    Made,
    /// It stands in a payment file that the bank has.
    Sent,
    /// The bank's statement shows it.
    Confirmed,
    /// The bank's statement shows that it came back; payable again.
    Returned,
}

impl BatchState {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Gathering,
        Self::Made,
        Self::Sent,
        Self::Confirmed,
        Self::Returned,
    ];

    /// Its word in the database and on the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gathering => "gathering",
            Self::Made => "made",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::Returned => "returned",
        }
    }
}

impl std::str::FromStr for BatchState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or(())
    }
}

/// What happens to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchEvent {
    /// It was put into a payment file.
    Sent,
    /// The bank's statement shows it as paid.
    Confirmed,
    /// The bank's statement shows it as come back.
    Returned,
    /// It is made again after it came back.
    MadeAgain,
}

/// Why a batch does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unmoved {
    /// It stands there already.
    #[error("it stands there already")]
    Already,
    /// No such arrow.
    #[error("this cannot happen to a batch that is {}", .0.as_str())]
    Forbidden(BatchState),
}

/// Where the event leads. A bank may show a payment before we have noted that
/// its file was sent, and may return what it had confirmed.
pub const fn move_batch(from: BatchState, event: BatchEvent) -> Result<BatchState, Unmoved> {
    use BatchState::{Confirmed, Gathering, Made, Returned, Sent};
    match (event, from) {
        (BatchEvent::Sent, Made) => Ok(Sent),
        (BatchEvent::Sent, Sent | Confirmed) => Err(Unmoved::Already),
        (BatchEvent::Confirmed, Made | Sent) => Ok(Confirmed),
        (BatchEvent::Confirmed, Confirmed) => Err(Unmoved::Already),
        (BatchEvent::Returned, Sent | Confirmed) => Ok(Returned),
        (BatchEvent::Returned, Returned) => Err(Unmoved::Already),
        (BatchEvent::MadeAgain, Returned) => Ok(Made),
        (BatchEvent::MadeAgain, Made) => Err(Unmoved::Already),
        (_, Gathering) => Err(Unmoved::Forbidden(from)),
        (BatchEvent::Sent | BatchEvent::Confirmed, Returned)
        | (BatchEvent::Returned, Made)
        | (BatchEvent::MadeAgain, Sent | Confirmed) => Err(Unmoved::Forbidden(from)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_pays_what_was_applied_less_fees_and_what_came_back() {
        let shares = [
            Share::Application {
                total: Money::cny(1_000),
                fee: 5,
            },
            Share::Application {
                total: Money::cny(500),
                fee: 0,
            },
            Share::GivenBack {
                total: Money::cny(300),
                fee: 2,
            },
        ];
        let sums = sum(Currency::CNY, &shares).unwrap();
        assert_eq!((sums.gross, sums.given_back, sums.fees), (1_500, 300, 3));
        assert_eq!((sums.net, sums.count), (1_197, 3));
        assert!(sum("USD".parse().unwrap(), &shares).is_none());
        let huge = [Share::Application {
            total: Money::cny(i64::MAX),
            fee: 0,
        }; 2];
        assert!(sum(Currency::CNY, &huge).is_none());
    }

    #[test]
    fn the_words_of_states_stay_what_they_are_and_lead_back() {
        let words = ["gathering", "made", "sent", "confirmed", "returned"];
        assert_eq!(BatchState::ALL.map(BatchState::as_str), words);
        let back = words.map(|word| word.parse::<BatchState>().unwrap());
        assert_eq!(back, BatchState::ALL);
        assert_eq!("lost".parse::<BatchState>(), Err(()));
    }

    #[test]
    fn every_arrow_of_a_batch_is_meant() {
        use BatchEvent as E;
        use BatchState as S;
        let arrows = [
            (S::Made, E::Sent, S::Sent),
            (S::Made, E::Confirmed, S::Confirmed),
            (S::Sent, E::Confirmed, S::Confirmed),
            (S::Sent, E::Returned, S::Returned),
            (S::Confirmed, E::Returned, S::Returned),
            (S::Returned, E::MadeAgain, S::Made),
        ];
        for from in S::ALL {
            for event in [E::Sent, E::Confirmed, E::Returned, E::MadeAgain] {
                let meant = arrows
                    .iter()
                    .find(|(at, by, _)| *at == from && *by == event);
                assert_eq!(move_batch(from, event).ok(), meant.map(|(_, _, to)| *to));
            }
        }
    }
}
