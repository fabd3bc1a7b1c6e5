//! Runs plugins: engine, limits, capabilities, egress, transcript and replay
