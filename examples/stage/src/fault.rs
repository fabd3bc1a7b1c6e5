//! Switchable faults: which strikes the next request, and how often. What can go
//! wrong, and what it does to an answer, is the party's.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Rules that may wait at one time.
const RULES_LIMIT: usize = 1_000;

/// An order for faults, as it is posted.
pub trait Rule {
    /// What goes wrong.
    type Fault: Copy;

    /// What goes wrong.
    fn fault(&self) -> Self::Fault;

    /// How often it still strikes.
    fn count(&mut self) -> &mut u64;
}

/// As many rules wait as may.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many faults wait already")]
pub struct TooMany;

/// The faults that wait, in the order in which they were posted.
#[derive(Debug)]
pub struct Faults<R> {
    /// Read first, so that a healthy party takes no lock.
    waiting: AtomicUsize,
    rules: Mutex<Vec<R>>,
}

impl<R> Default for Faults<R> {
    fn default() -> Self {
        Self {
            waiting: AtomicUsize::new(0),
            rules: Mutex::default(),
        }
    }
}

impl<R: Rule> Faults<R> {
    /// Adds a rule behind those that wait.
    ///
    /// # Errors
    /// Where too many wait.
    pub fn add(&self, mut rule: R) -> Result<(), TooMany> {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if rules.len() >= RULES_LIMIT {
            return Err(TooMany);
        }
        if *rule.count() > 0 {
            rules.push(rule);
        }
        self.waiting.store(rules.len(), Ordering::Release);
        Ok(())
    }

    /// Forgets all rules.
    pub fn clear(&self) {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        rules.clear();
        self.waiting.store(0, Ordering::Release);
    }

    /// The fault of the first rule that hits, which is then used up once.
    pub fn strike(&self, hits: impl Fn(&R) -> bool) -> Option<R::Fault> {
        if self.waiting.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let index = rules.iter().position(hits)?;
        let rule = &mut rules[index];
        let fault = rule.fault();
        *rule.count() -= 1;
        if *rule.count() == 0 {
            rules.remove(index);
        }
        self.waiting.store(rules.len(), Ordering::Release);
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Breaks(&'static str, u64);

    impl Rule for Breaks {
        type Fault = &'static str;

        fn fault(&self) -> &'static str {
            self.0
        }

        fn count(&mut self) -> &mut u64 {
            &mut self.1
        }
    }

    #[test]
    fn rules_strike_in_their_order_and_as_often_as_they_say() {
        let faults = Faults::default();
        for rule in [Breaks("late", 2), Breaks("never", 0), Breaks("cut", 1)] {
            faults.add(rule).unwrap();
        }
        assert_eq!(faults.strike(|rule| rule.0 == "cut"), Some("cut"));
        assert_eq!(faults.strike(|rule| rule.0 == "cut"), None);
        assert_eq!(faults.strike(|_| true), Some("late"));
        assert_eq!(faults.strike(|_| true), Some("late"));
        assert_eq!(faults.strike(|_| true), None);
    }

    #[test]
    fn cleared_faults_strike_nothing_and_a_full_queue_takes_no_more() {
        let faults = Faults::default();
        for _ in 0..RULES_LIMIT {
            faults.add(Breaks("late", 1)).unwrap();
        }
        assert_eq!(faults.add(Breaks("late", 1)), Err(TooMany));
        faults.clear();
        assert_eq!(faults.strike(|_| true), None);
        assert_eq!(faults.add(Breaks("late", 1)), Ok(()));
    }
}
