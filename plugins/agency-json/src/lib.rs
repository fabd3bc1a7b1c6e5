//! The signed JSON that several city agencies speak: one envelope, one table of
//! codes. What the codes mean for a payment stands in [`payment`]; what an
//! answer holds is its plugin's business.

pub mod payment;

use guichet_sdk::http::{Request, Response};
use guichet_sdk::json::Value;
use guichet_sdk::{Context, Error, Failure, RefusalReason, clock, encoding, keys, locale, random};

/// The key that requests are authenticated with.
const KEY: &str = "mac";

/// The logical endpoint of all these agencies.
const ENDPOINT: &str = "biller";

/// Whether a request changes anything at the agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It only asks.
    Nothing,
    /// It orders, issues or pays.
    Something,
}

/// A readable answer: the code, the agency's message, and the whole body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Four digits.
    pub code: String,
    /// In Chinese, for people.
    pub message: String,
    /// All of it.
    pub body: Value,
}

/// Sends one request and reads its answer, whatever its code says.
pub fn exchange(
    context: &Context,
    operation: &str,
    body: &Value,
    change: Change,
) -> Result<Answer, Error> {
    let path = format!("/b/{}/{operation}", context.service);
    let request = sign(Request::post(ENDPOINT, &path).json(body))?;
    let request = match change {
        Change::Nothing => request,
        Change::Something => request.effect(),
    };
    read(&request.send()?)
}

/// Authenticates method, path, time, nonce and body.
fn sign(request: Request) -> Result<Request, Error> {
    let timestamp = clock::now().unix_seconds().to_string();
    let nonce = random::nonce();
    let digest = encoding::hex(&keys::digest("sha-256", request.body_bytes())?);
    let text = format!("POST\n{}\n{timestamp}\n{nonce}\n{digest}", request.path());
    let mac = encoding::hex(&keys::mac(KEY, text.as_bytes())?);
    Ok(request
        .header("x-timestamp", &timestamp)
        .header("x-nonce", &nonce)
        .header("x-signature", &mac))
}

/// Business answers have status 200, and mistakes of ours 400 or 401; anything
/// else comes from something in between and says nothing.
fn read(response: &Response) -> Result<Answer, Error> {
    if !matches!(response.status(), 200 | 400 | 401) {
        return Err(Error::Status(response.status()));
    }
    let body = response.json()?;
    let code = body.text("code")?;
    if code.len() != 4 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::answer("`code` is not four digits"));
    }
    if code == "0000" && response.status() != 200 {
        return Err(Error::answer("done and refused at once"));
    }
    let message = body.text_or_none("message").unwrap_or_default();
    Ok(Answer {
        code,
        message,
        body,
    })
}

impl Answer {
    /// What a question that was not answered means for the citizen. `input` is
    /// the input that named the account, decision or person.
    #[must_use]
    pub fn failure(&self, input: &str) -> Failure {
        let refuse =
            |reason: RefusalReason| Failure::Refused(reason.with(&self.code, &self.message));
        match self.code.as_str() {
            "0101" => Failure::NotFound(self.message.clone()),
            "0103" | "0109" | "0113" => refuse(RefusalReason::NotAllowed),
            "0104" => refuse(RefusalReason::AlreadyPaid),
            "0107" => refuse(RefusalReason::Closed),
            "0110" => Failure::invalid(
                input,
                locale::pick("请检查填写的内容", "Please check what you filled in"),
            ),
            "0909" => Failure::unavailable(locale::pick(
                "对方系统繁忙，请稍后再试",
                "The other side is busy; please try again later",
            )),
            code => Failure::Other(format!("the agency answered {code}: {}", self.message)),
        }
    }
}

#[cfg(test)]
mod tests;
