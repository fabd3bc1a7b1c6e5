//! What a purchase brings: a token, or credit for the meter's card. A purchase
//! that is applied but whose delivery cannot be read stays in doubt, because the
//! status question brings the delivery again.

use agency_json::Answer;
use guichet_sdk::bill::{Application, CardWrite, Delivery, MeterToken};
use guichet_sdk::date::Moment;
use guichet_sdk::json::Value;
use guichet_sdk::{Error, Field, Money, encoding, locale};

/// Digits of a token (IEC 62055-41).
const TOKEN_DIGITS: usize = 20;

/// Adds delivery, quantity and price.
pub(crate) fn complete(answer: &Answer, application: &mut Application) -> Result<(), Error> {
    let body = &answer.body;
    let delivery = match body.text("delivery")?.as_str() {
        "token" => Delivery::Token(token(body)?),
        "card-write" => Delivery::CardWrite(card(body)?),
        _ => return Err(Error::answer("an unknown kind of delivery")),
    };
    application.deliveries.push(delivery);
    application.effective_in_seconds = body
        .whole("effective_in")
        .ok()
        .and_then(|seconds| u32::try_from(seconds).ok());
    application.balance = body.whole("balance").ok().map(Money::fen);
    let quantity = body.text("quantity")?;
    let measure = body.text("measure")?;
    let label = locale::pick("购电量", "Quantity");
    application.fields.push(Field::text(
        "quantity",
        label,
        &format!("{quantity} {measure}"),
    ));
    let label = locale::pick("电价（元/千瓦时）", "Price (yuan per kWh)");
    application.fields.push(Field::formatted(
        "price",
        label,
        &body.text("price")?,
        "decimal",
    ));
    Ok(())
}

fn token(body: &Value) -> Result<MeterToken, Error> {
    let digits = body.text("token")?;
    if digits.len() != TOKEN_DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::answer("the token is not 20 digits"));
    }
    let mut groups = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && position % 4 == 0 {
            groups.push(' ');
        }
        groups.push(digit);
    }
    Ok(MeterToken {
        digits: groups,
        meter: body.text_or_none("meter"),
        quantity: Some(body.text("quantity")?),
        measure: Some(body.text("measure")?),
        details: Vec::new(),
    })
}

fn card(body: &Value) -> Result<CardWrite, Error> {
    let card = body
        .member("card")
        .ok_or_else(|| Error::answer("`card` is missing"))?;
    let expires_at = match card.text_or_none("expires_at") {
        Some(text) => {
            let moment = Moment::parse(&text);
            Some(
                moment
                    .ok_or_else(|| Error::answer("`expires_at` is no moment"))?
                    .to_string(),
            )
        }
        None => None,
    };
    let standard = locale::pick(
        "请持卡到营业网点写卡",
        "Take the card to an outlet to be written",
    );
    // The supplier's instruction is in Chinese.
    let own = card
        .text_or_none("instruction")
        .filter(|_| locale::pick("zh", "en") == "zh");
    Ok(CardWrite {
        instruction: own.unwrap_or_else(|| standard.to_owned()),
        payload: encoding::parse_base64(&card.text_or_none("payload_base64").unwrap_or_default())?,
        card: card.text_or_none("number"),
        expires_at,
        details: Vec::new(),
    })
}
