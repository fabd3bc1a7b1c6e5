//! Records and their fields in both layouts. What fields mean is not known here.

use std::borrow::Cow;

use encoding_rs::GB18030;

use super::error::FileError;
use super::header::{Charset, Layout};

/// The longest record.
pub(super) const RECORD_LIMIT_BYTES: usize = 8_192;

/// One field with the column at which it begins.
pub(super) struct Field {
    pub(super) text: String,
    pub(super) column: u32,
}

/// One record as bytes.
pub(super) struct Raw<'a> {
    pub(super) line: u32,
    /// Where in the file it begins.
    pub(super) start: usize,
    pub(super) bytes: &'a [u8],
}

/// The records of a file, one after the other.
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    layout: Layout,
    at: usize,
    line: u32,
}

impl<'a> Records<'a> {
    pub(super) const fn new(bytes: &'a [u8], layout: Layout) -> Self {
        Self {
            bytes,
            layout,
            at: 0,
            line: 1,
        }
    }

    /// The line on which the next record would begin.
    pub(super) const fn line(&self) -> u32 {
        self.line
    }

    /// The next record; none at the end.
    pub(super) fn next(&mut self) -> Option<Result<Raw<'a>, FileError>> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let (start, line) = (self.at, self.line);
        let window = &rest[..rest.len().min(RECORD_LIMIT_BYTES + 1)];
        // Neither LF nor the quotation mark is ever part of another character in
        // UTF-8 or GB 18030, so that bytes can be counted before decoding.
        let mut quoted = false;
        let mut end = None;
        for (position, byte) in window.iter().enumerate() {
            match byte {
                b'"' if self.layout == Layout::Csv => quoted = !quoted,
                b'\n' if !quoted => {
                    end = Some(position);
                    break;
                }
                _ => {}
            }
        }
        let length = match end {
            Some(position) => position,
            None if window.len() <= RECORD_LIMIT_BYTES => window.len(),
            None => {
                self.at = self.bytes.len();
                return Some(Err(FileError::at(
                    (line, 1),
                    format!("the line is longer than {RECORD_LIMIT_BYTES} bytes"),
                    "end every line, and every quoted field",
                )));
            }
        };
        self.at = start + length + 1;
        // No field may hold the end of a line: whoever reads on has met none.
        self.line += 1;
        let record = &rest[..length];
        let bytes = record.strip_suffix(b"\r").unwrap_or(record);
        Some(Ok(Raw { line, start, bytes }))
    }
}

/// The record's text.
pub(super) fn decode<'a>(raw: &Raw<'a>, charset: Charset) -> Result<Cow<'a, str>, FileError> {
    let decoded = match charset {
        Charset::Utf8 => std::str::from_utf8(raw.bytes).ok().map(Cow::Borrowed),
        Charset::Gb18030 => GB18030.decode_without_bom_handling_and_without_replacement(raw.bytes),
    };
    decoded.ok_or_else(|| {
        FileError::at(
            (raw.line, 1),
            format!("the line is not {}", charset.as_str()),
            "write the file in the character set that its header names",
        )
    })
}

/// Bytes of a text. GB 18030 has every character but some private ones, which are
/// not written.
pub(super) fn encode(text: &str, charset: Charset) -> Cow<'_, [u8]> {
    match charset {
        Charset::Utf8 => Cow::Borrowed(text.as_bytes()),
        Charset::Gb18030 => GB18030.encode(text).0,
    }
}

/// Splits a record's text into its fields.
pub(super) fn split(text: &str, layout: Layout, line: u32) -> Result<Vec<Field>, FileError> {
    match layout {
        Layout::Csv => split_csv(text, line),
        Layout::Pipe => split_pipe(text, line),
    }
}

fn split_csv(text: &str, line: u32) -> Result<Vec<Field>, FileError> {
    let mut fields = Vec::new();
    let mut signs = text.chars().peekable();
    let mut column = 1;
    loop {
        let start = column;
        let mut field = String::new();
        let quoted = signs.next_if_eq(&'"').is_some();
        column += u32::from(quoted);
        let mut open = quoted;
        while let Some(sign) = signs.next_if(|sign| open || *sign != ',') {
            column += 1;
            match sign {
                '"' if open && signs.next_if_eq(&'"').is_some() => {
                    column += 1;
                    field.push('"');
                }
                '"' if open => open = false,
                '"' => return Err(stray(line, column - 1)),
                _ if quoted && !open => return Err(stray(line, column - 1)),
                other => field.push(other),
            }
        }
        if open {
            return Err(stray(line, start));
        }
        fields.push(Field {
            text: field,
            column: start,
        });
        if signs.next().is_none() {
            return Ok(fields);
        }
        column += 1;
    }
}

fn stray(line: u32, column: u32) -> FileError {
    FileError::at(
        (line, column),
        "a quotation mark stands where none may",
        "quote whole fields, and double quotation marks inside (RFC 4180)",
    )
}

fn split_pipe(text: &str, line: u32) -> Result<Vec<Field>, FileError> {
    let mut column = 1;
    let mut fields = Vec::new();
    for part in text.split('|') {
        let start = column;
        let width = u32::try_from(part.chars().count()).unwrap_or(u32::MAX);
        column = width.saturating_add(1).saturating_add(start);
        let mut field = String::with_capacity(part.len());
        let mut signs = part.chars();
        while let Some(sign) = signs.next() {
            let plain = match (sign, sign == '\\') {
                (other, false) => other,
                (_, true) => match signs.next() {
                    Some('p') => '|',
                    Some('n') => '\n',
                    Some('r') => '\r',
                    Some('\\') => '\\',
                    Some(_) | None => {
                        return Err(FileError::at(
                            (line, start),
                            "a backslash stands alone",
                            r"write \\ for a backslash, \p for |",
                        ));
                    }
                },
            };
            field.push(plain);
        }
        fields.push(Field {
            text: field,
            column: start,
        });
    }
    Ok(fields)
}

/// Joins fields into a record with its end.
pub(super) fn join(fields: &[&str], layout: Layout) -> String {
    let mut text = String::new();
    for (position, field) in fields.iter().enumerate() {
        match layout {
            Layout::Csv => {
                text.push_str(if position == 0 { "" } else { "," });
                if field.contains(['"', ',', '\r', '\n']) {
                    text.push('"');
                    text.push_str(&field.replace('"', "\"\""));
                    text.push('"');
                } else {
                    text.push_str(field);
                }
            }
            Layout::Pipe => {
                text.push_str(if position == 0 { "" } else { "|" });
                for sign in field.chars() {
                    match sign {
                        '|' => text.push_str(r"\p"),
                        '\n' => text.push_str(r"\n"),
                        '\r' => text.push_str(r"\r"),
                        '\\' => text.push_str(r"\\"),
                        other => text.push(other),
                    }
                }
            }
        }
    }
    text.push_str(match layout {
        Layout::Csv => "\r\n",
        Layout::Pipe => "\n",
    });
    text
}
