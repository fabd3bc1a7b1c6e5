//! What the citizen fills in, from the command line to JSON.

use serde_json::{Map, Value};

use super::connection::Connection;
use super::exit::Failure;
use super::requests::Inputs;

/// The inputs as the API wants them; what is given replaces what is sampled.
pub(super) async fn read(
    inputs: &Inputs,
    service: &str,
    connection: &Connection,
) -> Result<Map<String, Value>, Failure> {
    let given = given(inputs)?;
    if !inputs.sample {
        return Ok(given);
    }
    let mut all = connection.sample(service).await?;
    all.extend(given);
    Ok(all)
}

fn given(inputs: &Inputs) -> Result<Map<String, Value>, Failure> {
    if let Some(text) = &inputs.inputs {
        return serde_json::from_str(text)
            .map_err(|error| Failure::Usage(format!("--inputs is no JSON object: {error}")));
    }
    let pair = |pair: &String| {
        let (name, value) = pair
            .split_once('=')
            .ok_or_else(|| Failure::Usage(format!("input {pair}: write NAME=VALUE")))?;
        Ok((name.to_owned(), Value::from(value)))
    };
    inputs.pairs.iter().chain(&inputs.more).map(pair).collect()
}

/// Adds what a second step needs, and the region.
pub(super) fn continue_step(inputs: &Inputs, body: &mut Value) {
    if let Some(token) = &inputs.continuing {
        body["token"] = Value::from(token.as_str());
    }
    if let Some(region) = &inputs.region {
        body["region"] = Value::from(region.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(pairs: &[&str], json: Option<&str>) -> Inputs {
        Inputs {
            pairs: pairs.iter().map(|pair| (*pair).to_owned()).collect(),
            inputs: json.map(str::to_owned),
            ..Inputs::default()
        }
    }

    #[test]
    fn values_may_hold_equals_signs() {
        let read = given(&inputs(&["account=12=3", "name="], None)).unwrap();
        assert_eq!(read["account"], "12=3");
        assert_eq!(read["name"], "");
    }

    #[test]
    fn nonsense_is_a_usage_error() {
        assert!(matches!(
            given(&inputs(&["account"], None)),
            Err(Failure::Usage(_))
        ));
        assert!(matches!(
            given(&inputs(&[], Some("[1]"))),
            Err(Failure::Usage(_))
        ));
        assert_eq!(
            given(&inputs(&[], Some(r#"{"months":3}"#))).unwrap()["months"],
            3
        );
    }
}
