//! The other four dialects: what goes out to the letter, what comes in, and
//! answers whose signature does not fit.

use guichet_sdk::bill::{AmountRule, QueryOutcome, Reversal, Status, Submission};
use guichet_sdk::fake::{self, Answer, Sent};
use guichet_sdk::{BillPayment, Failure, Inputs, keys, text};
use http_biller::filter::{to_base64, to_hex};
use http_biller::plugin::HttpBiller;

use serde_json::{Value, json};

use super::common::{account, answering, body, host, json_of, ok, order, ready, reversal};

const SERVICE: &str = "gas-330100-1";

fn query(inputs: &Inputs) -> Result<QueryOutcome, Failure> {
    HttpBiller::query_bills(&fake::context(SERVICE), inputs)
}

fn submit() -> Submission {
    HttpBiller::submit_payment(&fake::context(SERVICE), &order()).unwrap_or_else(Submission::from)
}

/// A json-rsa answer, signed as the biller does.
fn rsa(answer: &Value) -> Answer {
    let text = answer.to_string();
    let signature = fake::signature("biller", format!("20261121163000\n{text}").as_bytes());
    let answer = fake::with_header(ok(answer), "x-timestamp", "20261121163000");
    fake::with_header(answer, "x-signature", &to_base64(&signature))
}

#[test]
fn json_rsa_speaks_yuan_and_shanghai() {
    let answer = json!({"resultCode": "SUCCESS", "resultMsg": "成功",
        "consumer": {"consNo": "3301000001", "consType": "household", "contractNo": null, "consName": "张*", "consAddr": "", "balance": "0.00", "arrears": "86.50", "notice": null},
        "billList": [{"billNo": "b1", "title": "九月", "beginDate": "20260901", "endDate": "20260930", "dueDate": "20261020",
            "principal": "85.00", "lateFee": "1.50", "lateFeeType": "liquidated-damages", "discount": "0.00", "paid": "0.00", "payable": "86.50",
            "feeList": [], "reading": null, "tierList": [], "token": "t", "seq": 1}]});
    let host = answering("json-rsa", move |_| rsa(&answer));
    let statement = ready(query(&account()));
    let sent = host.last_request();
    assert_eq!(
        (sent.path.as_str(), body(&sent).as_str()),
        (
            "/b/gas-330100-1/api/queryBill",
            r#"{"consNo":"3301000001"}"#
        )
    );
    assert_eq!(
        (sent.header("x-merchant"), sent.header("x-timestamp")),
        (Some("guichet"), Some("20261121163000"))
    );
    let signed = fake::signature(
        "signing",
        b"/b/gas-330100-1/api/queryBill\n20261121163000\n{\"consNo\":\"3301000001\"}",
    );
    assert_eq!(
        sent.header("x-signature"),
        Some(to_base64(&signed).as_str())
    );
    let bill = &statement.bills[0];
    assert_eq!(
        (
            bill.payable.minor_units,
            bill.late_charges[0].amount.minor_units
        ),
        (8650, 150)
    );
    assert_eq!(
        bill.period.as_ref().map(|period| period.from.as_str()),
        Some("2026-09-01")
    );
}

#[test]
fn json_rsa_pays_and_believes_only_signed_answers() {
    let paid = json!({"resultCode": "SUCCESS", "resultMsg": "", "orderStatus": "PAID", "orderNo": "pay_1", "flowNo": "F1", "payTime": "20261121163000", "amt": "86.50", "acctDate": "20261121", "balance": "0.00", "invoiceNo": null});
    let unsigned = paid.clone();
    let host = answering("json-rsa", move |_| rsa(&paid));
    let submission = submit();
    assert!(
        matches!(&submission, Submission::Applied(a) if a.amount.minor_units == 8650 && a.at == "2026-11-21T08:30:00Z"),
        "{submission:?}"
    );
    assert_eq!(
        json_of(&host.last_request()),
        json!({"orderNo": "pay_1", "orderSeq": 1, "consNo": "3301000001", "totalAmt": "86.50", "acctDate": "20261121",
               "billList": [{"billNo": "202609-3301000001", "token": "k3v9", "amt": "86.50"}]})
    );
    host.answers(move |_| ok(&unsigned));
    assert!(matches!(submit(), Submission::Unknown(_)));
    host.answers(|_| {
        fake::with_header(rsa(&json!({"resultCode": "AMOUNT_WRONG"})), "x-other", "1")
    });
    assert!(matches!(submit(), Submission::Refused(_)));
    // A refusal that nobody signed ends nothing.
    host.answers(|_| ok(&json!({"resultCode": "AMOUNT_WRONG"})));
    assert!(matches!(submit(), Submission::Unknown(_)));
    let status = |state: &str| {
        rsa(
            &json!({"resultCode": "SUCCESS", "orderStatus": state, "orderNo": "pay_1", "flowNo": "F1", "payTime": "20261121163000", "amt": "86.50"}),
        )
    };
    host.answers(move |_| status("CANCELLED"));
    let answer = HttpBiller::payment_status(&fake::context(SERVICE), &order(), None);
    assert!(matches!(answer, Ok(Status::Reversed(_))));
}

