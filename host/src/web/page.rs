//! What every page has: texts, the visitor, the way back; and the pages that say
//! that something did not work.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use guichet_domain::id::{AccountId, ClientId, SubjectId};

use super::session::{Edition, Visitor};
use super::texts::Texts;
use super::{SignIn, Web};
use crate::language::Language;
use crate::plugins::ServiceFailure;

/// What every template reads.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) t: &'static Texts,
    pub(super) elder: bool,
    pub(super) subject: Option<SubjectId>,
    pub(super) guard: String,
    pub(super) path: String,
    pub(super) other_language: &'static str,
}

/// A request to a page, before it is known what it asks.
pub(super) struct Visit {
    pub(super) visitor: Visitor,
    path: String,
}

impl FromRequestParts<Web> for Visit {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Self::Rejection> {
        let now = web.rooms().ports.now();
        let visitor = web.0.sessions.visitor(&parts.headers, now);
        let path = parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        Ok(Self { visitor, path })
    }
}

/// The signed-in citizen and what the pages act with.
pub(super) struct Citizen<'a> {
    pub(super) client: &'a ClientId,
    pub(super) subject: &'a SubjectId,
    pub(super) account: &'a AccountId,
}

impl Visit {
    pub(super) const fn language(&self) -> Language {
        self.visitor.language
    }

    pub(super) fn page(&self) -> Page {
        Page {
            t: Texts::of(self.visitor.language),
            elder: self.visitor.edition == Edition::Elder,
            subject: self.visitor.subject.clone(),
            guard: self.visitor.guard.clone(),
            path: self.path.clone(),
            other_language: match self.visitor.language {
                Language::Chinese => "en",
                Language::English => "zh-CN",
            },
        }
    }

    /// The citizen; nobody else gets further than the sign-in page.
    #[expect(
        clippy::result_large_err,
        reason = "the error is the page to show instead"
    )]
    pub(super) fn citizen<'a>(&self, web: &'a Web) -> Result<Citizen<'a>, Response> {
        let SignIn::Demo {
            client,
            subject,
            account,
        } = &web.0.sign_in
        else {
            return Err(self.sign_in_first());
        };
        match &self.visitor.subject {
            Some(own) if own == subject => Ok(Citizen {
                client,
                subject,
                account,
            }),
            Some(_) | None => Err(self.sign_in_first()),
        }
    }

    /// The citizen, where the form was drawn by this site for this session.
    #[expect(
        clippy::result_large_err,
        reason = "the error is the page to show instead"
    )]
    pub(super) fn guarded<'a>(&self, web: &'a Web, guard: &str) -> Result<Citizen<'a>, Response> {
        let citizen = self.citizen(web)?;
        if guard.is_empty() || guard != self.visitor.guard {
            return Err(self.sign_in_first());
        }
        Ok(citizen)
    }

    fn sign_in_first(&self) -> Response {
        let back = percent(&self.path);
        Redirect::to(&format!("/sign-in?back={back}")).into_response()
    }

    /// A page that says that there is no such thing.
    pub(super) fn not_found(&self) -> Response {
        let page = self.page();
        let (title, message) = (
            page.t.not_found_title.clone(),
            page.t.not_found_lead.clone(),
        );
        let notice = Notice {
            page,
            title,
            message,
            reference: None,
            button: None,
        };
        (StatusCode::NOT_FOUND, draw(&notice)).into_response()
    }

    /// A page that says that it did not work; the cause goes to the log, the
    /// visitor gets a number to name.
    pub(super) fn failed(&self, web: &Web, error: &dyn std::error::Error) -> Response {
        let reference = web.rooms().ports.record_id("err").to_string();
        tracing::error!(%reference, error = %error, path = self.path, "a page failed");
        let page = self.page();
        let (title, message) = (page.t.error_title.clone(), page.t.error_lead.clone());
        let reference = Some(reference);
        let notice = Notice {
            page,
            title,
            message,
            reference,
            button: None,
        };
        (StatusCode::SERVICE_UNAVAILABLE, draw(&notice)).into_response()
    }
}

/// What no route knows: a page for whoever reads pages, and only the status for
/// programs, whose problem the API's layers word.
pub(super) async fn lost(visit: Visit, headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT);
    let reads_pages = accepted
        .and_then(|accepted| accepted.to_str().ok())
        .is_some_and(|accepted| accepted.contains("text/html"));
    if reads_pages && !visit.path.starts_with("/v1") {
        visit.not_found()
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// A page with a message.
#[derive(Template)]
#[template(path = "notice.html")]
pub(super) struct Notice {
    pub(super) page: Page,
    pub(super) title: String,
    pub(super) message: String,
    pub(super) reference: Option<String>,
    pub(super) button: Option<Button>,
}

/// A form of one button.
pub(super) struct Button {
    pub(super) action: &'static str,
    pub(super) label: String,
    pub(super) back: String,
}

/// Nothing but this site's own style, script and pictures.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A template as an answer that is never cached: pages show personal data.
pub(super) fn draw(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            let headers = [
                (header::CACHE_CONTROL, "no-store"),
                (header::CONTENT_SECURITY_POLICY, POLICY),
            ];
            (headers, Html(html)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a template failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// What a citizen reads when a service gave no answer.
pub(super) fn explain(failure: &ServiceFailure, t: &Texts) -> String {
    match failure {
        ServiceFailure::NoSuchAccount(message)
        | ServiceFailure::Refused { message, .. }
        | ServiceFailure::Closed { message, .. }
        | ServiceFailure::Unavailable { message, .. }
            if !message.is_empty() =>
        {
            message.clone()
        }
        ServiceFailure::UnknownService => t.not_found_lead.clone(),
        _ => t.error_lead.clone(),
    }
}

/// Percent-encodes a path for a query value.
pub(super) fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _infallible = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// Only ways back within this site.
pub(super) fn own_path(back: &str) -> &str {
    let is_own = back.starts_with('/') && !back.starts_with("//") && !back.contains('\\');
    if is_own && !back.contains(char::is_control) {
        back
    } else {
        "/"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stays_on_this_site() {
        assert_eq!(own_path("/bills/bq_1?x=y"), "/bills/bq_1?x=y");
        for bad in [
            "//evil.test",
            "https://evil.test",
            "/\\evil.test",
            "",
            "/a\r\nb",
        ] {
            assert_eq!(own_path(bad), "/", "{bad:?}");
        }
    }
}
