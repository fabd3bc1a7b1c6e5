//! What has really happened, on disk: one line of JSON each, written before the
//! party answers, so that a killed one remembers what it did.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// An open journal, or none where nobody asked for one.
#[derive(Debug, Default)]
pub struct Journal(Option<Mutex<File>>);

impl Journal {
    /// Opens or makes the file, hands over what stands in it, and cuts off a last
    /// line that was not written whole: nobody was answered on it.
    ///
    /// # Errors
    /// Where the file cannot be used, or holds a whole line that does not read.
    pub fn open<T: DeserializeOwned>(
        path: &Path,
        mut each: impl FnMut(T),
    ) -> std::io::Result<Self> {
        let mut options = OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).open(path)?;
        let mut reader = BufReader::new(&file);
        let (mut line, mut sound_bytes) = (String::new(), 0);
        loop {
            line.clear();
            let length = reader.read_line(&mut line)?;
            if !line.ends_with('\n') {
                break;
            }
            each(serde_json::from_str(&line)?);
            sound_bytes += length as u64;
        }
        file.set_len(sound_bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self(Some(Mutex::new(file))))
    }

    /// Appends lines in a single write, which a killed process cannot take back.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn append<T: Serialize>(&self, lines: &[T]) -> std::io::Result<()> {
        let Some(file) = &self.0 else {
            return Ok(());
        };
        let mut text = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut text, line)?;
            text.push(b'\n');
        }
        // A poisoned lock guards nothing but the file's position.
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_last_line_is_cut_off_and_the_rest_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("effects.jsonl");
        let journal = Journal::open(&path, |_: u64| panic!("a new one is empty")).unwrap();
        journal.append(&[11_u64, 12]).unwrap();
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, [whole.as_slice(), b"13"].concat()).unwrap();
        let mut seen = Vec::new();
        let journal = Journal::open(&path, |line: u64| seen.push(line)).unwrap();
        assert_eq!(seen, [11, 12]);
        journal.append(&[14_u64]).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "11\n12\n14\n");
    }
}
