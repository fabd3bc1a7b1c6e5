//! Figures for Prometheus (text exposition format 0.0.4): requests by route and
//! status, their durations, and gauges that are read when asked. It keeps no
//! history and knows no client.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::{Method, StatusCode};

/// Upper bounds of the duration buckets, in microseconds.
const BUCKETS_US: [u64; 12] = [
    250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000, 10_000_000,
];

/// Series that are kept; routes and methods are few, so this is never reached
/// by honest use.
const SERIES_LIMIT: usize = 2_000;

/// The requests' figures; clones share them.
#[derive(Debug, Clone, Default)]
pub struct Metrics(Arc<Mutex<BTreeMap<Labels, Series>>>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    route: String,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Default)]
struct Series {
    count: u64,
    sum_us: u64,
    buckets: [u64; BUCKETS_US.len()],
}

impl Metrics {
    /// Counts one answered request.
    pub fn observe(&self, method: &Method, route: &str, status: StatusCode, taken: Duration) {
        let labels = Labels {
            route: route.to_owned(),
            method: name(method),
            status: status.as_u16(),
        };
        let taken_us = u64::try_from(taken.as_micros()).unwrap_or(u64::MAX);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= SERIES_LIMIT && !all.contains_key(&labels) {
            return;
        }
        let series = all.entry(labels).or_default();
        series.count += 1;
        series.sum_us = series.sum_us.saturating_add(taken_us);
        if let Some(bucket) = BUCKETS_US.iter().position(|bound| taken_us <= *bound) {
            series.buckets[bucket] += 1;
        }
    }

    /// Writes all series down.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::from(
            "# HELP guichet_http_request_duration_seconds Time to answer a request.\n\
             # TYPE guichet_http_request_duration_seconds histogram\n",
        );
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (labels, series) in all.iter() {
            series.render(labels, &mut text);
        }
        text
    }
}

impl Series {
    fn render(&self, labels: &Labels, text: &mut String) {
        const NAME: &str = "guichet_http_request_duration_seconds";
        let Labels {
            route,
            method,
            status,
        } = labels;
        let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
        let mut sum = 0;
        for (bound, count) in BUCKETS_US.iter().zip(self.buckets) {
            sum += count;
            let bound = seconds(*bound);
            let _infallible = writeln!(text, "{NAME}_bucket{{{labels},le=\"{bound}\"}} {sum}");
        }
        let _infallible = writeln!(text, "{NAME}_bucket{{{labels},le=\"+Inf\"}} {}", self.count);
        let _infallible = writeln!(text, "{NAME}_sum{{{labels}}} {}", seconds(self.sum_us));
        let _infallible = writeln!(text, "{NAME}_count{{{labels}}} {}", self.count);
    }
}

/// A gauge or counter without labels in the exposition format.
#[must_use]
pub fn single(name: &str, kind: &str, help: &str, value: u64) -> String {
    format!("# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n")
}

/// A gauge or counter with a sample for each set of labels.
#[must_use]
pub fn labelled(
    name: &str,
    kind: &str,
    help: &str,
    samples: impl IntoIterator<Item = (String, u64)>,
) -> String {
    let mut text = format!("# HELP {name} {help}\n# TYPE {name} {kind}\n");
    for (labels, value) in samples {
        let _infallible = writeln!(text, "{name}{{{labels}}} {value}");
    }
    text
}

/// Microseconds as decimal seconds.
fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

/// Methods that nobody defined share one name, so that series stay few.
fn name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "PATCH" => "PATCH",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_cumulative() {
        let metrics = Metrics::default();
        for taken_us in [200, 700, 20_000_000] {
            let taken = Duration::from_micros(taken_us);
            metrics.observe(&Method::GET, "/v1/services", StatusCode::OK, taken);
        }
        let text = metrics.render();
        let labels = "route=\"/v1/services\",method=\"GET\",status=\"200\"";
        for (bound, count) in [
            ("0.000250", 1),
            ("0.001000", 2),
            ("10.000000", 2),
            ("+Inf", 3),
        ] {
            let line = format!("_bucket{{{labels},le=\"{bound}\"}} {count}\n");
            assert!(text.contains(&line), "{line} in {text}");
        }
        assert!(text.contains(&format!("_sum{{{labels}}} 20.000900\n")));
    }
}
