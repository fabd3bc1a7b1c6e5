//! The log of effects on disk: one line of JSON each, written before the biller
//! answers, so that it outlives the host and, by `--log`, the city itself.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::Effect;

/// An open log, or none where nobody asked for one.
#[derive(Debug, Default)]
pub(crate) struct LogFile(Option<Mutex<File>>);

impl LogFile {
    /// Opens or makes the file, hands over what stands in it, and cuts off a
    /// last line that was not written whole.
    pub(crate) fn open(path: &Path, mut each: impl FnMut(Effect)) -> std::io::Result<Self> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)?;
        let mut reader = BufReader::new(&file);
        let (mut line, mut sound_bytes) = (String::new(), 0);
        loop {
            line.clear();
            let length = reader.read_line(&mut line)?;
            if length == 0 || !line.ends_with('\n') {
                break;
            }
            each(serde_json::from_str(&line)?);
            sound_bytes += length as u64;
        }
        file.set_len(sound_bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self(Some(Mutex::new(file))))
    }

    /// Appends one effect in a single write, which a killed process cannot take
    /// back.
    pub(crate) fn append(&self, effect: &Effect) -> std::io::Result<()> {
        let Some(file) = &self.0 else { return Ok(()) };
        let mut line = serde_json::to_vec(effect)?;
        line.push(b'\n');
        // A poisoned lock guards nothing but the file's position.
        file.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write_all(&line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::EffectItem;

    fn effect(reference: &str) -> Effect {
        Effect {
            reference: reference.to_owned(),
            service: "water-1".to_owned(),
            amount: 5,
            at: "2026-11-21T08:30:00Z".to_owned(),
            serial: "S1".to_owned(),
            account: "1".to_owned(),
            items: vec![EffectItem {
                bill: "b".to_owned(),
                amount: 5,
                to_balance: 0,
            }],
            accounting_date: "2026-11-21".to_owned(),
            reversal: None,
        }
    }

    #[test]
    fn a_torn_last_line_is_cut_off_and_the_rest_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("effects.jsonl");
        let log = LogFile::open(&path, |_| panic!("a new log is empty")).unwrap();
        log.append(&effect("one")).unwrap();
        log.append(&effect("two")).unwrap();
        drop(log);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, [whole.as_slice(), b"{\"reference\":\"thr"].concat()).unwrap();
        let mut seen = Vec::new();
        let log = LogFile::open(&path, |effect| seen.push(effect)).unwrap();
        assert_eq!(seen, [effect("one"), effect("two")]);
        log.append(&effect("three")).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 3);
    }
}
