//! The ledger check.

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding;
/// What the check came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerReport;
