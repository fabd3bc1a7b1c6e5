//! The medical insurance code (医保码): a code with a life of a minute that the
//! front refreshes, or, on channels that the operator names, the way to the
//! issuer's own page.

use agency_json::{Answer, Change, exchange};
use guichet_sdk::date::Moment;
use guichet_sdk::json::Value;
use guichet_sdk::{
    AssuranceLevel, Code, Context, Credential, Error, Failure, Field, Handoff, Inputs, Issued,
    Symbology, config, locale, subject_data,
};

/// Setting: a JSON list of channels that are handed over to the issuer's page.
const HANDOFF_CHANNELS: &str = "handoff-channels";

/// A code that lives longer could be shown by somebody else.
const LIFE_LIMIT_SECONDS: u32 = 120;

/// Digits of a payload.
const PAYLOAD_DIGITS: usize = 28;

/// The plugin.
pub struct MedicalInsuranceCode;

impl Credential for MedicalInsuranceCode {
    fn issue(context: &Context, _inputs: &Inputs, _token: Option<&str>) -> Result<Issued, Failure> {
        if is_handed_over(&context.channel)? {
            hand_over(context)
        } else {
            issue_code(context)
        }
    }
}

fn is_handed_over(channel: &str) -> Result<bool, Error> {
    if config::get(HANDOFF_CHANNELS).is_none() {
        return Ok(false);
    }
    let channels = config::require_json(HANDOFF_CHANNELS)?;
    let Value::List(channels) = channels else {
        return Err(Error::Setting(HANDOFF_CHANNELS.to_owned()));
    };
    Ok(channels
        .iter()
        .any(|named| named.as_text() == Some(channel)))
}

fn issue_code(context: &Context) -> Result<Issued, Failure> {
    let body = Value::object([
        ("name", attribute("identity.name")?.into()),
        ("id_number", attribute("identity.number")?.into()),
        ("channel", (&context.channel).into()),
    ]);
    let answer = exchange(context, "codes", &body, Change::Something)?;
    if answer.code != "0000" {
        return Err(answer.failure(""));
    }
    Ok(Issued::Code(code(&answer)?))
}

fn attribute(scope: &str) -> Result<String, Failure> {
    let value = subject_data::get(scope)?;
    value.ok_or(Failure::NeedsAssurance(AssuranceLevel::Substantial))
}

fn code(answer: &Answer) -> Result<Code, Error> {
    let body = &answer.body;
    let payload = body.text("payload")?;
    if payload.len() != PAYLOAD_DIGITS || !payload.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::answer("the payload is not 28 digits"));
    }
    let seconds = |name: &str| {
        u32::try_from(body.whole(name)?).map_err(|_| Error::answer("seconds that are none"))
    };
    let seconds_to_live = seconds("seconds_to_live")?;
    let refresh_after = seconds("refresh_after")?;
    if !(1..=LIFE_LIMIT_SECONDS).contains(&seconds_to_live) || refresh_after > seconds_to_live {
        return Err(Error::answer("the code's life makes no sense"));
    }
    let symbology = match body.text("symbology")?.as_str() {
        "qr" => Symbology::Qr,
        "code128" => Symbology::Code128,
        other => Symbology::Other(other.to_owned()),
    };
    Ok(Code {
        payload: payload.into_bytes(),
        symbology,
        caption: locale::pick(
            "医保码，请向医院或药店出示",
            "Show this to the hospital or pharmacy",
        )
        .to_owned(),
        seconds_to_live,
        refresh_after_seconds: Some(refresh_after),
        fields: vec![Field::text(
            "holder",
            locale::pick("姓名", "Name"),
            &body.text("holder")?,
        )],
        details: Vec::new(),
    })
}

fn hand_over(context: &Context) -> Result<Issued, Failure> {
    let body = Value::object([("channel", (&context.channel).into())]);
    let answer = exchange(context, "handoff", &body, Change::Nothing)?;
    if answer.code != "0000" {
        return Err(answer.failure(""));
    }
    Ok(Issued::Handoff(handoff(&answer)?))
}

/// Whether the page's origin is granted is the host's decision.
fn handoff(answer: &Answer) -> Result<Handoff, Error> {
    let url = answer.body.text("url")?;
    if !url.starts_with("https://") {
        return Err(Error::answer("the issuer's page is not https"));
    }
    let expires_at = match answer.body.text_or_none("expires_at") {
        Some(text) => {
            let moment = Moment::parse(&text);
            Some(
                moment
                    .ok_or_else(|| Error::answer("a moment that is none"))?
                    .to_string(),
            )
        }
        None => None,
    };
    let title = locale::pick("医保电子凭证", "Medical insurance e-certificate").to_owned();
    Ok(Handoff {
        url,
        title,
        expires_at,
        details: Vec::new(),
    })
}

guichet_sdk::export!(MedicalInsuranceCode with credential);

#[cfg(test)]
mod tests;
