//! The books on disk: one line of JSON each, written before the bank answers, so
//! that a killed bank remembers what it did.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use crate::books::Line;

/// An open journal, or none where nobody asked for one.
#[derive(Debug, Default)]
pub(crate) struct Journal(Option<File>);

impl Journal {
    /// Opens or makes the file, hands over what stands in it, and cuts off a last
    /// line that was not written whole: nobody was answered on it.
    pub(crate) fn open(path: &Path, mut each: impl FnMut(Line)) -> std::io::Result<Self> {
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
        Ok(Self(Some(file)))
    }

    /// Appends lines in a single write, which a killed process cannot take back.
    pub(crate) fn append(&mut self, lines: &[Line]) -> std::io::Result<()> {
        let Some(file) = &mut self.0 else {
            return Ok(());
        };
        let mut text = Vec::new();
        for line in lines {
            serde_json::to_writer(&mut text, line)?;
            text.push(b'\n');
        }
        file.write_all(&text)
    }
}
