//! Measurements against named peers