/// An answer in the envelope of xml-gb18030, repeating the request's head.
fn xml(sent: &Sent, code: &str, content: &str) -> Answer {
    let asked = text::decode("gb18030", &sent.body).expect("GB18030");
    let head = |name: &str| {
        asked
            .split(&format!("<{name}>"))
            .nth(1)
            .and_then(|rest| rest.split('<').next())
            .unwrap_or_default()
    };
    let part = format!(
        "<Head><TxCode>{}</TxCode><MsgId>{}</MsgId><TxTime>20261121163000</TxTime><RspCode>{code}</RspCode><RspMsg>成功</RspMsg></Head><Body>{content}</Body>",
        head("TxCode"),
        head("MsgId")
    );
    let signed = text::encode("gb18030", &part).expect("GB18030");
    let mac = to_hex(&keys::mac("mac", &signed).expect("a key")).to_uppercase();
    let whole = format!(
        "<?xml version=\"1.0\" encoding=\"GB18030\"?>\n<Transaction>{part}<Mac>{mac}</Mac></Transaction>"
    );
    fake::bytes(200, &text::encode("gb18030", &whole).expect("GB18030"))
}

const BILLS: &str = "<Cust><CustNo>3301000001</CustNo><CustKind>household</CustKind><ContractNo></ContractNo><Name>张*</Name><Addr>西湖区****</Addr><Balance>0</Balance><Arrears>8650</Arrears><Notice></Notice></Cust><Bills>\
<Bill><BillNo>b1</BillNo><Title>九月</Title><From>20260901</From><To>20260930</To><Due>20261020</Due><Principal>8500</Principal><Late>150</Late><LateKind>liquidated-damages</LateKind><Discount>0</Discount><Paid>0</Paid><Payable>8650</Payable>\
<Charges><Charge><Code>base</Code><Name>基本费</Name><Amt>8500</Amt></Charge></Charges><Reading><Meter>M1</Meter><Last>1</Last><This>2</This><Used>1</Used><Unit>m³</Unit><ReadOn>20260928</ReadOn></Reading><Tiers></Tiers><Token>t</Token><Order>1</Order></Bill></Bills>";

/// What the plugin asks first on a fresh host; a second fresh host makes it ask
/// the same again, nonce included, so the answer can repeat the request's head.
fn xml_question() -> (fake::Installed, Sent) {
    let host = answering("xml-gb18030", |_| fake::status(500));
    let _ = query(&account());
    let sent = host.last_request();
    (host, sent)
}

fn ask_again(answer: Answer) -> Result<QueryOutcome, Failure> {
    let _host = answering("xml-gb18030", move |_| answer.clone());
    query(&account())
}

#[test]
fn xml_is_sent_as_documented() {
    let host = answering("xml-gb18030", |_| fake::status(500));
    let _ = query(&account());
    let sent = host.last_request();
    assert_eq!(
        (sent.path.as_str(), sent.header("content-type")),
        ("/b/gas-330100-1/xml", Some("text/xml; charset=GB18030"))
    );
    let sent_text = body(&sent);
    let (before, mac) = sent_text.split_once("<Mac>").expect("a MAC");
    let part = &before[before.find("<Head>").expect("a head")..];
    assert!(
        part.starts_with("<Head><TxCode>1001</TxCode><MsgId>")
            && part.ends_with(
                "<TxTime>20261121163000</TxTime></Head><Body><CustNo>3301000001</CustNo></Body>"
            )
    );
    let wanted = to_hex(&keys::mac("mac", part.as_bytes()).expect("a key")).to_uppercase();
    assert_eq!(mac, format!("{wanted}</Mac></Transaction>"));
    assert!(before.starts_with("<?xml version=\"1.0\" encoding=\"GB18030\"?><Transaction>"));
}

