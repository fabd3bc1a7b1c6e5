//! What may run: bundles, signatures, permissions, admission and the catalogue
