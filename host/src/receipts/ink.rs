//! One page of a PDF, written from the top: runs of Latin and Chinese text, lines
//! and QR codes. Lengths are points, counted from the page's upper left corner.
//!
//! No font is embedded. Latin text uses Helvetica and Chinese text STSong-Light,
//! which every reader has or replaces (PDF 1.7, sections 9.6.2.2 and 9.7.5.2), so
//! that a receipt of a few kilobytes shows any character of GB 18030.

use pdf_writer::{Content, Name, Str};
use qrcode::{Color, QrCode};

/// A4.
pub(super) const PAGE_WIDTH: i32 = 595;
pub(super) const PAGE_HEIGHT: i32 = 842;

pub(super) const LATIN: Name<'static> = Name(b"L");
pub(super) const BOLD: Name<'static> = Name(b"B");
pub(super) const CHINESE: Name<'static> = Name(b"C");

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// In points.
    pub(super) size: i32,
    /// Of its Latin letters.
    pub(super) latin: Name<'static>,
    /// From 0, black, to 1, white.
    pub(super) grey: f32,
}

/// A page while it is written.
pub(super) struct Ink(Content);

impl Ink {
    pub(super) fn new() -> Self {
        Self(Content::new())
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0.finish().to_vec()
    }

    /// Writes one line, its foot at `y`.
    pub(super) fn text(&mut self, (x, y): (i32, i32), style: Style, text: &str) {
        let size = points(style.size);
        self.0.begin_text();
        self.0.set_fill_gray(style.grey);
        self.0.next_line(points(x), points(PAGE_HEIGHT - y));
        for run in runs(text) {
            match run {
                Run::Latin(bytes) => {
                    self.0.set_font(style.latin, size);
                    self.0.show(Str(&bytes));
                }
                Run::Chinese(bytes) => {
                    self.0.set_font(CHINESE, size);
                    self.0.show(Str(&bytes));
                }
            }
        }
        self.0.end_text();
    }

    /// Draws a thin line across.
    pub(super) fn rule(&mut self, y: i32, (left, right): (i32, i32)) {
        self.0.set_fill_gray(0.75);
        let (x, y) = (points(left), points(PAGE_HEIGHT - y));
        self.0.rect(x, y, points(right - left), 0.5);
        self.0.fill_nonzero();
    }

    /// Draws a QR code whose upper left corner is at `x` and `y`; its width. A
    /// text that is too long for one is left out.
    pub(super) fn code(&mut self, (x, y): (i32, i32), side: i32, text: &str) -> i32 {
        let Ok(code) = QrCode::with_error_correction_level(text, qrcode::EcLevel::L) else {
            return 0;
        };
        let width = i32::try_from(code.width()).unwrap_or(i32::MAX);
        let module = (side / width).max(1);
        self.0.set_fill_gray(0.0);
        for (place, color) in (0..).zip(code.to_colors()) {
            if color == Color::Dark {
                let (column, row) = (place % width, place / width);
                let left = points(x + column * module);
                let foot = points(PAGE_HEIGHT - y - (row + 1) * module);
                self.0.rect(left, foot, points(module), points(module));
            }
        }
        self.0.fill_nonzero();
        width * module
    }
}

/// Cuts a text into lines of at most `width` points; a rough measure suffices,
/// since nothing stands to the right.
pub(super) fn wrapped(text: &str, size: i32, width: i32) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for character in text.chars() {
        // Hundredths of the size.
        let advance = if is_latin(character) { 60 } else { 100 };
        if used + advance > width * 100 / size && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        line.push(character);
        used += advance;
    }
    lines.push(line);
    lines
}

enum Run {
    /// In WinAnsi, which is Latin-1 for what is put here.
    Latin(Vec<u8>),
    /// In UTF-16, high byte first.
    Chinese(Vec<u8>),
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for character in text.chars() {
        let latin = u8::try_from(character).ok().filter(|_| is_latin(character));
        match (latin, runs.last_mut()) {
            (Some(byte), Some(Run::Latin(bytes))) => bytes.push(byte),
            (Some(byte), _) => runs.push(Run::Latin(vec![byte])),
            (None, Some(Run::Chinese(bytes))) => put(character, bytes),
            (None, _) => {
                let mut bytes = Vec::new();
                put(character, &mut bytes);
                runs.push(Run::Chinese(bytes));
            }
        }
    }
    runs
}

/// What WinAnsi and Latin-1 write alike.
fn is_latin(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{a1}'..='\u{ff}')
}

fn put(character: char, bytes: &mut Vec<u8>) {
    // A control character has no shape.
    let shown = if character.is_control() {
        ' '
    } else {
        character
    };
    for unit in shown.encode_utf16(&mut [0; 2]) {
        bytes.extend(unit.to_be_bytes());
    }
}

/// Whole points as the writer takes them.
#[expect(
    clippy::cast_precision_loss,
    reason = "places on a page are small numbers"
)]
pub(super) const fn points(number: i32) -> f32 {
    number as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_it_is_full_and_nowhere_else() {
        assert_eq!(wrapped("", 10, 100), [""]);
        assert_eq!(wrapped("水费水费", 10, 20), ["水费", "水费"]);
        let long = "a".repeat(50);
        assert_eq!(wrapped(&long, 10, 100).concat(), long);
        assert_eq!(wrapped(&long, 10, 1).len(), 50);
    }

    #[test]
    fn scripts_are_kept_apart() {
        let kinds: Vec<&str> = runs("¥86.50 水费 A座")
            .iter()
            .map(|run| match run {
                Run::Latin(_) => "latin",
                Run::Chinese(_) => "chinese",
            })
            .collect();
        assert_eq!(kinds, ["latin", "chinese", "latin", "chinese"]);
    }
}
