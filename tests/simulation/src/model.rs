//! What must be true of every answer: the states that a payment may be seen in
//! after it was seen in another, and what a finished world must look like.

use std::collections::{BTreeMap, BTreeSet};

use guichet_domain::payment::{Event, LegState, Snapshot, State, transition};

/// Which states can be seen after which, from the diagram itself.
pub struct Reach(BTreeMap<State, BTreeSet<State>>);

impl Reach {
    /// Walks the whole diagram.
    pub fn of_the_diagram() -> Self {
        let mut arrows: BTreeMap<State, BTreeSet<State>> = BTreeMap::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![Snapshot::NEW];
        while let Some(from) = open.pop() {
            if !seen.insert(key(from)) {
                continue;
            }
            for event in Event::all() {
                if let Ok(to) = transition(from, event) {
                    arrows.entry(from.state).or_default().insert(to.state);
                    open.push(to);
                }
            }
        }
        let mut reach = arrows.clone();
        loop {
            let before: usize = reach.values().map(BTreeSet::len).sum();
            for state in State::ALL {
                let next: BTreeSet<State> = reach
                    .get(state)
                    .into_iter()
                    .flatten()
                    .flat_map(|middle| arrows.get(middle).into_iter().flatten().copied())
                    .collect();
                reach.entry(*state).or_default().extend(next);
            }
            if before == reach.values().map(BTreeSet::len).sum::<usize>() {
                return Self(reach);
            }
        }
    }

    pub fn allows(&self, from: State, to: State) -> bool {
        from == to || self.0.get(&from).is_some_and(|next| next.contains(&to))
    }
}

fn key(of: Snapshot) -> (State, [LegState; 4]) {
    (of.state, [of.hold, of.capture, of.release, of.refund])
}

/// How often the biller's effect must stand when a payment has come to rest; none
/// where nobody knows, and somebody owns it.
pub const fn effects_that_must_stand(state: State) -> Option<usize> {
    match state {
        State::Applied | State::Refunding | State::Refunded => Some(1),
        State::Declined
        | State::Cancelled
        | State::Expired
        | State::Refused
        | State::Released
        | State::Reversed => Some(0),
        State::Requested
        | State::RequiresAction
        | State::Held
        | State::Submitted
        | State::Pending
        | State::Unknown
        | State::Reversing => None,
    }
}
