//! Signatures by key name: what is signed is a template, how it is written and
//! where it is put stand beside it. The keys are the host's.

use crate::error::Fault;
use crate::filter;
use crate::node::Node;
use crate::part::Part;
use crate::request::Draft;
use crate::scope::View;
use crate::tree;

/// Signs a request: `sign` is one signature, or several made in their order.
pub(crate) fn sign(part: &Part<'_>, draft: &mut Draft<'_>) -> Result<(), Fault> {
    let mut signatures = Vec::new();
    {
        let seen = View {
            draft: Some(draft),
            ..part.view
        };
        part.seeing(seen).list("sign", |signature| {
            signature.keys(&["key", "with", "over", "encoding", "put"])?;
            let put = signature.word("put")?.unwrap_or_default();
            let split = put
                .split_once(':')
                .filter(|(place, _)| matches!(*place, "header" | "query" | "member"));
            let (place, name) = split.ok_or_else(|| {
                signature.mistake(
                    "put",
                    "says where: header:NAME, query:NAME or member:/Path/In/Body",
                )
            })?;
            signatures.push((make(signature)?, place.to_owned(), name.to_owned()));
            Ok(())
        })?;
    }
    let view = part.view;
    for (value, place, name) in signatures {
        match place.as_str() {
            "header" => draft.set_header(&name, value)?,
            "query" => draft.add_query(&name, &value, &view)?,
            _ if view.checking() => {}
            _ => {
                tree::put(&mut draft.fields, &name, Node::text(value))?;
                draft.write_body(&view)?;
            }
        }
    }
    Ok(())
}

fn make(signature: &Part<'_>) -> Result<String, Fault> {
    let (key, scheme) = described(signature)?;
    let over = over(signature)?;
    let encoding = encoding(signature)?;
    let host = signature.view.call.host;
    if signature.view.checking() {
        return Ok(String::new());
    }
    let bytes = match scheme {
        Scheme::Mac => host.mac(&key, &over),
        Scheme::Signature => host.sign(&key, &over),
    };
    Ok(encoding.write(&bytes.map_err(Fault::host)?))
}

/// Checks the other side's signature, as `verify` of an answer describes it.
pub(crate) fn verify(part: &Part<'_>) -> Result<(), Fault> {
    part.keys(&["key", "with", "over", "encoding", "value"])?;
    let (key, scheme) = described(part)?;
    let over = over(part)?;
    let encoding = encoding(part)?;
    let value = part.required_text("value")?;
    if part.view.checking() {
        return Ok(());
    }
    let value = match encoding {
        Encoding::Base64 => filter::from_base64(&value)?,
        Encoding::Hex | Encoding::HexUpper => filter::from_hex(&value)?,
    };
    let host = part.view.call.host;
    let checked = match scheme {
        Scheme::Mac => host.verify_mac(&key, &over, &value),
        Scheme::Signature => host.verify(&key, &over, &value),
    };
    checked.map_err(Fault::host)
}

#[derive(Clone, Copy)]
enum Scheme {
    Mac,
    Signature,
}

#[derive(Clone, Copy)]
enum Encoding {
    Hex,
    HexUpper,
    Base64,
}

impl Encoding {
    fn write(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => filter::to_hex(bytes),
            Self::HexUpper => filter::to_hex(bytes).to_ascii_uppercase(),
            Self::Base64 => filter::to_base64(bytes),
        }
    }
}

fn described(part: &Part<'_>) -> Result<(String, Scheme), Fault> {
    let scheme = match part.word("with")? {
        Some("mac") => Scheme::Mac,
        Some("signature") => Scheme::Signature,
        _ => return Err(part.mistake("with", "is mac (a shared key) or signature (a key pair)")),
    };
    Ok((part.required_text("key")?, scheme))
}

fn encoding(part: &Part<'_>) -> Result<Encoding, Fault> {
    match part.word("encoding")? {
        Some("hex") => Ok(Encoding::Hex),
        Some("hex-upper") => Ok(Encoding::HexUpper),
        Some("base64") => Ok(Encoding::Base64),
        _ => Err(part.mistake("encoding", "is hex, hex-upper or base64")),
    }
}

fn over(part: &Part<'_>) -> Result<Vec<u8>, Fault> {
    let value = part.value("over")?;
    if part.view.checking() {
        return part
            .node("over")
            .map(|_| Vec::new())
            .ok_or_else(|| part.mistake("over", "says what is signed"));
    }
    filter::bytes(&part.required("over", value)?)
}
