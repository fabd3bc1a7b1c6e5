//! The dialect xml-gb18030: envelopes to the letter, GB18030 both ways, and
//! answers whose MAC or head does not fit.

use guichet_sdk::bill::{QueryOutcome, Submission};
use guichet_sdk::fake::{self, Answer, Sent};
use guichet_sdk::{BillPayment, Failure, Inputs, keys, text};
use http_biller::filter::to_hex;
use http_biller::plugin::HttpBiller;

use super::common::{account, answering, body, host, order, ready, reversal};

const SERVICE: &str = "gas-330100-1";

fn query(inputs: &Inputs) -> Result<QueryOutcome, Failure> {
    HttpBiller::query_bills(&fake::context(SERVICE), inputs)
}

fn submit() -> Submission {
    HttpBiller::submit_payment(&fake::context(SERVICE), &order()).unwrap_or_else(Submission::from)
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
