//! Charsets of Chinese billers. The host knows them, so that a plugin need not
//! carry their tables: `utf-8`, `gb18030`, `gbk`, `gb2312`, `big5`, `utf-16le`,
//! `utf-16be`.

use crate::host;

pub use crate::bindings::shared::guichet::host::text::Error;

/// Text to bytes.
pub fn encode(charset: &str, text: &str) -> Result<Vec<u8>, crate::Error> {
    Ok(host::text::encode(charset, text)?)
}

/// Bytes to text. Bytes that the charset cannot carry are an unreadable answer.
pub fn decode(charset: &str, bytes: &[u8]) -> Result<String, crate::Error> {
    match host::text::decode(charset, bytes) {
        Err(Error::Unmappable(place)) => {
            Err(crate::Error::Answer(format!("no {charset}: {place}")))
        }
        other => Ok(other?),
    }
}
