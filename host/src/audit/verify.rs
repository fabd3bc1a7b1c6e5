//! `guichet audit verify --data`: every log of the books from its first event on,
//! against its tree head, the hashes beside it, and tree heads that were kept.

use guichet_registry::checkpoint::SignedCheckpoint;

use super::replay::{Fault, Kept, Replay};
use super::tile::WIDTH;
use super::{Audit, AuditError, origin_of};
use crate::store::{LoggedEvent, TileRow};

/// Events that are read at a time.
const PAGE: u32 = 4_096;

/// What was found in one log.
#[derive(Debug)]
pub struct Report {
    /// Which log.
    pub log: u8,
    /// Events that are there.
    pub events: u64,
    /// Of these, signed.
    pub signed: u64,
    /// What is wrong, if anything.
    pub fault: Option<Fault>,
}

/// Goes through all logs. `kept` are tree heads that somebody has kept, of any of
/// them; one that belongs to none is a fault of its own.
pub async fn verify(audit: &Audit, kept: &[String]) -> Result<Vec<Report>, AuditError> {
    let mut reports = Vec::new();
    let mut logs = audit.0.store.audit_logs().await?;
    for note in kept {
        // A log that was emptied is missed by those who have kept its head.
        let named = (0..100).find(|log| is_of(note, audit, *log));
        match named {
            Some(log) if !logs.contains(&log) => logs.push(log),
            Some(_) => {}
            None => reports.push(Report {
                log: 0,
                events: 0,
                signed: 0,
                fault: Some(Fault::Head(
                    "it is of no log of this installation".to_owned(),
                )),
            }),
        }
    }
    for log in logs {
        reports.push(verify_log(audit, log, kept).await?);
    }
    Ok(reports)
}

fn is_of(note: &str, audit: &Audit, log: u8) -> bool {
    let origin = origin_of(audit.installation(), log);
    SignedCheckpoint::parse(note).is_ok_and(|signed| *signed.unverified().origin() == origin)
}

async fn verify_log(audit: &Audit, log: u8, kept: &[String]) -> Result<Report, AuditError> {
    let store = &audit.0.store;
    let stored = store.checkpoint(log).await?;
    let mut report = Report {
        log,
        events: 0,
        signed: stored.as_ref().map_or(0, |stored| stored.size),
        fault: None,
    };
    let origin = origin_of(audit.installation(), log);
    let key = audit.public_key();
    let mut heads = Kept::default();
    let own = kept.iter().filter(|note| is_of(note, audit, log));
    for note in own.chain(stored.as_ref().map(|stored| &stored.note)) {
        if let Err(fault) = heads.add(note, &origin, &key) {
            report.fault = Some(fault);
            return Ok(report);
        }
    }
    if let Some(stored) = &stored
        && heads.has_no(stored.size)
    {
        report.fault = Some(Fault::Head("its size is not the one beside it".to_owned()));
        return Ok(report);
    }
    let mut replay = Replay::new(heads);
    loop {
        let events = store.logged_events(log, replay.size(), PAGE).await?;
        if events.is_empty() {
            break;
        }
        let found = step(audit, &mut replay, &events, report.signed).await?;
        report.events = replay.size();
        if found.is_some() {
            report.fault = found;
            return Ok(report);
        }
    }
    report.fault = match replay.finish() {
        Ok(unfinished) if report.signed == report.events => {
            differing(audit, log, &unfinished).await?
        }
        // What was committed since the last tree head is not in the tiles yet.
        Ok(_) => None,
        Err(fault) => Some(fault),
    };
    Ok(report)
}

async fn step(
    audit: &Audit,
    replay: &mut Replay,
    events: &[LoggedEvent],
    signed: u64,
) -> Result<Option<Fault>, AuditError> {
    for event in events {
        let full = match replay.push(event.index, &event.entry) {
            Ok(full) => full,
            Err(fault) => return Ok(Some(fault)),
        };
        if replay.size() <= signed
            && let Some(fault) = differing(audit, event.log, &full).await?
        {
            return Ok(Some(fault));
        }
    }
    Ok(None)
}

/// Whether the kept hashes are other than they should be.
async fn differing(audit: &Audit, log: u8, tiles: &[TileRow]) -> Result<Option<Fault>, AuditError> {
    for tile in tiles {
        let store = &audit.0.store;
        let kept = store.audit_tile(log, tile.level, tile.position).await?;
        if kept != tile.hashes {
            let span = WIDTH.pow(tile.level + 1);
            let first = tile.position * span;
            return Ok(Some(Fault::Hashes(first, first + span - 1)));
        }
    }
    Ok(None)
}
