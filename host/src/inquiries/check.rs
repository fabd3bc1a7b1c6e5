//! Checks a document and its attachments against the contract before it is
//! kept: what a front draws must be text and harmless files.

use guichet_sandbox::contract::inquiry::{Attachment, Content, Document};

const MAX_SECTIONS: usize = 64;
const MAX_ROWS: usize = 2_000;
const MAX_ATTACHMENTS: usize = 8;

/// Says how the document breaks the contract.
pub fn document(document: &Document) -> Result<(), String> {
    if document.sections.len() > MAX_SECTIONS {
        return Err(format!("more than {MAX_SECTIONS} sections"));
    }
    if document.attachments.len() > MAX_ATTACHMENTS {
        return Err(format!("more than {MAX_ATTACHMENTS} attachments"));
    }
    for section in &document.sections {
        if let Content::Table(table) = &section.content {
            let width = table.columns.len();
            if table.rows.len() > MAX_ROWS || table.rows.iter().any(|row| row.len() != width) {
                return Err(format!("table {:?} is too long or uneven", section.title));
            }
        }
    }
    document.attachments.iter().try_for_each(attachment)
}

fn attachment(attachment: &Attachment) -> Result<(), String> {
    let name = &attachment.name;
    let is_bad = |letter: char| matches!(letter, '/' | '\\') || letter.is_control();
    if name.is_empty() || name.len() > 255 || name.contains(is_bad) {
        return Err("an attachment's name has 1 to 255 bytes without / \\ and controls".to_owned());
    }
    let begins: &[&[u8]] = match attachment.media_type.as_str() {
        "application/pdf" => &[b"%PDF-"],
        // OFD is a ZIP archive.
        "application/ofd" => &[b"PK\x03\x04"],
        "image/png" => &[b"\x89PNG\r\n\x1a\n"],
        "image/jpeg" => &[b"\xff\xd8\xff"],
        other => return Err(format!("media type {other} is not one of the contract's")),
    };
    if begins
        .iter()
        .any(|begin| attachment.bytes.starts_with(begin))
    {
        Ok(())
    } else {
        Err(format!(
            "the bytes of {name} are not {}",
            attachment.media_type
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, media_type: &str, bytes: &[u8]) -> Result<(), String> {
        attachment(&Attachment {
            name: name.into(),
            media_type: media_type.into(),
            bytes: bytes.into(),
            verification_code: None,
            details: Vec::new(),
        })
    }

    #[test]
    fn attachments_are_what_they_say_and_never_active() {
        assert!(file("a.pdf", "application/pdf", b"%PDF-1.7").is_ok());
        assert!(file("a.pdf", "application/pdf", b"<html>").is_err());
        assert!(file("a.svg", "image/svg+xml", b"<svg/>").is_err());
        assert!(file("../a.pdf", "application/pdf", b"%PDF-1.7").is_err());
        assert!(file("a\n.pdf", "application/pdf", b"%PDF-1.7").is_err());
    }
}
