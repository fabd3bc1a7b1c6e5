//! Bytes as text: hexadecimal and Base64 (RFC 4648). Neither reads nor writes
//! the URL-safe alphabet.

use crate::Error;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// Reads hexadecimal digits of either case.
pub fn parse_hex(text: &str) -> Result<Vec<u8>, Error> {
    let wrong = || Error::answer("no hexadecimal digits");
    if !text.len().is_multiple_of(2) {
        return Err(wrong());
    }
    let value = |byte: u8| char::from(byte).to_digit(16);
    let pairs = text.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| {
            let (high, low) = value(pair[0]).zip(value(pair[1])).ok_or_else(wrong)?;
            u8::try_from(high * 16 + low).map_err(|_| wrong())
        })
        .collect()
}

/// Base64 with padding.
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut group = [0_u8; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for position in 0..4 {
            let index = (bits >> (18 - 6 * position)) & 63;
            let used = position <= chunk.len();
            text.push(if used {
                char::from(BASE64[index as usize])
            } else {
                '='
            });
        }
    }
    text
}

/// Reads Base64 with padding; line breaks are skipped, as some agencies send them.
pub fn parse_base64(text: &str) -> Result<Vec<u8>, Error> {
    let wrong = || Error::answer("no Base64");
    let symbols: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    if !symbols.len().is_multiple_of(4) {
        return Err(wrong());
    }
    let padding = symbols
        .iter()
        .rev()
        .take_while(|&&byte| byte == b'=')
        .count();
    if padding > 2 {
        return Err(wrong());
    }
    let mut bytes = Vec::with_capacity(symbols.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for &symbol in &symbols[..symbols.len() - padding] {
        bits = (bits << 6) | sextet(symbol).ok_or_else(wrong)?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count).to_le_bytes()[0]);
            bits &= (1 << count) - 1;
        }
    }
    Ok(bytes)
}

fn sextet(symbol: u8) -> Option<u32> {
    let value = match symbol {
        b'A'..=b'Z' => symbol - b'A',
        b'a'..=b'z' => symbol - b'a' + 26,
        b'0'..=b'9' => symbol - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_follows_the_vectors_of_rfc_4648() {
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in vectors {
            assert_eq!(base64(plain.as_bytes()), encoded);
            assert_eq!(parse_base64(encoded).unwrap(), plain.as_bytes());
        }
        for wrong in ["Z", "Zg=", "Z===", "Zg=a", "Zm9-"] {
            assert!(parse_base64(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn hexadecimal_comes_back_as_it_went() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(parse_hex(&hex(&bytes)).unwrap(), bytes);
        assert_eq!(parse_hex("0AfF").unwrap(), [10, 255]);
        for wrong in ["0", "0g", "é"] {
            assert!(parse_hex(wrong).is_err(), "{wrong}");
        }
    }
}
