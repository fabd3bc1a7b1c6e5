//! Who looks at a page: a signed session cookie, a guard against forged forms,
//! and preferences. Holds nothing on the server.

use aws_lc_rs::hmac;
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use guichet_domain::Moment;
use guichet_domain::id::SubjectId;

use crate::language::Language;

const SESSION: &str = "guichet_session";
const PREFERENCES: &str = "guichet_preferences";
/// How long a sign-in lasts.
const SESSION_SECONDS: i64 = 8 * 3_600;

/// Signs and reads sessions.
pub struct Sessions {
    key: hmac::Key,
}

/// What the cookies of a request say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// The signed-in subject.
    pub subject: Option<SubjectId>,
    /// Must come back in every form of this session.
    pub guard: String,
    /// Language of the pages.
    pub language: Language,
    /// Whether the elder edition is shown.
    pub edition: Edition,
}

/// Editions of the pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Edition {
    /// Usual sizes.
    #[default]
    Standard,
    /// 长辈版.
    Elder,
}

impl Sessions {
    /// With a secret of this installation.
    #[must_use]
    pub fn new(secret: &[u8]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, secret),
        }
    }

    /// The cookie that signs a subject in.
    #[must_use]
    pub fn sign_in(&self, subject: &SubjectId, now: Moment) -> String {
        let body = format!(
            "{subject}.{}",
            now.plus_ms(SESSION_SECONDS * 1_000).micros()
        );
        let value = format!("{body}.{}", self.tag(&body));
        cookie(SESSION, &value, SESSION_SECONDS)
    }

    /// The cookie that signs out.
    #[must_use]
    pub fn sign_out() -> String {
        cookie(SESSION, "", 0)
    }

    /// Reads the request's cookies; what is forged or old counts as absent.
    #[must_use]
    pub fn visitor(&self, headers: &HeaderMap, now: Moment) -> Visitor {
        let session = find(headers, SESSION).unwrap_or_default();
        let subject = self.subject(&session, now);
        let preferences = find(headers, PREFERENCES).unwrap_or_default();
        let accepted = headers
            .get("accept-language")
            .and_then(|value| value.to_str().ok());
        let language = match preferences.split('.').next() {
            Some("en") => Language::English,
            Some("zh-CN") => Language::Chinese,
            _ => Language::from_header(accepted.unwrap_or_default()),
        };
        let elder = preferences.ends_with(".elder");
        Visitor {
            guard: if subject.is_some() {
                self.tag(&format!("guard {session}"))
            } else {
                String::new()
            },
            subject,
            language,
            edition: if elder {
                Edition::Elder
            } else {
                Edition::Standard
            },
        }
    }

    fn subject(&self, session: &str, now: Moment) -> Option<SubjectId> {
        let (body, tag) = session.rsplit_once('.')?;
        let bytes = unhex(tag)?;
        hmac::verify(&self.key, body.as_bytes(), &bytes).ok()?;
        let (subject, until) = body.split_once('.')?;
        let until: i64 = until.parse().ok()?;
        (now.micros() < until).then(|| SubjectId::new(subject).ok())?
    }

    fn tag(&self, body: &str) -> String {
        let tag = hmac::sign(&self.key, body.as_bytes());
        tag.as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// The cookie that keeps language and edition for a year.
#[must_use]
pub fn preferences(language: Language, edition: Edition) -> String {
    let edition = match edition {
        Edition::Standard => "standard",
        Edition::Elder => "elder",
    };
    cookie(
        PREFERENCES,
        &format!("{}.{edition}", language.tag()),
        365 * 24 * 3_600,
    )
}

fn cookie(name: &str, value: &str, seconds: i64) -> String {
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}")
}

fn find(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| {
        let (own, value) = pair.trim().split_once('=')?;
        (own == name).then(|| value.to_owned())
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !text.is_ascii() || !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = cookie.split(';').next().unwrap();
        headers.insert(COOKIE, value.parse().unwrap());
        headers
    }

    #[test]
    fn a_session_is_read_until_it_ends_and_never_when_forged() {
        let sessions = Sessions::new(&[3; 32]);
        let now = Moment::from_micros(1_000_000);
        let anna = SubjectId::new("anna").unwrap();
        let cookie = sessions.sign_in(&anna, now);
        let visitor = sessions.visitor(&headers(&cookie), now);
        assert_eq!(visitor.subject, Some(anna));
        assert_eq!(visitor.guard.len(), 64);
        let later = now.plus_ms(SESSION_SECONDS * 1_000);
        assert_eq!(sessions.visitor(&headers(&cookie), later).subject, None);
        let forged = cookie.replace("anna", "bert");
        assert_eq!(sessions.visitor(&headers(&forged), now).subject, None);
        assert_eq!(
            Sessions::new(&[4; 32])
                .visitor(&headers(&cookie), now)
                .subject,
            None
        );
    }

    #[test]
    fn preferences_win_over_the_browser() {
        let sessions = Sessions::new(&[3; 32]);
        let mut both = headers(&preferences(Language::English, Edition::Elder));
        both.insert("accept-language", "zh-CN".parse().unwrap());
        let visitor = sessions.visitor(&both, Moment::from_micros(0));
        assert_eq!(
            (visitor.language, visitor.edition),
            (Language::English, Edition::Elder)
        );
    }
}
