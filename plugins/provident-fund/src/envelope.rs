//! The centre's envelope: both directions are signed, and an answer without the
//! centre's signature is no answer.

use guichet_sdk::date::Moment;
use guichet_sdk::http::Request;
use guichet_sdk::json::Value;
use guichet_sdk::{Context, Error, clock, encoding, keys};

/// The key requests are signed with.
const OURS: &str = "signing";

/// The centre's public key.
const THEIRS: &str = "biller";

/// How old or early an answer may be; older ones may be somebody's replay.
const AGE_LIMIT_SECONDS: u64 = 600;

/// Sends one signed request and reads its answer once its signature holds.
pub(crate) fn exchange(context: &Context, operation: &str, body: &Value) -> Result<Value, Error> {
    let path = ["/b/", &context.service, "/", operation].concat();
    let request = Request::post("biller", &path).json(body);
    let timestamp = clock::now().shanghai_compact();
    let text = [
        path.as_bytes(),
        b"\n",
        timestamp.as_bytes(),
        b"\n",
        request.body_bytes(),
    ]
    .concat();
    let signature = encoding::base64(&keys::sign(OURS, &text)?);
    let response = request
        .header("x-merchant", "guichet")
        .header("x-timestamp", &timestamp)
        .header("x-signature", &signature)
        .send()?;
    // Refused and failed requests are signed like all others; what is not comes
    // from something in between.
    let header = |name: &str| {
        response
            .header(name)
            .ok_or(Error::Status(response.status()))
    };
    let timestamp = header("x-timestamp")?;
    let signature = encoding::parse_base64(header("x-signature")?)?;
    let text = [timestamp.as_bytes(), b"\n", response.body()].concat();
    keys::verify(THEIRS, &text, &signature)?;
    check_age(timestamp)?;
    response.json()
}

fn check_age(timestamp: &str) -> Result<(), Error> {
    let moment = Moment::parse_shanghai_compact(timestamp)
        .ok_or_else(|| Error::answer("the answer's time is none"))?;
    let seconds = clock::now().unix_seconds() - moment.unix_seconds();
    if seconds.unsigned_abs() > AGE_LIMIT_SECONDS {
        return Err(Error::answer("the answer is not of now"));
    }
    Ok(())
}
