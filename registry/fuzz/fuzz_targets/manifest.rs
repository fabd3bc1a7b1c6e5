//! Any text is read as a manifest or refused with findings; what was read is
//! written and read again as the same.

#![no_main]

use guichet_registry::Manifest;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Manifest::read_all(text) {
        Ok(manifest) => assert!(Manifest::read(text).is_ok_and(|again| again == manifest)),
        Err(findings) => {
            assert!(!findings.is_empty());
            let lines = text.lines().count() + 1;
            for finding in findings {
                assert!(!finding.problem.is_empty() && !finding.mend.is_empty());
                assert!(finding.line.is_none_or(|line| (1..=lines).contains(&line)));
            }
        }
    }
});
