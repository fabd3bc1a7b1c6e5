//! Masks injected values where the other side echoes them, so that a guest never
//! learns a credential by asking for it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::endpoint::Endpoint;
use crate::contract::host::http::Response;
use crate::keyring::Secret;

/// Shorter values are no secrets and would mask ordinary text.
const FEWEST_BYTES: usize = 4;

/// The answer without the endpoint's credentials, in headers and body.
pub(crate) fn scrub(mut response: Response, endpoint: &Endpoint) -> Response {
    for echo in &endpoint.echoes {
        mask(&mut response.body, echo.reveal());
        for (_, value) in &mut response.headers {
            mask_latin_1(value, echo.reveal());
        }
    }
    response
}

/// What the other side may repeat: the value as it is, and as a page, a form or
/// a log would write it.
pub(crate) fn echoes(secret: &[u8]) -> Vec<Secret> {
    forms(secret).into_iter().map(Secret::new).collect()
}

fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let escaped: Vec<u8> = secret
        .iter()
        .flat_map(|byte| percent_escaped(*byte))
        .collect();
    let lower = escaped.to_ascii_lowercase();
    let json = serde_json::to_vec(&String::from_utf8_lossy(secret)).unwrap_or_default();
    let json = json
        .get(1..json.len().saturating_sub(1))
        .unwrap_or_default()
        .to_vec();
    let encoded = STANDARD_NO_PAD.encode(secret).into_bytes();
    let mut forms: Vec<Vec<u8>> = Vec::new();
    for form in [secret.to_vec(), escaped, lower, json, encoded] {
        if form.len() >= FEWEST_BYTES && !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

fn percent_escaped(byte: u8) -> Vec<u8> {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        vec![byte]
    } else {
        format!("%{byte:02X}").into_bytes()
    }
}

/// Overwrites every occurrence; the length stays, so that nothing else moves.
fn mask(text: &mut [u8], secret: &[u8]) {
    let mut position = 0;
    while let Some(found) = find(&text[position..], secret) {
        let start = position + found;
        text[start..start + secret.len()].fill(b'*');
        position = start + secret.len();
    }
}

fn find(text: &[u8], secret: &[u8]) -> Option<usize> {
    let first = *secret.first()?;
    let mut position = 0;
    while let Some(offset) = text[position..].iter().position(|byte| *byte == first) {
        let start = position + offset;
        if text[start..].starts_with(secret) {
            return Some(start);
        }
        position = start + 1;
    }
    None
}

fn mask_latin_1(value: &mut String, secret: &[u8]) {
    let secret: String = secret.iter().map(|byte| char::from(*byte)).collect();
    if value.contains(&secret) {
        *value = value.replace(&secret, &"*".repeat(secret.chars().count()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_occurrence_is_masked_in_place() {
        let mut body = b"a=top-secret&b=top-secrettop-secre".to_vec();
        mask(&mut body, b"top-secret");
        assert_eq!(body, b"a=**********&b=**********top-secre");
        let mut header = "Bearer top-secret; é".to_owned();
        mask_latin_1(&mut header, b"top-secret");
        assert_eq!(header, "Bearer **********; é");
    }

    #[test]
    fn usual_encodings_are_known() {
        let forms = forms(b"a/b\"c+d");
        for form in [
            &b"a/b\"c+d"[..],
            b"a%2Fb%22c%2Bd",
            b"a%2fb%22c%2bd",
            b"a/b\\\"c+d",
            b"YS9iImMrZA",
        ] {
            assert!(
                forms.iter().any(|known| known == form),
                "{}",
                String::from_utf8_lossy(form)
            );
        }
    }
}
