//! What the black-box suites share: where built programs lie, and how a
//! marketplace of one's own is started for a test.
