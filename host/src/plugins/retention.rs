//! Lets go of old transcripts: by class, whole segments once nothing of them is
//! left. That a call took place stays known for longer.

use std::path::Path;
use std::time::Duration;

use guichet_domain::Moment;

use super::{TranscriptError, Transcripts};
use crate::ports::Ports;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Days for which what is kept of a call is kept, by class.
const DAYS: [(&str, i64); 3] = [("full", 30), ("digest", 180), ("none", 180)];
/// Days for which it is known that a call took place.
const INDEX_DAYS: i64 = 3 * 365;
/// How often this is looked at.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// Looks until the store is closed.
pub async fn retain(transcripts: Transcripts, ports: Ports) {
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        if transcripts.store.is_closed() {
            return;
        }
        if let Err(error) = transcripts.let_go(ports.now()).await {
            tracing::warn!(%error, "old transcripts cannot be let go");
        }
    }
}

impl Transcripts {
    /// Lets go of everything that is too old at this moment.
    pub async fn let_go(&self, now: Moment) -> Result<(), TranscriptError> {
        for (class, days) in DAYS {
            let before = now.plus_ms(-days * DAY_MS);
            for segment in self.store.old_segments(class, before).await? {
                let empty = self.store.empty_segment(&segment, class, before).await?;
                // The writer goes on where it was; its next start leaves this one.
                if empty && !segment.starts_with(self.writing.as_str()) {
                    remove(&self.folder.join(&segment))?;
                }
            }
        }
        let oldest = now.plus_ms(-INDEX_DAYS * DAY_MS);
        Ok(self.store.forget_calls(oldest).await?)
    }
}

/// The segment of another node is removed by that node's own look.
fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use guichet_domain::id::RecordId;

    use super::*;
    use crate::seal::Vault;
    use crate::store::{Location, Store, TranscriptEntry};

    fn entry(number: u64, class: &str, age_days: i64, now: Moment) -> TranscriptEntry {
        let id = |prefix| RecordId::from_parts(prefix, number, [0; 10]);
        TranscriptEntry {
            call: id("call"),
            service: "water-330100-1".to_owned(),
            package: "city/water".to_owned(),
            record: id("bq"),
            client: "demo".to_owned(),
            subject: "anna".parse().unwrap(),
            consent: String::new(),
            function: "query-bills".to_owned(),
            class: class.to_owned(),
            component: "sha256:00".to_owned(),
            segment: format!("old-{class}.seg"),
            position: 0,
            length: 1,
            created_at: now.plus_ms(-age_days * DAY_MS),
        }
    }

    #[tokio::test]
    async fn each_class_is_kept_for_its_time_and_calls_are_known_longer() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(&folder.path().join("vault.key")).unwrap();
        let location = Location::Sqlite(folder.path().join("guichet.db"));
        let store = Store::open(&location, vault, "n1").await.unwrap();
        let ports = Ports::system();
        let now = ports.now();
        let place = folder.path().join("transcripts");
        let transcripts =
            Transcripts::start(place.clone(), store.clone(), ports.record_id("seg")).unwrap();
        for class in ["full", "digest"] {
            std::fs::write(place.join(format!("old-{class}.seg")), b"x").unwrap();
        }
        let entries = [entry(1, "full", 31, now), entry(2, "digest", 31, now)];
        store.insert_transcripts(&entries).await.unwrap();
        transcripts.let_go(now).await.unwrap();
        assert!(!place.join("old-full.seg").exists());
        assert!(place.join("old-digest.seg").exists());
        let call = |number: usize| entries[number].call.clone();
        let known = store.transcript(&call(0)).await.unwrap().unwrap();
        assert_eq!(known.segment, "", "that the call took place is known");
        assert!(transcripts.read(&call(0)).await.unwrap().is_none());
        transcripts
            .let_go(now.plus_ms(INDEX_DAYS * DAY_MS))
            .await
            .unwrap();
        assert!(store.transcript(&call(0)).await.unwrap().is_none());
        assert!(!place.join("old-digest.seg").exists());
    }
}