#[test]
fn the_documented_mac_is_made() {
    let _host = host("xml-gb18030").install();
    let part = b"<Head><TxCode>1001</TxCode><MsgId>n-00000001</MsgId><TxTime>20261121163000</TxTime></Head><Body><CustNo>3301000001</CustNo></Body>";
    let mac = to_hex(&keys::mac("mac", part).expect("a key")).to_uppercase();
    assert_eq!(
        mac,
        "38F4859D35A155C08D176DA2D3F094104E8674A0DFE62A86C7798F5FA5249850"
    );
}

#[test]
fn xml_answers_are_read_in_gb18030() {
    let (_host, sent) = xml_question();
    let statement = ready(ask_again(xml(&sent, "000000", BILLS)));
    let account = statement.account.expect("told");
    assert_eq!(
        (
            account.holder_name.as_deref(),
            account.contract_number,
            account.notice
        ),
        (Some("张*"), None, None)
    );
    let bill = &statement.bills[0];
    assert_eq!(
        (
            bill.title.as_str(),
            bill.payable.minor_units,
            bill.readings.len(),
            bill.tiers.len()
        ),
        ("九月", 8650, 1, 0)
    );
}

#[test]
fn xml_with_another_mac_or_head_is_not_believed() {
    let (_host, sent) = xml_question();
    let good = xml(&sent, "000000", BILLS).expect("an answer").body;
    let place = good
        .windows(4)
        .position(|window| window == b"8650")
        .expect("an amount");
    let mut forged = good.clone();
    forged[place] = b'1';
    let mut other = sent.clone();
    other.body = body(&sent).replace("1001", "2001").into_bytes();
    let other = xml(&other, "000106", "");
    assert!(matches!(
        ask_again(fake::bytes(200, &forged)),
        Err(Failure::Unavailable(_))
    ));
    let _host = answering("xml-gb18030", |_| fake::status(500));
    assert!(matches!(ask_again(other), Err(Failure::Unavailable(_))));
    assert!(ask_again(fake::bytes(200, &good)).is_ok());
}

#[test]
fn xml_escapes_what_people_write() {
    let host = answering("xml-gb18030", |_| fake::status(500));
    let _ = HttpBiller::reverse_payment(&fake::context(SERVICE), &reversal());
    let sent = text::decode("gb18030", &host.last_request().body).expect("GB18030");
    assert!(
        sent.contains("<Reason>重复 &lt;缴费&gt; &amp; 退回</Reason>"),
        "{sent}"
    );
    assert!(sent.contains("<TxCode>2003</TxCode>") && sent.contains("<OrigRef>pay_1</OrigRef>"));
    let _ = submit();
    let sent = text::decode("gb18030", &host.last_request().body).expect("GB18030");
    assert!(sent.contains("<Items><Item><BillNo>202609-3301000001</BillNo><Token>k3v9</Token><Amt>8650</Amt></Item></Items>"), "{sent}");
}

/// A signed answer of the dialect form.
fn form(parameters: &[(&str, &str)]) -> Answer {
    let mut sorted = parameters.to_vec();
    sorted.retain(|(_, value)| !value.is_empty());
    sorted.sort_unstable();
    let joined: Vec<String> = sorted
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let sign =
        to_hex(&keys::mac("mac", joined.join("&").as_bytes()).expect("a key")).to_uppercase();
    let mut all = parameters.to_vec();
    all.push(("sign", &sign));
    fake::bytes(200, encoded(&all).as_bytes())
}

#[test]
fn the_documented_form_signature_is_made() {
    let _host = host("form").install();
    let mac = keys::mac(
        "mac",
        b"merchant=guichet&nonce=n-00000001&timestamp=2026-11-21 16:30:00&user_no=3301000001",
    );
    assert_eq!(
        to_hex(&mac.expect("a key")).to_uppercase(),
        "92C4E208BE4C25412330ECE2F2420A47B0BAE3008434B614F581832DC4C435A0"
    );
}

