//! `/v1/acts`, `/v1/proposals`, `/v1/reviews`, `/v1/billers` and what else people
//! do in the registry. Every act has one form here and in the log.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use guichet_domain::id::{PackageStem, PersonId, PublisherName};
use guichet_registry::PackageName;
use guichet_registry::register::{
    Act, BillerAct, MemberRole, PublicationAct, Role, SecretAct, Side,
};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::body::Json;
use super::insider::Insider;
use super::page::Page;
use super::parameters::Segments;
use super::scope::{PackagesAdmit, PackagesRead};
use super::shape::registry::{Entered, OpenProposal, PublisherItem, QueueItem, Token};
use crate::error::{Code, Problem, Text};
use crate::governance::Application;
use crate::log;
use crate::store::{PackageSecret, SecretKind};

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(enter))
        .routes(routes!(proposals))
        .routes(routes!(agree))
        .routes(routes!(queue))
        .routes(routes!(admit_billers))
        .routes(routes!(set_secrets))
        .routes(routes!(publishers))
        .routes(routes!(issue_token))
}

/// Enter an act
///
/// The body is an act as it stands in the log, such as
/// `{"act": "switch-thrown", "target": {"package": "acme/water"}, "reason": "…"}`.
/// It takes effect at once, or waits for a second person where two are needed:
/// the same act by that person, or `POST /v1/proposals/{position}/agree`.
#[utoipa::path(
    post,
    path = "/v1/acts",
    tag = "registry",
    operation_id = "enter_act",
    request_body = Object,
    responses((status = 200, description = "Done, or waiting for a second person", body = Entered))
)]
async fn enter(
    State(api): State<Api>,
    insider: Insider<PackagesAdmit>,
    Json(act): Json<Act>,
) -> Result<axum::Json<Entered>, Problem> {
    // These carry what the host must have seen for itself.
    let own_call = match &act {
        Act::Publication(PublicationAct::Published { .. }) => {
            Some("PUT /v1/packages/{publisher}/{name}/releases/{version}")
        }
        Act::Biller(BillerAct::Admitted { .. }) => Some("POST /v1/billers"),
        Act::Secret(SecretAct::Set { .. }) => Some("PUT /v1/packages/{publisher}/{name}/secrets"),
        _ => None,
    };
    if let Some(call) = own_call {
        return Err(Problem::new(Code::InvalidField).with_field(
            "act",
            Text::new(
                format!("请改用 {call}。"),
                format!("This act is entered with {call}."),
            ),
        ));
    }
    let entered = api.rooms().governance.enter(&insider.actor, act).await?;
    Ok(settled(&api, entered).await)
}

/// List proposals
///
/// What waits for a second person.
#[utoipa::path(
    get,
    path = "/v1/proposals",
    tag = "registry",
    operation_id = "list_proposals",
    responses((status = 200, description = "Open proposals", body = Page<OpenProposal>))
)]
async fn proposals(
    State(api): State<Api>,
    insider: Insider<PackagesRead>,
) -> Result<axum::Json<Page<OpenProposal>>, Problem> {
    insider.require(&Role::ALL)?;
    let governance = &api.rooms().governance;
    let now = governance.now();
    let items = governance.read(|register| {
        let open = register.open_proposals(now);
        open.map(|(position, open)| OpenProposal::new(position, open))
            .collect::<Vec<_>>()
    });
    Ok(axum::Json(Page::from_items(items, None)))
}

/// Agree to a proposal
#[utoipa::path(
    post,
    path = "/v1/proposals/{position}/agree",
    tag = "registry",
    operation_id = "agree_to_proposal",
    params(("position" = u64, Path, description = "Where the proposal stands in the log")),
    responses((status = 200, description = "It took effect", body = Entered))
)]
async fn agree(
    State(api): State<Api>,
    insider: Insider<PackagesAdmit>,
    Segments(proposal): Segments<u64>,
) -> Result<axum::Json<Entered>, Problem> {
    let entered = api
        .rooms()
        .governance
        .agree(&insider.actor, proposal)
        .await?;
    Ok(settled(&api, entered).await)
}

/// List releases that wait for review
#[utoipa::path(
    get,
    path = "/v1/reviews",
    tag = "registry",
    operation_id = "list_reviews",
    responses((status = 200, description = "The queue, oldest first", body = Page<QueueItem>))
)]
async fn queue(
    State(api): State<Api>,
    insider: Insider<PackagesRead>,
) -> Result<axum::Json<Page<QueueItem>>, Problem> {
    insider.require(&Role::ALL)?;
    let queue = api.rooms().governance.queue();
    let items = queue.iter().map(QueueItem::from);
    Ok(axum::Json(Page::from_items(items, None)))
}

/// Applications of billers.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Applications {
    /// At most a thousand.
    #[schema(value_type = Vec<Object>)]
    billers: Vec<Application>,
}

