//! A signature holds for one release and one key.

use super::*;

fn key(name: &str) -> SigningKey {
    SigningKey::development(&name.parse().unwrap())
}

#[test]
fn a_signature_holds_for_one_release_and_one_key() {
    let (release, other) = (sha256(b"one"), sha256(b"two"));
    let signature = key("demo").sign(release);
    let public = key("demo").public();
    assert_eq!(public.verify(release, &signature), Ok(()));
    assert_eq!(public.verify(other, &signature), Err(SignError::Mismatch));
    assert_eq!(
        key("else").public().verify(release, &signature),
        Err(SignError::Mismatch)
    );
}

#[test]
fn signatures_survive_their_text_and_nothing_else_is_read() {
    let signature = key("demo").sign(sha256(b"one"));
    let text = signature.to_string();
    let parts: Vec<&str> = text.split(' ').collect();
    assert_eq!(
        Signature::from_texts(parts[0], parts[1], parts[2]),
        Ok(signature)
    );
    let unknown = Signature::from_texts("rot13", parts[1], parts[2]);
    assert_eq!(unknown, Err(SignError::Algorithm("rot13".to_owned())));
    let upper = parts[2].to_uppercase();
    assert_eq!(
        Signature::from_texts(parts[0], parts[1], &upper),
        Err(SignError::Form)
    );
}

#[test]
fn sha256_agrees_with_the_standard() {
    let expected = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha256(b"abc").to_string(), expected);
}