#[test]
fn form_parameters_make_lists() {
    let host = answering("form", |_| fake::status(500));
    let answer = form(&[
        ("ret", "0"),
        ("msg", "成功"),
        ("timestamp", "2026-11-21 16:30:00"),
        ("user_no", "3301000001"),
        ("user_kind", "household"),
        ("user_name", "张*"),
        ("balance", "0.00"),
        ("arrears", "173.50"),
        ("bill_count", "2"),
        ("bill_1_no", "b1"),
        ("bill_1_title", "九月"),
        ("bill_1_from", "2026-09-01"),
        ("bill_1_to", "2026-09-30"),
        ("bill_1_principal", "85.00"),
        ("bill_1_late", "1.50"),
        ("bill_1_late_kind", "liquidated-damages"),
        ("bill_1_payable", "86.50"),
        ("bill_1_token", "t"),
        ("bill_1_order", "1"),
        ("bill_1_meter", "M1"),
        ("bill_1_last", "1"),
        ("bill_1_this", "2"),
        ("bill_1_used", "1"),
        ("bill_1_unit", "m³"),
        ("bill_2_no", "b2"),
        ("bill_2_title", "十月"),
        ("bill_2_principal", "87.00"),
        ("bill_2_late", "0.00"),
        ("bill_2_late_kind", "liquidated-damages"),
        ("bill_2_payable", "87.00"),
        ("bill_2_order", "2"),
    ]);
    host.answers(move |_| answer.clone());
    let statement = ready(query(&account()));
    assert_eq!(
        statement
            .bills
            .iter()
            .map(|bill| bill.payable.minor_units)
            .collect::<Vec<_>>(),
        [8650, 8700]
    );
    assert_eq!(
        (
            statement.bills[0].readings.len(),
            statement.bills[1].readings.len()
        ),
        (1, 0)
    );
    assert_eq!(
        (
            statement.bills[0].late_charges.len(),
            statement.bills[1].late_charges.len()
        ),
        (1, 0)
    );
    let sent = body(&host.last_request());
    assert!(
        sent.starts_with("merchant=guichet&timestamp=2026-11-21+16%3A30%3A00&nonce="),
        "{sent}"
    );
    let parameters: Vec<(&str, &str)> = sent
        .split('&')
        .filter_map(|part| part.split_once('='))
        .collect();
    let nonce = parameters
        .iter()
        .find(|(name, _)| *name == "nonce")
        .expect("a nonce")
        .1;
    let signed =
        format!("merchant=guichet&nonce={nonce}&timestamp=2026-11-21 16:30:00&user_no=3301000001");
    let sign = to_hex(&keys::mac("mac", signed.as_bytes()).expect("a key")).to_uppercase();
    assert!(sent.ends_with(&format!("&sign={sign}")));
}

#[test]
fn form_pays_several_bills_in_one_parameter() {
    let host = answering("form", |_| fake::status(500));
    let mut order = order();
    let mut second = order.items[0].clone();
    second.bill_number = "b2".to_owned();
    second.token = String::new();
    order.items.push(second);
    order.total.minor_units = 17_300;
    assert!(matches!(
        HttpBiller::submit_payment(&fake::context(SERVICE), &order),
        Ok(Submission::Unknown(_))
    ));
    let sent = body(&host.last_request());
    assert!(
        sent.contains("items=202609-3301000001%3Ak3v9%3A86.50%2Cb2%3A%3A86.50"),
        "{sent}"
    );
    assert!(sent.contains("total_amount=173.00"));
    let answer = form(&[
        ("ret", "0"),
        ("state", "applied"),
        ("trade_no", "pay_1"),
        ("serial_no", "S1"),
        ("trade_time", "2026-11-21 16:30:00"),
        ("amount", "173.00"),
        ("acct_date", "2026-11-21"),
    ]);
    host.answers(move |_| answer.clone());
    let submission = HttpBiller::submit_payment(&fake::context(SERVICE), &order);
    assert!(
        matches!(&submission, Ok(Submission::Applied(a)) if a.amount.minor_units == 17_300 && a.at == "2026-11-21T08:30:00Z"),
        "{submission:?}"
    );
}

