//! The audit log: every event is a leaf of its node's log (`store::LoggedEvent`).
