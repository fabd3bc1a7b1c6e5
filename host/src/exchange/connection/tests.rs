//! Connections to small registries of the test's own, which write down what
//! they were shown.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request as Asked;
use axum::response::{IntoResponse as _, Response as Answer};
use tokio::net::TcpListener;

use super::*;

/// What servers were asked, and with which authorization.
#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, server: &str, asked: &Asked) {
        let authorization = asked.headers().get(header::AUTHORIZATION);
        let shown = authorization.map_or("nothing", |value| value.to_str().unwrap());
        let line = format!("{server} {} {shown}", asked.uri());
        self.0.lock().unwrap().push(line);
    }

    fn read(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

async fn serve(answer: impl Fn(Asked) -> Answer + Clone + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let app = Router::new().fallback(move |asked: Asked| std::future::ready(answer(asked)));
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn connect(host: &str) -> Connection {
    let to: Reference = format!("{host}/acme/water:1").parse().unwrap();
    let credentials = Credentials::new("me".to_owned(), "pw".to_owned());
    Connection::new(&to, PlainHttp::Loopback, Some(credentials))
}

fn get(place: &str) -> Ask {
    Ask::new(Method::GET, place.to_owned())
}

fn challenge(header: String) -> Answer {
    (StatusCode::UNAUTHORIZED, [("www-authenticate", header)]).into_response()
}

#[tokio::test]
async fn a_password_is_shown_when_it_is_asked_for_and_a_redirect_never_takes_it_away() {
    let diary = Diary::default();
    let notes = diary.clone();
    let elsewhere = serve(move |asked| {
        notes.note("elsewhere", &asked);
        challenge("Basic realm=\"give it to me\"".to_owned())
    })
    .await;
    let notes = diary.clone();
    let registry = serve(move |asked| {
        notes.note("registry", &asked);
        if asked.headers().get(header::AUTHORIZATION).is_none() {
            return challenge("Basic realm=\"x\"".to_owned());
        }
        let to = format!("http://{elsewhere}/away");
        (StatusCode::TEMPORARY_REDIRECT, [("location", to)]).into_response()
    })
    .await;
    let answer = connect(&registry).ask(&get("/v2/a")).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let expected = [
        "registry /v2/a nothing",
        "registry /v2/a Basic bWU6cHc=",
        "elsewhere /away nothing",
    ];
    assert_eq!(diary.read(), expected);
}

#[tokio::test]
async fn a_token_is_fetched_where_the_registry_says_and_shown_to_it_alone() {
    let diary = Diary::default();
    let notes = diary.clone();
    let service = serve(move |asked| {
        notes.note("service", &asked);
        "{\"token\": \"t0\"}".into_response()
    })
    .await;
    let notes = diary.clone();
    let registry = serve(move |asked| {
        notes.note("registry", &asked);
        match asked.headers().get(header::AUTHORIZATION) {
            Some(shown) if shown == "Bearer t0" => "bytes".into_response(),
            _ => challenge(format!(
                "Bearer realm=\"http://{service}/token\",service=\"r\",scope=\"repository:a:pull\""
            )),
        }
    })
    .await;
    let connection = connect(&registry);
    for _ in 0..2 {
        let answer = connection.ask(&get("/v2/a")).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
    }
    let expected = [
        "registry /v2/a nothing",
        "service /token?service=r&scope=repository%3Aa%3Apull Basic bWU6cHc=",
        "registry /v2/a Bearer t0",
        "registry /v2/a Bearer t0",
    ];
    assert_eq!(diary.read(), expected);
    assert!(!format!("{connection:?}").contains("t0"));
}

#[tokio::test]
async fn an_endless_answer_and_an_endless_redirect_end() {
    let registry = serve(|asked| match asked.uri().path() {
        "/v2/long" => vec![0_u8; 5 << 20].into_response(),
        _ => (StatusCode::FOUND, [("location", "/v2/round")]).into_response(),
    })
    .await;
    let connection = connect(&registry);
    let long = connection.ask(&get("/v2/long")).await;
    assert!(matches!(
        long,
        Err(ExchangeError::Outward(
            crate::outward::OutwardError::TooLong(..)
        ))
    ));
    let round = connection.ask(&get("/v2/round")).await.unwrap();
    assert_eq!(round.status(), StatusCode::FOUND);
}

#[test]
fn a_redirects_path_belongs_to_the_server_that_gave_it() {
    assert_eq!(absolute("http://h:1/a/b", "/c"), "http://h:1/c");
    assert_eq!(absolute("http://h:1", "/c"), "http://h:1/c");
    assert_eq!(absolute("http://h/a", "https://x/c"), "https://x/c");
    assert_eq!(absolute("http://h/a", "//x/c"), "//x/c");
}
