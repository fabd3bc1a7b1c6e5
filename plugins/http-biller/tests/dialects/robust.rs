//! Any bytes from the other side, and any text from a citizen: no panic, no
//! refusal out of nonsense, and nothing that leaves its place.

use guichet_sdk::bill::Submission;
use guichet_sdk::{BillPayment, Inputs, fake};
use http_biller::node::Node;
use http_biller::plugin::HttpBiller;
use http_biller::{form, json, path, xml};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};
use proptest::{prop_assert, prop_assert_eq};

use super::common::{MAPPINGS, answering, json_of, order};

/// Texts that look like an answer more often than chance would make them.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just("\""),
        Just(":"),
        Just(","),
        Just("\\u"),
        Just("d800"),
        Just("1e9"),
        Just("-"),
        Just("<a>"),
        Just("</a>"),
        Just("<a b='"),
        Just("/>"),
        Just("<![CDATA["),
        Just("]]>"),
        Just("<!--"),
        Just("&#x"),
        Just("&lt;"),
        Just(";"),
        Just("<?"),
        Just("?>"),
        Just("a=1&"),
        Just("%zz"),
        Just("bill_1_"),
        Just("bill_99999999_"),
        Just("水"),
        Just("null"),
        Just("0000"),
        Just("code"),
    ];
    vec(prop_oneof![piece.prop_map(str::to_owned), ".{0,3}"], 0..40)
        .prop_map(|pieces| pieces.concat())
}

use proptest::prelude::Just;

fn tree() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        ".*".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(serde_json::Value::Array),
            prop::collection::btree_map(".{0,6}", inner, 0..5)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn json_is_read_as_others_read_it(text in nearly()) {
        let ours = json::parse(&text).is_ok();
        let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        // Numbers beyond a float's range are no error here: they stay text.
        prop_assert!(ours == theirs || (ours && text.contains('e')), "{text:?}: {ours} {theirs}");
    }

    #[test]
    fn json_comes_back_as_it_was(value in tree()) {
        let text = value.to_string();
        let node = json::parse(&text).expect("JSON");
        let mut out = String::new();
        json::write(&node, &mut out);
        let back: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        prop_assert_eq!(&back, &value);
        if value.is_object() {
            let members = json::members(&text).expect("an object");
            prop_assert_eq!(members.len(), node.members().len());
            for ((_, raw), (_, node)) in members.iter().zip(node.members()) {
                prop_assert_eq!(&json::parse(raw).expect("JSON"), node);
            }
        }
    }

    #[test]
    fn readers_never_panic(text in nearly(), bytes in vec(any::<u8>(), 0..200), steps in "[a-z/.\\[\\]0-9=*@'-]{0,20}") {
        let _ = xml::parse(&text);
        let _ = form::parse(&bytes);
        let _ = form::parse(text.as_bytes());
        let _ = json::members(&text);
        let _ = path::check(&steps);
        let node = json::parse(r#"{"a":[{"b":1},{"b":2}],"c":{"a":null}}"#).expect("JSON");
        let _ = path::select(&node, &steps);
    }

    #[test]
    fn xml_values_stay_values(value in "[^\\x00-\\x08\\x0b-\\x1f\\u{fffe}\\u{ffff}]*") {
        let tree = Node::object([("a", Node::object([("b", Node::text(value.as_str())), ("@c", Node::text(value.as_str()))]))]);
        let mut out = String::new();
        xml::write(&tree, &mut out).expect("fits");
        let back = xml::parse(&out).expect("XML");
        let a = back.get("a").expect("stands there");
        prop_assert_eq!(a.get("b").and_then(Node::plain).unwrap_or_default(), value.trim());
        prop_assert_eq!(a.get("@c").and_then(Node::plain).unwrap_or_default(), value.as_str());
        prop_assert_eq!(a.members().len(), 2);
    }

    #[test]
    fn any_answer_is_survived_and_never_a_refusal(dialect in 0..5_usize, status in prop_oneof![Just(200_u16), any::<u16>()], bytes in prop_oneof![vec(any::<u8>(), 0..300), nearly().prop_map(String::into_bytes)]) {
        let (name, _) = MAPPINGS[dialect];
        let host = answering(name, move |_| fake::bytes(status, &bytes));
        let context = fake::context("water-330100-1");
        let submission = HttpBiller::submit_payment(&context, &order()).unwrap_or_else(Submission::from);
        prop_assert!(matches!(submission, Submission::Unknown(_)), "{submission:?}");
        let _ = HttpBiller::query_bills(&context, &Inputs::from([("account", "3301000001")]));
        let _ = HttpBiller::payment_status(&context, &order(), None);
        prop_assert_eq!(host.requests().len(), 3);
    }

    #[test]
    fn an_input_cannot_leave_its_place(value in "\\PC{1,40}") {
        let value = value.trim().to_owned();
        if value.is_empty() {
            return Ok(());
        }
        let inputs = Inputs::from([("account", value.as_str())]);
        let context = fake::context("water-330100-1");
        let host = answering("json-hmac", |_| fake::status(500));
        let _ = HttpBiller::query_bills(&context, &inputs);
        prop_assert_eq!(json_of(&host.last_request()), serde_json::json!({"account": value}));
        drop(host);
        let host = answering("form", |_| fake::status(500));
        let _ = HttpBiller::query_bills(&context, &inputs);
        let parameters = form::parse(&host.last_request().body).expect("a form");
        prop_assert_eq!(parameters.len(), 5);
        prop_assert_eq!(&parameters[3], &(b"user_no".to_vec(), value.into_bytes()));
    }

    #[test]
    fn a_service_code_cannot_leave_its_segment(code in "\\PC{1,20}") {
        let host = answering("json-hmac", |_| fake::status(500));
        let _ = HttpBiller::query_bills(&fake::context(&code), &Inputs::from([("account", "1")]));
        for sent in host.requests() {
            prop_assert_eq!(sent.path.split('/').count(), 4);
            prop_assert!(sent.path.starts_with("/b/") && sent.path.ends_with("/bills") && !sent.path.contains(['?', '#', ';', '\\', ' ']));
        }
    }
}