/// Admit billers
///
/// Settlement account in the biller's own name, collection contract, packages
/// that may carry its services. Takes two persons.
#[utoipa::path(
    post,
    path = "/v1/billers",
    tag = "registry",
    operation_id = "admit_billers",
    request_body = Applications,
    responses((status = 200, description = "Done, or waiting for a second person", body = Entered))
)]
async fn admit_billers(
    State(api): State<Api>,
    insider: Insider<PackagesAdmit>,
    Json(applications): Json<Applications>,
) -> Result<axum::Json<Entered>, Problem> {
    let governance = &api.rooms().governance;
    let entered = governance
        .admit_billers(&insider.actor, &applications.billers)
        .await?;
    Ok(settled(&api, entered).await)
}

/// Keys and secrets of a package.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Secrets {
    /// At most sixteen.
    secrets: Vec<NewSecret>,
}

/// A key or secret.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSecret {
    /// The name in the manifest or the grant.
    name: String,
    /// A key's algorithm; none for secrets.
    #[serde(default)]
    algorithm: Option<String>,
    /// The value, in base64. It is never shown again.
    value: String,
}

/// Set keys and secrets
#[utoipa::path(
    put,
    path = "/v1/packages/{publisher}/{name}/secrets",
    tag = "registry",
    operation_id = "put_secrets",
    params(
        ("publisher" = String, Path, description = "Who owns the package"),
        ("name" = String, Path, description = "Its name at the publisher's")
    ),
    request_body = Secrets,
    responses((status = 204, description = "Set"))
)]
async fn set_secrets(
    State(api): State<Api>,
    insider: Insider<PackagesAdmit>,
    Segments((publisher, stem)): Segments<(PublisherName, PackageStem)>,
    Json(secrets): Json<Secrets>,
) -> Result<impl IntoResponse, Problem> {
    use base64::Engine as _;
    let package = PackageName::new(publisher, stem);
    let staff = [Role::Reviewer, Role::SecurityOfficer];
    insider.require(&staff)?;
    let decoded = secrets.secrets.into_iter().take(16).map(|one| {
        let value = base64::prelude::BASE64_STANDARD.decode(&one.value).ok()?;
        Some(PackageSecret {
            package: package.to_string(),
            kind: match one.algorithm {
                Some(_) => SecretKind::Key,
                None => SecretKind::Secret,
            },
            name: one.name,
            algorithm: one.algorithm.unwrap_or_default(),
            value,
        })
    });
    let decoded: Option<Vec<PackageSecret>> = decoded.collect();
    let decoded = decoded.ok_or_else(|| {
        let sentence = Text::new("请用 Base64 书写。", "Write it in base64.");
        Problem::new(Code::InvalidField).with_field("secrets.value", sentence)
    })?;
    let governance = &api.rooms().governance;
    governance
        .set_secrets(&insider.actor, &package, &decoded)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List publishers
///
/// With their keys and quotas.
#[utoipa::path(
    get,
    path = "/v1/publishers",
    tag = "registry",
    operation_id = "list_publishers",
    responses((status = 200, description = "All publishers", body = Page<PublisherItem>))
)]
async fn publishers(
    State(api): State<Api>,
    _insider: Insider<PackagesRead>,
) -> axum::Json<Page<PublisherItem>> {
    let items = api.rooms().governance.read(|register| {
        let all = register.publishers();
        all.map(|(name, _)| PublisherItem::new(register, name))
            .collect::<Vec<_>>()
    });
    axum::Json(Page::from_items(items, None))
}

/// Issue a token
///
/// For a person of the register: by the person, in place of every earlier one; by
/// an owner of the same publisher; or by an administrator for somebody who was
/// named and has had none yet. Nobody replaces the token of a colleague, nor one
/// that has ended: that would make one person two. Who has let it end is removed
/// and named again, by two.
#[utoipa::path(
    post,
    path = "/v1/people/{person}/token",
    tag = "registry",
    operation_id = "issue_token",
    params(("person" = String, Path, description = "Who")),
    responses((status = 200, description = "The token, shown this once", body = Token))
)]
async fn issue_token(
    State(api): State<Api>,
    insider: Insider<PackagesAdmit>,
    Segments(person): Segments<PersonId>,
) -> Result<axum::Json<Token>, Problem> {
    let governance = &api.rooms().governance;
    let target = governance.read(|register| register.known_person(&person).cloned());
    let allowed = match (&insider.person, &target) {
        (Some((id, _)), Some(_)) if *id == person => true,
        (Some((_, by)), Some(target)) => match (&by.side, &target.side) {
            (Side::Publisher(own, MemberRole::Owner), Side::Publisher(other, _)) => own == other,
            (Side::Operator(roles), _) => {
                roles.contains(&Role::Administrator) && !governance.had_token(&person).await?
            }
            (Side::Publisher(..), _) => false,
        },
        _ => false,
    };
    if !allowed {
        return Err(Problem::new(Code::Forbidden));
    }
    let token = governance.issue_token(&person).await?;
    Ok(axum::Json(Token { token }))
}

/// What was entered, once this node serves by it: who has rolled a release out
/// finds it at the counter.
pub(super) async fn settled(api: &Api, entered: log::Entered) -> axum::Json<Entered> {
    api.rooms().catalogue.catch_up().await;
    axum::Json(entered.into())
}
