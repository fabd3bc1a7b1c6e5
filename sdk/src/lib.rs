//! Guest SDK: a trait per service kind, one export macro, and a fake host for native unit tests
