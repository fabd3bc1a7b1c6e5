//! Which release of a package serves whom: the one that a record was begun with,
//! else the pilot for those who are in it, else the general one; and while this
//! node still makes that one ready, the one before it.

use std::collections::BTreeSet;

use guichet_domain::Digest;
use guichet_domain::id::{RegionCode, SubjectId};
use guichet_registry::PackageName;
use guichet_registry::register::{Lineup, Pilot, Register};
use guichet_registry::sign::sha256_parts;

/// For whom a release is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Seeker<'a> {
    /// On whose behalf.
    pub subject: &'a SubjectId,
    /// The region that was chosen.
    pub region: Option<&'a RegionCode>,
    /// The release that a record was begun with, to go on with where it still
    /// may run.
    pub begun_with: Option<Digest>,
}

/// What serves of a package at this moment.
pub(super) struct Line {
    lineup: Lineup,
    /// What stands in while the general release is made ready here: never where
    /// it was stopped.
    standby: Option<Digest>,
}

impl Line {
    pub(super) fn of(register: &Register, package: &PackageName) -> Option<Self> {
        let lineup = register.lineup(package)?;
        let runs = lineup
            .general
            .is_some_and(|general| register.may_run(general).is_ok());
        Some(Self {
            standby: lineup.previous.filter(|_| runs),
            lineup,
        })
    }
}

/// The releases to try, best first.
pub(super) fn choose(package: &PackageName, line: &Line, seeker: &Seeker<'_>) -> Vec<Digest> {
    let lineup = &line.lineup;
    let pilot = lineup
        .pilot
        .as_ref()
        .filter(|pilot| takes_part(package, pilot, seeker))
        .map(|pilot| pilot.release);
    let known = [
        lineup.pilot.as_ref().map(|pilot| pilot.release),
        lineup.general,
        lineup.previous,
    ];
    let begun = seeker
        .begun_with
        .filter(|digest| known.contains(&Some(*digest)));
    [begun, pilot, lineup.general, line.standby]
        .into_iter()
        .flatten()
        .collect()
}

fn takes_part(package: &PackageName, pilot: &Pilot, seeker: &Seeker<'_>) -> bool {
    let near = |regions: &BTreeSet<RegionCode>| {
        seeker.region.is_some_and(|region| regions.contains(region))
    };
    near(&pilot.regions) || share(package, seeker.subject) < pilot.share_permille
}

/// A number below a thousand that stays the same for a subject and package, so
/// that a growing share keeps those who were in it, and the same subjects are
/// not the first everywhere.
fn share(package: &PackageName, subject: &SubjectId) -> u16 {
    let digest = sha256_parts(&[
        package.to_string().as_bytes(),
        b"\n",
        subject.as_str().as_bytes(),
    ]);
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest.as_bytes()[..8]);
    // Below a thousand by construction.
    u16::try_from(u64::from_be_bytes(bytes) % 1_000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use guichet_domain::Moment;

    use super::*;

    fn lineup(share_permille: u16) -> (PackageName, Line) {
        let digest = |text: &str| guichet_registry::sign::sha256(text.as_bytes());
        let pilot = Pilot {
            release: digest("new"),
            share_permille,
            regions: [RegionCode::new("330100").unwrap()].into(),
            since: Moment::from_micros(0),
        };
        let lineup = Lineup {
            general: Some(digest("serving")),
            pilot: Some(pilot),
            previous: Some(digest("before")),
        };
        let standby = lineup.previous;
        ("acme/water".parse().unwrap(), Line { lineup, standby })
    }

    fn first(seeker: &Seeker<'_>, share_permille: u16) -> Digest {
        let (package, lineup) = lineup(share_permille);
        choose(&package, &lineup, seeker)[0]
    }

    #[test]
    fn a_share_of_subjects_is_in_the_pilot_and_stays_there() {
        let new = guichet_registry::sign::sha256(b"new");
        let mut counted = [0; 2];
        for number in 0..2_000 {
            let subject = SubjectId::new(format!("s-{number}")).unwrap();
            let seeker = Seeker {
                subject: &subject,
                region: None,
                begun_with: None,
            };
            let in_small = first(&seeker, 100) == new;
            let in_large = first(&seeker, 300) == new;
            assert!(
                in_large || !in_small,
                "a growing share lets go of {subject}"
            );
            counted[0] += u32::from(in_small);
            counted[1] += u32::from(in_large);
        }
        assert!((150..250).contains(&counted[0]), "{counted:?}");
        assert!((500..700).contains(&counted[1]), "{counted:?}");
    }

    #[test]
    fn a_region_is_in_whole_and_what_was_begun_goes_on() {
        let subject = SubjectId::new("anna").unwrap();
        let region = RegionCode::new("330100").unwrap();
        let serving = guichet_registry::sign::sha256(b"serving");
        let mut seeker = Seeker {
            subject: &subject,
            region: Some(&region),
            begun_with: None,
        };
        assert_ne!(first(&seeker, 0), serving);
        seeker.begun_with = Some(serving);
        assert_eq!(first(&seeker, 1_000), serving);
        seeker.begun_with = Some(guichet_registry::sign::sha256(b"gone"));
        assert_ne!(first(&seeker, 1_000), serving);
    }
}
