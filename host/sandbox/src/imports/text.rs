//! `text`: character sets. Pure, so it is not recorded and runs again in a replay.

use encoding_rs::{BIG5, Encoding, GB18030, GBK, UTF_16BE, UTF_16LE};

use crate::contract::host::text::{Error, Host};
use crate::state::CallState;

impl Host for CallState {
    fn encode(
        &mut self,
        charset: String,
        text: String,
    ) -> wasmtime::Result<Result<Vec<u8>, Error>> {
        self.enter(text.len())?;
        let answer = encode(&charset, &text);
        self.give(answer.as_ref().map_or(0, Vec::len))?;
        Ok(answer)
    }

    fn decode(
        &mut self,
        charset: String,
        bytes: Vec<u8>,
    ) -> wasmtime::Result<Result<String, Error>> {
        self.enter(bytes.len())?;
        let answer = decode(&charset, &bytes);
        self.give(answer.as_ref().map_or(0, String::len))?;
        Ok(answer)
    }
}

/// How a charset is handled.
enum Charset {
    Utf8,
    Utf16Le,
    Utf16Be,
    Table(&'static Encoding),
}

fn charset(name: &str) -> Result<Charset, Error> {
    match name {
        "utf-8" => Ok(Charset::Utf8),
        "utf-16le" => Ok(Charset::Utf16Le),
        "utf-16be" => Ok(Charset::Utf16Be),
        "gb18030" => Ok(Charset::Table(GB18030)),
        // GB 2312 is a subset; senders that say so mean GBK in practice.
        "gbk" | "gb2312" => Ok(Charset::Table(GBK)),
        "big5" => Ok(Charset::Table(BIG5)),
        _ => Err(Error::UnknownCharset),
    }
}

fn encode(name: &str, text: &str) -> Result<Vec<u8>, Error> {
    match charset(name)? {
        Charset::Utf8 => Ok(text.as_bytes().to_vec()),
        Charset::Utf16Le => Ok(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        Charset::Utf16Be => Ok(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        Charset::Table(encoding) => {
            let mut encoder = encoding.new_encoder();
            let room = encoder
                .max_buffer_length_from_utf8_without_replacement(text.len())
                .ok_or_else(|| Error::Other("the text is too long".to_owned()))?;
            let mut bytes = Vec::with_capacity(room);
            let (result, read) =
                encoder.encode_from_utf8_to_vec_without_replacement(text, &mut bytes, true);
            match result {
                encoding_rs::EncoderResult::InputEmpty => Ok(bytes),
                encoding_rs::EncoderResult::Unmappable(letter) => Err(Error::Unmappable(format!(
                    "U+{:04X} before byte {read}",
                    u32::from(letter)
                ))),
                encoding_rs::EncoderResult::OutputFull => {
                    Err(Error::Other("the text is too long".to_owned()))
                }
            }
        }
    }
}

fn decode(name: &str, bytes: &[u8]) -> Result<String, Error> {
    let encoding = match charset(name)? {
        Charset::Utf8 => {
            return std::str::from_utf8(bytes)
                .map(str::to_owned)
                .map_err(|error| Error::Unmappable(format!("byte {}", error.valid_up_to())));
        }
        Charset::Utf16Le => UTF_16LE,
        Charset::Utf16Be => UTF_16BE,
        Charset::Table(encoding) => encoding,
    };
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder
        .max_utf8_buffer_length_without_replacement(bytes.len())
        .ok_or_else(|| Error::Other("the bytes are too many".to_owned()))?;
    let mut text = String::with_capacity(room);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match result {
        encoding_rs::DecoderResult::InputEmpty => Ok(text),
        encoding_rs::DecoderResult::Malformed(..) => {
            Err(Error::Unmappable(format!("before byte {read}")))
        }
        encoding_rs::DecoderResult::OutputFull => {
            Err(Error::Other("the bytes are too many".to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets_go_both_ways() {
        for name in [
            "utf-8", "gb18030", "gbk", "gb2312", "big5", "utf-16le", "utf-16be",
        ] {
            let bytes = encode(name, "水費 8650").unwrap();
            assert_eq!(decode(name, &bytes).as_deref(), Ok("水費 8650"), "{name}");
        }
        assert_eq!(encode("gb18030", "水").unwrap(), [0xCB, 0xAE]);
        assert_eq!(encode("utf-16be", "水").unwrap(), [0x6C, 0x34]);
    }

    #[test]
    fn what_cannot_be_expressed_is_named_not_replaced() {
        assert_eq!(
            encode("gbk", "a😀"),
            Err(Error::Unmappable("U+1F600 before byte 5".to_owned()))
        );
        assert!(encode("gb18030", "a😀").is_ok());
        assert!(matches!(
            decode("utf-8", b"a\xff"),
            Err(Error::Unmappable(_))
        ));
        assert!(matches!(
            decode("gbk", b"a\xff\xff"),
            Err(Error::Unmappable(_))
        ));
        assert!(matches!(
            decode("utf-16le", b"a"),
            Err(Error::Unmappable(_))
        ));
        assert_eq!(encode("latin-1", "a"), Err(Error::UnknownCharset));
    }
}
