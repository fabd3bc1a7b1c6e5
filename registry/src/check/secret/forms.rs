//! Secrets that are known by their form, whatever they are called.

use std::sync::LazyLock;

use regex::{Regex, RegexSet, RegexSetBuilder};

use super::Secret;

/// A form and what has it.
type Form = (&'static str, &'static str);

/// Forms that nothing else has.
const FORMS: [Form; 14] = [
    (
        r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY( BLOCK)?-----",
        "a private key",
    ),
    (r"AGE-SECRET-KEY-1[0-9A-Z]{10}", "a private key of age"),
    (r"PuTTY-User-Key-File-[0-9]", "a private key of PuTTY"),
    (r"\bAKIA[0-9A-Z]{16}\b", "an access key of Amazon"),
    (
        r"\bLTAI[0-9A-Za-z]{12,26}\b",
        "an access key of Alibaba Cloud",
    ),
    (r"\bAKID[0-9A-Za-z]{32}\b", "an access key of Tencent Cloud"),
    (r"\bAIza[0-9A-Za-z_-]{35}\b", "an API key of Google"),
    (r"\bgh[pousr]_[0-9A-Za-z]{36}", "a token of GitHub"),
    (r"\bgithub_pat_[0-9A-Za-z_]{22}", "a token of GitHub"),
    (r"\bglpat-[0-9A-Za-z_-]{20}", "a token of GitLab"),
    (r"\bxox[abeoprs]-[0-9A-Za-z-]{10}", "a token of Slack"),
    (r"\b[rs]k_live_[0-9A-Za-z]{16}", "a key of Stripe"),
    (
        r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{20,}",
        "a signed token (JWT)",
    ),
    (
        r#"\b[a-z][a-z0-9+.-]{1,20}://[^/ \t\r\n"':@{}<>]{1,100}:[^/ \t\r\n"'@{}<>]{1,100}@[0-9A-Za-z\[]"#,
        "an address with a password in it",
    ),
];

/// How private keys begin in base64 without the lines around them: PKCS#8 of RSA,
/// of curves, and of Ed25519; and PKCS#1 of RSA.
const ENCODED: [Form; 4] = [
    (
        r"\bMII[0-9A-Za-z+/]{2,5}IBADANBgkqhkiG9w0BAQEFAAS",
        "a private RSA key",
    ),
    (
        r"\bMI[GH][0-9A-Za-z+/]AgEAMBMGByqGSM49AgEGC",
        "a private key of a curve",
    ),
    (r"\bMC4CAQAwBQYDK2VwBCIEI", "a private Ed25519 key"),
    (
        r"\bMII[CEJ][0-9A-Za-z+/]{2,4}IBAAKCA[QgYI]E[A-Z]",
        "a private RSA key",
    ),
];

struct Forms {
    /// Says quickly that a text has none of them, as nearly all texts do.
    any: RegexSet,
    each: Vec<(Regex, &'static str)>,
}

static KNOWN: LazyLock<Forms> = LazyLock::new(|| compile(&FORMS));
static KNOWN_ENCODED: LazyLock<Forms> = LazyLock::new(|| compile(&ENCODED));

fn compile(forms: &[Form]) -> Forms {
    // Everything looked for is ASCII, so the tables of other scripts stay out.
    let ascii = |pattern: &str| pattern.replace(r"\b", r"(?-u:\b)");
    let patterns: Vec<String> = forms.iter().map(|(pattern, _)| ascii(pattern)).collect();
    let any = RegexSetBuilder::new(&patterns).build();
    let each = patterns.iter().zip(forms).map(|(pattern, (_, what))| {
        let regex = Regex::new(pattern).expect("the forms are tested");
        (regex, *what)
    });
    Forms {
        any: any.expect("the forms are tested"),
        each: each.collect(),
    }
}

/// Keys and tokens in the forms that people copy.
pub(super) fn find(text: &str) -> Vec<Secret> {
    KNOWN.find(text)
}

/// Private keys without the lines that tell of them.
pub(super) fn find_encoded(text: &str) -> Vec<Secret> {
    KNOWN_ENCODED.find(text)
}

impl Forms {
    fn find(&self, text: &str) -> Vec<Secret> {
        let mut secrets = Vec::new();
        for index in self.any.matches(text) {
            let (regex, what) = &self.each[index];
            let found = regex.find_iter(text).take(super::FINDINGS_LIMIT);
            secrets.extend(found.map(|found| Secret {
                offset: found.start(),
                problem: format!("it holds {what}"),
            }));
        }
        secrets
    }
}
