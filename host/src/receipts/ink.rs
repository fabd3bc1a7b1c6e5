//! The pages of a PDF, each written from the top: runs of Latin and Chinese text,
//! lines and QR codes. Lengths are points, counted from a page's upper left corner.

use pdf_writer::{Content, Name, Str};
use qrcode::{Color, QrCode};

use super::font::{CHINESE, Chinese, READERS};

/// A4.
pub(super) const PAGE_WIDTH: i32 = 595;
pub(super) const PAGE_HEIGHT: i32 = 842;

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

/// Pages while they are written.
pub(super) struct Ink {
    page: Content,
    full: Vec<Vec<u8>>,
    chinese: Chinese,
}

impl Ink {
    pub(super) fn new() -> Self {
        Self {
            page: Content::new(),
            full: Vec::new(),
            chinese: Chinese::new(),
        }
    }

    /// Goes on with an empty page.
    pub(super) fn turn(&mut self) {
        let page = std::mem::replace(&mut self.page, Content::new());
        self.full.push(page.finish().to_vec());
    }

    /// The pages, and the font that they need.
    pub(super) fn finish(mut self) -> (Vec<Vec<u8>>, Chinese) {
        self.turn();
        (self.full, self.chinese)
    }

    /// Writes one line, its foot at `y`.
    pub(super) fn text(&mut self, (x, y): (i32, i32), style: Style, text: &str) {
        let size = points(style.size);
        self.page.begin_text();
        self.page.set_fill_gray(style.grey);
        self.page.next_line(points(x), points(PAGE_HEIGHT - y));
        for (script, bytes) in runs(text, &mut self.chinese) {
            let font = match script {
                Script::Latin => style.latin,
                Script::Chinese => CHINESE,
                Script::Other => READERS,
            };
            self.page.set_font(font, size).show(Str(&bytes));
        }
        self.page.end_text();
    }

    /// Draws a thin line across.
    pub(super) fn rule(&mut self, y: i32, (left, right): (i32, i32)) {
        self.page.set_fill_gray(0.75);
        let (x, y) = (points(left), points(PAGE_HEIGHT - y));
        self.page.rect(x, y, points(right - left), 0.5);
        self.page.fill_nonzero();
    }

    /// Draws a QR code whose upper left corner is at `x` and `y`; its width. A
    /// text that is too long for one is left out.
    pub(super) fn code(&mut self, (x, y): (i32, i32), side: i32, text: &str) -> i32 {
        let Ok(code) = QrCode::with_error_correction_level(text, qrcode::EcLevel::L) else {
            return 0;
        };
        let width = i32::try_from(code.width()).unwrap_or(i32::MAX);
        let module = (side / width).max(1);
        self.page.set_fill_gray(0.0);
        for (place, color) in (0..).zip(code.to_colors()) {
            if color == Color::Dark {
                let (column, row) = (place % width, place / width);
                let left = points(x + column * module);
                let foot = points(PAGE_HEIGHT - y - (row + 1) * module);
                self.page.rect(left, foot, points(module), points(module));
            }
        }
        self.page.fill_nonzero();
        width * module
    }
}

/// Cuts a text into lines of at most `width` points; a rough measure suffices,
/// since nothing stands to the right.
pub(super) fn wrapped(text: &str, size: i32, width: i32) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for character in text.chars() {
        // Hundredths of the size.
        let is_latin = win_ansi(character).is_some();
        let advance = if is_latin { 60 } else { 100 };
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

/// Which font a character is written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    /// In WinAnsi.
    Latin,
    /// In numbers of shapes.
    Chinese,
    /// In UTF-16, high byte first.
    Other,
}

/// Runs of one script each, in the bytes that its font takes.
fn runs(text: &str, chinese: &mut Chinese) -> Vec<(Script, Vec<u8>)> {
    let mut runs: Vec<(Script, Vec<u8>)> = Vec::new();
    for character in text.chars() {
        // A control character has no shape.
        let shown = if character.is_control() {
            ' '
        } else {
            character
        };
        let (script, bytes) = if let Some(byte) = win_ansi(shown) {
            (Script::Latin, vec![byte])
        } else if let Some(shape) = chinese.shape(shown) {
            (Script::Chinese, shape.to_be_bytes().to_vec())
        } else {
            let units = shown.encode_utf16(&mut [0; 2]).to_vec();
            let bytes = units.into_iter().flat_map(u16::to_be_bytes);
            (Script::Other, bytes.collect())
        };
        match runs.last_mut() {
            Some((last, run)) if *last == script => run.extend(bytes),
            Some(_) | None => runs.push((script, bytes)),
        }
    }
    runs
}

/// A character in WinAnsi (PDF 1.7, annex D.2), where it has one there.
fn win_ansi(character: char) -> Option<u8> {
    match character {
        ' '..='~' | '\u{a1}'..='\u{ff}' => u8::try_from(character).ok(),
        '€' => Some(0x80),
        '…' => Some(0x85),
        '‰' => Some(0x89),
        '‘' => Some(0x91),
        '’' => Some(0x92),
        '“' => Some(0x93),
        '”' => Some(0x94),
        '•' => Some(0x95),
        '–' => Some(0x96),
        '—' => Some(0x97),
        '™' => Some(0x99),
        _ => None,
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
    fn scripts_are_kept_apart_and_each_in_its_own_bytes() {
        let mut chinese = Chinese::new();
        let runs = runs("¥86.50 水费—A\t25℃", &mut chinese);
        let wanted = [
            (Script::Latin, b"\xa586.50 ".to_vec()),
            (Script::Chinese, vec![0, 1, 0, 2]),
            (Script::Latin, b"\x97A 25".to_vec()),
            (Script::Other, vec![0x21, 0x03]),
        ];
        assert_eq!(runs, wanted);
    }
}
