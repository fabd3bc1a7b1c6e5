//! The services that are paid: one or two for every kind of biller, all of one
//! package, so that a node starts quickly. What kind a biller is decides how an
//! unknown payment can be settled; the judgement is the same for all.

/// The package of the services, and the one that has the component they share.
pub const PACKAGES: [&str; 2] = ["water-json-hmac", "http-biller"];

/// What a biller does with a reference that it has seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// It answers as the first time.
    Keeps,
    /// It takes the money again.
    None,
}

/// Services by what their billers can do.
pub const SERVICES: [(&str, Memory); 12] = [
    // "Not found" is proof after 5 seconds; reversible.
    ("sewage-110000", Memory::Keeps),
    ("sewage-140200", Memory::Keeps),
    // The same, not reversible.
    ("sewage-120000", Memory::Keeps),
    // "Not found" is proof after 30 seconds.
    ("sewage-141000", Memory::Keeps),
    // "Not found" is proof after 5 seconds.
    ("sewage-440300", Memory::None),
    ("water-110000-1", Memory::None),
    // "Not found" proves nothing.
    ("water-141100-1", Memory::Keeps),
    ("water-360400-1", Memory::None),
    // They cannot be asked.
    ("sewage-231100", Memory::Keeps),
    ("water-410400-2", Memory::Keeps),
    // Only people can settle what is unknown.
    ("water-230100-1", Memory::None),
    ("water-210200-2", Memory::None),
];
