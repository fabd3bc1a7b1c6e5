//! A simulated country: billers and agencies with dialects, faults and a log of effects

pub mod catalogue;
