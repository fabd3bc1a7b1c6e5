//! Secrets that are known by the name they stand under, in JSON, TOML, YAML and
//! the like. A value counts only if it looks like the real thing: placeholders,
//! templates, paths and names of keys do not.

use std::sync::LazyLock;

use regex::Regex;

use super::Secret;

/// A name and a text after `:` or `=`, in quotes or to the end of the line.
static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?m)["']?([^ \t\r\n"':=,;{}\[\]()<>]{2,60})["']?[ \t]*[:=][ \t]*(?:"([^"\r\n]{6,300})"|'([^'\r\n]{6,300})'|([^ \t\r\n"',;{}\[\]]{6,300})[ \t]*\r?$)"#,
    )
    .expect("the pattern is tested")
});

/// Words of a name under which people keep passwords: their values are rarely
/// anything else.
const PASSWORDS: [&str; 8] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passcode",
    "密码",
    "口令",
    "口令密码",
];
/// Words of a name under which keys and tokens stand, and also names of them:
/// their values must look random.
const KEYS: [&str; 14] = [
    "secret",
    "token",
    "apikey",
    "appkey",
    "secretkey",
    "accesskey",
    "privatekey",
    "signkey",
    "mackey",
    "credential",
    "credentials",
    "authorization",
    "密钥",
    "私钥",
];
/// Two words that make one of those above: `api_key`, `apiKey`, `API-KEY`.
const BEFORE_KEY: [&str; 8] = [
    "api",
    "app",
    "secret",
    "access",
    "private",
    "sign",
    "mac",
    "encryption",
];
/// What people write where the real thing will stand.
const PLACEHOLDERS: [&str; 12] = [
    "example",
    "changeme",
    "change-me",
    "placeholder",
    "dummy",
    "redacted",
    "your",
    "insert",
    "xxxx",
    "****",
    "...",
    "00000000",
];

pub(super) fn find(text: &str) -> Vec<Secret> {
    let pairs = PAIR.captures_iter(text).filter_map(|pair| {
        let name = pair.get(1)?;
        let value = (2..=4).find_map(|group| pair.get(group))?.as_str();
        let kind = kind(name.as_str())?;
        let counts = match kind {
            Kind::Password => is_literal(value) && has_digit_or_sign(value),
            Kind::Key => is_literal(value) && looks_random(value),
        };
        counts.then(|| Secret {
            offset: name.start(),
            problem: format!("{:?} holds what looks like a secret", name.as_str()),
        })
    });
    pairs.take(super::FINDINGS_LIMIT).collect()
}

enum Kind {
    Password,
    Key,
}

fn kind(name: &str) -> Option<Kind> {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let pair = words
        .windows(2)
        .any(|pair| BEFORE_KEY.contains(&pair[0].as_str()) && pair[1] == "key");
    if has(&PASSWORDS) {
        Some(Kind::Password)
    } else if has(&KEYS) || pair {
        Some(Kind::Key)
    } else {
        None
    }
}

/// The words of a name: `clientSecret`, `CLIENT_SECRET` and `client-secret` have
/// the same.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for character in name.chars() {
        if !character.is_alphanumeric() || (after_small && character.is_uppercase()) {
            words.push(String::new());
        }
        after_small = character.is_lowercase();
        if character.is_alphanumeric()
            && let Some(last) = words.last_mut()
        {
            last.extend(character.to_lowercase());
        }
    }
    words
}

/// Whether it is the thing itself: no template, path, address or placeholder.
fn is_literal(value: &str) -> bool {
    let lower = value.to_lowercase();
    let marked = value.contains(['{', '}', '<', '>', '$', ' '])
        || value.starts_with(['/', '.', '@', '#', '%'])
        || value.contains("://");
    !marked && !PLACEHOLDERS.iter().any(|part| lower.contains(part))
}

fn has_digit_or_sign(value: &str) -> bool {
    value.len() >= 8
        && !value
            .chars()
            .all(|character| character.is_alphabetic() || "-_.".contains(character))
}

/// Sixteen or more characters of the alphabets of keys, with digits among them,
/// that are no words: `biller-key-2` is a name, `9fK2…` is not.
fn looks_random(value: &str) -> bool {
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-.".contains(&byte);
    let is_word = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_alphabetic())
            || part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let named = value.split(['-', '_', '.']).all(is_word);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    value.len() >= 16 && value.bytes().all(alphabet) && digits >= 2 && !named && spread(value) >= 8
}

/// How many different characters it has.
fn spread(value: &str) -> usize {
    let mut seen = [false; 256];
    for byte in value.bytes() {
        seen[usize::from(byte)] = true;
    }
    seen.iter().filter(|seen| **seen).count()
}
