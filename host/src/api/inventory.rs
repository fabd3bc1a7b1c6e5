//! `/v1/people`, `/v1/billers`, `/v1/switches`, `/v1/maintenance` and `/v1/zones`:
//! what the register holds now, for those who decide over it.

use axum::extract::State;
use guichet_registry::register::{BillerStanding, Role};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Api;
use super::insider::Insider;
use super::page::Page;
use super::scope::PackagesRead;
use crate::error::Problem;

/// The calls of this file.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(people))
        .routes(routes!(billers))
        .routes(routes!(switches))
        .routes(routes!(maintenance))
        .routes(routes!(zones))
}

/// A person of the register.
#[derive(Debug, Serialize, ToSchema)]
struct PersonItem {
    /// The person's id.
    person: String,
    /// The person's name, in every language.
    #[schema(value_type = Object)]
    name: guichet_registry::Texts,
    /// `{"operator": [roles]}` or `{"publisher": [publisher, role]}`.
    #[schema(value_type = Object)]
    side: guichet_registry::register::Side,
}

/// List people
///
/// Who may act in the registry.
#[utoipa::path(
    get,
    path = "/v1/people",
    tag = "registry",
    operation_id = "list_people",
    responses((status = 200, description = "Everybody", body = Page<PersonItem>))
)]
async fn people(
    State(api): State<Api>,
    insider: Insider<PackagesRead>,
) -> Result<axum::Json<Page<PersonItem>>, Problem> {
    insider.require(&Role::ALL)?;
    let items = api.rooms().governance.read(|register| {
        let all = register.people().map(|(id, person)| PersonItem {
            person: id.to_string(),
            name: person.name.clone(),
            side: person.side.clone(),
        });
        all.collect::<Vec<_>>()
    });
    Ok(axum::Json(Page::from_items(items, None)))
}

/// A biller of the register.
#[derive(Debug, Serialize, ToSchema)]
struct BillerItem {
    /// Its id in services.
    biller: String,
    /// Its name, in every language.
    #[schema(value_type = Object)]
    names: guichet_registry::Texts,
    /// Unified social credit code.
    credit_code: String,
    /// Packages that may carry its services.
    packages: Vec<String>,
    /// From when the agreement holds.
    from: String,
    /// Until when.
    until: String,
    /// `admitted`, `suspended` or `exited`.
    state: &'static str,
}

/// List billers
///
/// Settlement accounts are not shown here.
#[utoipa::path(
    get,
    path = "/v1/billers",
    tag = "registry",
    operation_id = "list_billers",
    responses((status = 200, description = "All billers", body = Page<BillerItem>))
)]
async fn billers(
    State(api): State<Api>,
    insider: Insider<PackagesRead>,
) -> Result<axum::Json<Page<BillerItem>>, Problem> {
    insider.require(&Role::ALL)?;
    let items = api.rooms().governance.read(|register| {
        let all = register.billers().map(|(id, known)| BillerItem {
            biller: id.to_string(),
            names: known.terms.names.clone(),
            credit_code: known.terms.credit_code.to_string(),
            packages: known
                .terms
                .packages
                .iter()
                .map(ToString::to_string)
                .collect(),
            from: known.terms.from.to_string(),
            until: known.terms.until.to_string(),
            state: match known.standing {
                BillerStanding::Admitted => "admitted",
                BillerStanding::Suspended => "suspended",
                BillerStanding::Exited => "exited",
            },
        });
        all.collect::<Vec<_>>()
    });
    Ok(axum::Json(Page::from_items(items, None)))
}

/// Something that is stopped.
#[derive(Debug, Serialize, ToSchema)]
struct SwitchItem {
    /// `{"release": digest}`, `{"package": name}` or `{"publisher": name}`.
    #[schema(value_type = Object)]
    target: guichet_registry::register::Target,
    /// Why.
    reason: String,
}

/// List switches
///
/// What was stopped and not lifted yet.
#[utoipa::path(
    get,
    path = "/v1/switches",
    tag = "registry",
    operation_id = "list_switches",
    responses((status = 200, description = "What is stopped", body = Page<SwitchItem>))
)]
async fn switches(
    State(api): State<Api>,
    insider: Insider<PackagesRead>,
) -> Result<axum::Json<Page<SwitchItem>>, Problem> {
    insider.require(&Role::ALL)?;
    let items = api.rooms().governance.read(|register| {
        let all = register.switches().map(|(target, reason)| SwitchItem {
            target: target.clone(),
            reason: reason.to_string(),
        });
        all.collect::<Vec<_>>()
    });
    Ok(axum::Json(Page::from_items(items, None)))
}

/// A time for which services are closed.
#[derive(Debug, Serialize, ToSchema)]
struct MaintenanceItem {
    /// The announcement's position in the log, by which it is cancelled.
    announcement: u64,
    /// Which package's.
    package: String,
    /// Which of its services; none named: all.
    services: Vec<String>,
    /// From when.
    from: String,
    /// Until when.
    until: String,
    /// What citizens read, in every language.
    #[schema(value_type = Object)]
    notice: guichet_registry::Texts,
}

/// List announced maintenance
#[utoipa::path(
    get,
    path = "/v1/maintenance",
    tag = "registry",
    operation_id = "list_maintenance",
    responses((status = 200, description = "The calendar", body = Page<MaintenanceItem>))
)]
async fn maintenance(
    State(api): State<Api>,
    _insider: Insider<PackagesRead>,
) -> axum::Json<Page<MaintenanceItem>> {
    let items = api.rooms().governance.read(|register| {
        let all = register
            .maintenance()
            .map(|(position, one)| MaintenanceItem {
                announcement: position,
                package: one.package.to_string(),
                services: one.services.iter().map(ToString::to_string).collect(),
                from: one.from.to_string(),
                until: one.until.to_string(),
                notice: one.notice.clone(),
            });
        all.collect::<Vec<_>>()
    });
    axum::Json(Page::from_items(items, None))
}

/// A part of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
struct ZoneItem {
    /// Its code, names, regions, categories and hidden services.
    #[schema(value_type = Object)]
    zone: guichet_registry::catalogue::Zone,
    /// The agency it belongs to; none: the operator.
    publisher: Option<String>,
}

/// List zones
#[utoipa::path(
    get,
    path = "/v1/zones",
    tag = "registry",
    operation_id = "list_zones",
    responses((status = 200, description = "All zones", body = Page<ZoneItem>))
)]
async fn zones(
    State(api): State<Api>,
    _insider: Insider<PackagesRead>,
) -> axum::Json<Page<ZoneItem>> {
    let items = api.rooms().governance.read(|register| {
        let all = register.zones().map(|known| ZoneItem {
            zone: known.zone.clone(),
            publisher: known.publisher.as_ref().map(ToString::to_string),
        });
        all.collect::<Vec<_>>()
    });
    axum::Json(Page::from_items(items, None))
}
