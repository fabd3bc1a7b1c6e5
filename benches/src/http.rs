//! The most frequent question, a search, over HTTP under load. The peer is the
//! same server's health check: it passes the same sockets and layers, and does
//! nothing.

use std::time::Duration;

use anyhow::Result;
use guichet_tests::{Marketplace, encode};
use serde_json::{Value, json};

use crate::statistics::times;
use crate::{load, say};

const CONNECTIONS: [usize; 3] = [1, 16, 64];
const LASTING: Duration = Duration::from_secs(4);
const WARMING: Duration = Duration::from_secs(1);

/// Runs the bench.
pub(crate) async fn measure() -> Result<Value> {
    let market = Marketplace::start()?;
    let search = format!("/v1/services?q={}&limit=20", encode("杭州 水费"));
    load::get(&market.api, &search, 16, WARMING).await?;
    let mut levels = Vec::new();
    for connections in CONNECTIONS {
        say(&format!("{connections} connections"));
        let ours = load::get(&market.api, &search, connections, LASTING).await?;
        let peer = load::get(&market.api, "/healthz", connections, LASTING).await?;
        levels.push(json!({
            "search": ours.figures(),
            "healthz": peer.figures(),
            "search_over_healthz": times(ours.per_second(), peer.per_second()),
        }));
    }
    Ok(json!({"bench": "http", "path": "/v1/services?q=杭州 水费&limit=20", "levels": levels}))
}