#[test]
fn form_choices_and_steps() {
    let host = host("form")
        .config("flow", "validate")
        .answers(|_| fake::status(500))
        .install();
    let answer = form(&[
        ("ret", "0"),
        ("user_no", "3301000001"),
        ("user_kind", "phone"),
        ("min_amount", "10.00"),
        ("max_amount", "500.00"),
        ("step_amount", "10.00"),
        ("choice_count", "2"),
        ("choice_1", "10.00"),
        ("choice_2", "50.00"),
    ]);
    host.answers(move |_| answer.clone());
    let statement = ready(query(&account()));
    assert!(
        matches!(&statement.bills[0].rule, AmountRule::Choices(amounts) if amounts.iter().map(|amount| amount.minor_units).eq([1000, 5000]))
    );
    drop(host);
    let host = host_second_step();
    let answer = form(&[
        ("ret", "111"),
        ("step", "st"),
        ("account_count", "2"),
        ("account_1_no", "1"),
        ("account_1_name", "张*"),
        ("account_1_addr", "a"),
        ("account_2_no", "2"),
        ("account_2_name", "李*"),
    ]);
    host.answers(move |_| answer.clone());
    let Ok(QueryOutcome::AskMore(step)) = query(&Inputs::from([("phone", "13800000001")])) else {
        panic!("no step")
    };
    assert_eq!(
        step.choices
            .iter()
            .map(|choice| choice.title.as_str())
            .collect::<Vec<_>>(),
        ["1 张*", "2 李*"]
    );
}

fn host_second_step() -> fake::Installed {
    host("form")
        .config("flow", "second-step")
        .answers(|_| fake::status(500))
        .install()
}

/// A json-sm2 answer, signed as the biller does.
fn sm2(status: u32, data: &Value) -> Answer {
    let answer = json!({"head": {"status": status, "message": "", "time": 1_763_713_800_000_u64}, "data": data});
    let signature = fake::signature("biller", answer.to_string().as_bytes());
    fake::with_header(ok(&answer), "x-sm2-sign", &to_hex(&signature))
}

#[test]
fn json_sm2_pays_in_its_envelope() {
    let data = json!({"state": "applied", "reference": "pay_1", "serialNo": "S1", "time": 1_795_249_800_000_u64, "amount": "8650", "accountingDate": "2026-11-21", "balance": "0", "invoiceNo": "FP1"});
    let host = answering("json-sm2", move |_| sm2(0, &data));
    let submission = submit();
    assert!(
        matches!(&submission, Submission::Applied(a) if a.at == "2026-11-21T08:30:00Z"),
        "{submission:?}"
    );
    let sent = host.last_request();
    assert_eq!(json_of(&sent)["head"]["service"], json!(SERVICE));
    assert_eq!(json_of(&sent)["head"]["time"], json!(1_795_249_800_000_u64));
    assert_eq!(
        json_of(&sent)["data"]["items"],
        json!([{"billNo": "202609-3301000001", "token": "k3v9", "amount": "8650"}])
    );
    assert_eq!(
        sent.header("x-sm2-sign"),
        Some(to_hex(&fake::signature("signing", &sent.body)).as_str())
    );
    host.answers(|_| sm2(106, &json!({})));
    assert!(matches!(submit(), Submission::Refused(refusal) if refusal.code == "106"));
    host.answers(|_| {
        sm2(
            112,
            &json!({"state": "pending", "reference": "pay_1", "wait": 2}),
        )
    });
    assert!(
        matches!(submit(), Submission::Pending(pending) if pending.ask_after_seconds == Some(2))
    );
    host.answers(|_| sm2(0, &json!({"state": "reversed", "reference": "rev_1", "serialNo": "S2", "time": 1_795_249_800_000_u64, "amount": "8650"})));
    let reversed = HttpBiller::reverse_payment(&fake::context(SERVICE), &reversal());
    assert!(
        matches!(reversed, Ok(Reversal::Reversed(_))),
        "{reversed:?}"
    );
}

#[test]
fn a_sequence_beyond_53_bits_stays_exact() {
    let host = answering("json-sm2", |_| fake::status(500));
    let mut order = order();
    order.sequence = 999_999_999_999_999_999;
    let _ = HttpBiller::submit_payment(&fake::context(SERVICE), &order);
    assert!(body(&host.last_request()).contains("\"sequence\":999999999999999999"));
}

fn encoded(parameters: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in parameters {
        out.push_str(if out.is_empty() { "" } else { "&" });
        http_biller::form::escape(name.as_bytes(), &mut out);
        out.push('=');
        http_biller::form::escape(value.as_bytes(), &mut out);
    }
    out
}
