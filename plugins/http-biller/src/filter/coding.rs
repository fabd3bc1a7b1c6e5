//! Bytes and the texts that stand for them: hexadecimal and base64 (RFC 4648,
//! sections 4 and 8), and cutting a part out of a message to sign it.

use crate::error::Fault;
use crate::node::Node;

/// Bytes of a value: bytes themselves, or the UTF-8 of a plain one.
pub fn bytes(node: &Node<'_>) -> Result<Vec<u8>, Fault> {
    match node {
        Node::Bytes(bytes) => Ok(bytes.clone()),
        other => other
            .plain()
            .map(|text| text.as_bytes().to_vec())
            .ok_or_else(|| Fault::value("is a structure where text or bytes are wanted")),
    }
}

/// Lower-case hexadecimal.
pub fn to_hex(bytes: &[u8]) -> String {
    let digit = |value: u8| {
        char::from(if value < 10 {
            b'0' + value
        } else {
            b'a' + value - 10
        })
    };
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Hexadecimal of either case.
pub fn from_hex(text: &str) -> Result<Vec<u8>, Fault> {
    let wrong = || Fault::value("is not hexadecimal");
    let nibble = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
            .ok_or_else(wrong)
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() {
        return Err(wrong());
    }
    pairs
        .iter()
        .map(|[high, low]| Ok(nibble(*high)? << 4 | nibble(*low)?))
        .collect()
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 with padding.
pub fn to_base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for position in 0..4_usize {
            if position > chunk.len() {
                out.push('=');
            } else {
                let index = group >> (18 - 6 * position) & 63;
                out.push(char::from(ALPHABET[index as usize]));
            }
        }
    }
    out
}

/// Base64 of the usual or the URL alphabet, padded or not, white space ignored.
pub fn from_base64(text: &str) -> Result<Vec<u8>, Fault> {
    let wrong = || Fault::value("is not base64");
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut bits) = (0_u32, 0_u32);
    for byte in text.trim_end().trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'\r' | b'\n' | b' ' => continue,
            _ => return Err(wrong()),
        };
        group = group << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((group >> bits & 0xff) as u8);
        }
    }
    if bits >= 6 || group & ((1 << bits) - 1) != 0 {
        return Err(wrong());
    }
    Ok(out)
}

/// The bytes from the first `START` to the last `END` of `START,END`, both
/// included: the part of a message that a biller's signature covers. ASCII marks
/// are safe to look for in GB18030, whose second bytes hold no `<` and no `>`.
pub(super) fn between(node: &Node<'_>, argument: &str) -> Result<Node<'static>, Fault> {
    let (start, end) = argument.split_once(',').ok_or_else(|| {
        Fault::mapping("the filter between needs two marks: between:<Head>,</Body>")
    })?;
    if start.is_empty() || end.is_empty() {
        return Err(Fault::mapping(
            "the marks of the filter between are not empty",
        ));
    }
    let bytes = bytes(node)?;
    let from = bytes
        .windows(start.len())
        .position(|window| window == start.as_bytes());
    let last = bytes
        .windows(end.len())
        .rposition(|window| window == end.as_bytes());
    let part = from
        .zip(last)
        .and_then(|(from, last)| bytes.get(from..last + end.len()));
    part.filter(|part| part.len() > start.len())
        .map(|part| Node::Bytes(part.to_vec()))
        .ok_or_else(|| Fault::value("does not hold the signed part"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codings_return() {
        for text in ["", "f", "fo", "foo", "foob", "水费"] {
            let bytes = text.as_bytes();
            assert_eq!(from_base64(&to_base64(bytes)).expect("base64"), bytes);
            assert_eq!(from_hex(&to_hex(bytes)).expect("hex"), bytes);
        }
        assert_eq!(to_base64(b"foob"), "Zm9vYg==");
        assert!(from_base64("Zm9vY").is_err());
        assert!(from_base64("Zh").is_err());
        assert!(from_base64("*").is_err());
        assert!(from_hex("abc").is_err());
        assert!(from_hex("zz").is_err());
    }

    #[test]
    fn the_signed_part_is_cut_out() {
        let node = Node::text("<T><Head>1</Head><Body>2</Body><Mac>3</Mac></T>");
        let part = between(&node, "<Head>,</Body>").expect("stands there");
        assert_eq!(part, Node::Bytes(b"<Head>1</Head><Body>2</Body>".to_vec()));
        assert!(between(&node, "<Foot>,</Body>").is_err());
        assert!(between(&Node::text("</Body><Head>"), "<Head>,</Body>").is_err());
    }
}
