//! Signing in and out of the demonstration, and preferences.

use axum::extract::{Form, Query, State};
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::page::{Button, Notice, Visit, draw, own_path};
use super::session::{Edition, Sessions, preferences as preference_cookie};
use super::{SignIn, Web};
use crate::language::Language;

/// Where to go afterwards.
#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    back: String,
}

/// The sign-in page.
pub(super) async fn show(
    visit: Visit,
    Query(query): Query<Back>,
    State(web): State<Web>,
) -> Response {
    let page = visit.page();
    let t = page.t;
    let open = matches!(web.0.sign_in, SignIn::Demo { .. });
    let message = if open {
        &t.sign_in_lead
    } else {
        &t.sign_in_closed
    };
    let button = open.then(|| Button {
        action: "/sign-in",
        label: t.sign_in_button.clone(),
        back: own_path(&query.back).to_owned(),
    });
    let (title, message) = (t.sign_in.clone(), message.clone());
    draw(&Notice {
        page,
        title,
        message,
        reference: None,
        button,
    })
}

/// Signs the demo citizen in.
pub(super) async fn sign_in(State(web): State<Web>, Form(form): Form<Back>) -> Response {
    let SignIn::Demo { subject, .. } = &web.0.sign_in else {
        return Redirect::to("/sign-in").into_response();
    };
    let cookie = web.0.sessions.sign_in(subject, web.rooms().ports.now());
    ([(SET_COOKIE, cookie)], Redirect::to(own_path(&form.back))).into_response()
}

/// Signs out.
pub(super) async fn sign_out() -> Response {
    ([(SET_COOKIE, Sessions::sign_out())], Redirect::to("/")).into_response()
}

/// A button of the header.
#[derive(Deserialize)]
pub(super) struct Preference {
    #[serde(default)]
    back: String,
    language: Option<String>,
    elder: Option<bool>,
}

/// Keeps language and edition in a cookie.
pub(super) async fn preferences(visit: Visit, Form(form): Form<Preference>) -> Response {
    let language = match form.language.as_deref() {
        Some("en") => Language::English,
        Some(_) => Language::Chinese,
        None => visit.language(),
    };
    let edition = match form.elder {
        Some(true) => Edition::Elder,
        Some(false) => Edition::Standard,
        None => visit.visitor.edition,
    };
    let cookie = preference_cookie(language, edition);
    ([(SET_COOKIE, cookie)], Redirect::to(own_path(&form.back))).into_response()
}
