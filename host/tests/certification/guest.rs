//! A hand-made guest for one open bill that sends its payment as carelessly as
//! a test wants. Offsets are those of the contract's canonical layout.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Sends the payment: the exchange lies at 512 afterwards.
pub const SEND: &str = "(call $pay)";
/// Whether no answer came.
pub const NO_ANSWER: &str = "(i32.load8_u (i32.const 512))";
/// The answer's HTTP status.
pub const STATUS: &str = "(i32.load16_u (i32.const 520))";
/// Asks what became of the payment, or of the reversal; as `SEND`.
pub const ASK: &str = "(call $ask)";
/// See `ASK`.
pub const ASK_REVERSAL: &str = "(call $ask_reversal)";
/// Sends the reversal; as `SEND`.
pub const UNDO: &str = "(call $undo)";
/// The first byte of a whole answer with HTTP status 200; else 0.
pub const WORD: &str = "(call $word)";
/// Answers of a status: `applied`, `not-found`, `unknown`.
pub const STATUS_APPLIED: &str = "(call $status_applied)";
/// See `STATUS_APPLIED`.
pub const NOT_FOUND: &str = "(call $as (i32.const 4))";
/// See `STATUS_APPLIED`; also of a reversal.
pub const STATUS_UNKNOWN: &str = "(call $as (i32.const 5))";
/// Answers `reversed`, of a reversal and of a status.
pub const REVERSED: &str = "(call $reversed)";
/// Answers `applied`, `refused` or `unknown`.
pub const APPLIED: &str = "(call $applied)";
/// See `APPLIED`.
pub const REFUSED: &str = "(call $refused)";
/// See `APPLIED`.
pub const UNKNOWN: &str = "(call $unknown)";

/// Bodies of the calls that a test wants otherwise.
pub struct Bodies<'a> {
    pub submit: &'a str,
    pub status: &'a str,
    pub reverse: &'a str,
    pub reversal_status: &'a str,
}

/// A component whose `submit-payment` has this body, and which knows nothing else.
pub fn paying(submit: &str) -> Vec<u8> {
    plugin(&Bodies {
        submit,
        status: STATUS_UNKNOWN,
        reverse: STATUS_UNKNOWN,
        reversal_status: STATUS_UNKNOWN,
    })
}

/// A component whose calls have these bodies.
pub fn plugin(bodies: &Bodies<'_>) -> Vec<u8> {
    let text = SHELL
        .replace("{submit}", bodies.submit)
        .replace("{status}", bodies.status)
        .replace("{reverse}", bodies.reverse)
        .replace("{reversal-status}", bodies.reversal_status);
    let mut module = wat::parse_str(text).unwrap();
    let mut resolve = Resolve::default();
    let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/../wit/0.1.0");
    let (package, _) = resolve.push_dir(contract).unwrap();
    let world = resolve
        .select_world(&[package], Some("bill-payment-plugin"))
        .unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .module(&module)
        .unwrap()
        .validate(true)
        .encode()
        .unwrap()
}

/// Texts from 3,400; the statement at 2,560, its bill at 3,000.
const SHELL: &str = r#"(module
  (import "guichet:host/http@0.1.0" "send" (func $send (param
    i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
  (memory (export "memory") 4)
  (global $heap (mut i32) (i32.const 4096))
  (data (i32.const 3400) "biller")
  (data (i32.const 3410) "POST")
  (data (i32.const 3420) "/pay")
  (data (i32.const 3430) "open")
  (data (i32.const 3440) "CNY")
  (data (i32.const 3450) "S1")
  (data (i32.const 3460) "2026-11-21T08:30:00Z")
  (data (i32.const 3480) "/status")
  (data (i32.const 3490) "/reversal-status")
  (data (i32.const 3510) "/reversals")
  (data (i32.const 3520) "V1")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $place i32)
    (local.set $place (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
    (global.set $heap (i32.add (local.get $place) (local.get 3)))
    (local.get $place))
  (func $text (param $at i32) (param $text i32) (param $bytes i32)
    (i32.store (local.get $at) (local.get $text))
    (i32.store (i32.add (local.get $at) (i32.const 4)) (local.get $bytes)))
  (func $money (param $at i32) (param $amount i64)
    (i64.store (local.get $at) (local.get $amount))
    (call $text (i32.add (local.get $at) (i32.const 8)) (i32.const 3440) (i32.const 3)))
  (func $post (param $path i32) (param $bytes i32) (param $intent i32)
    (call $send (i32.const 3400) (i32.const 6) (i32.const 3410) (i32.const 4)
      (local.get $path) (local.get $bytes) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
      (local.get $intent)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 512)))
  (func $pay (call $post (i32.const 3420) (i32.const 4) (i32.const 1)))
  (func $undo (call $post (i32.const 3510) (i32.const 10) (i32.const 1)))
  (func $ask (call $post (i32.const 3480) (i32.const 7) (i32.const 0)))
  (func $ask_reversal (call $post (i32.const 3490) (i32.const 16) (i32.const 0)))
  (func $word (result i32)
    (if (i32.or (i32.load8_u (i32.const 512)) (i32.ne (i32.load16_u (i32.const 520)) (i32.const 200)))
      (then (return (i32.const 0))))
    (if (i32.eqz (i32.load (i32.const 536))) (then (return (i32.const 0))))
    (i32.load8_u (i32.load (i32.const 532))))
  (func $as (param $case i32) (result i32)
    (i32.store8 (i32.const 256) (local.get $case))
    (i32.const 256))
  (func $status_applied (result i32)
    (drop (call $applied))
    (call $as (i32.const 0)))
  (func $reversed (result i32)
    (drop (call $applied))
    (call $text (i32.const 264) (i32.const 3520) (i32.const 2))
    (call $as (i32.const 1)))
  (func $applied (result i32)
    (i32.store8 (i32.const 256) (i32.const 1))
    (call $text (i32.const 264) (i32.const 3450) (i32.const 2))
    (call $text (i32.const 272) (i32.const 3460) (i32.const 20))
    (call $money (i32.const 280) (i64.const 500))
    (i32.const 256))
  (func $refused (result i32)
    (i32.store8 (i32.const 256) (i32.const 3))
    (i32.store8 (i32.const 264) (i32.const 5))
    (i32.const 256))
  (func $unknown (result i32)
    (i32.store8 (i32.const 256) (i32.const 4))
    (i32.const 256))
  (func (export "guichet:service/bill-payment@0.1.0#query-bills") (param i32) (result i32)
    (call $text (i32.const 2736) (i32.const 3000) (i32.const 1))
    (call $text (i32.const 3000) (i32.const 3430) (i32.const 4))
    (call $text (i32.const 3008) (i32.const 3430) (i32.const 4))
    (call $money (i32.const 3064) (i64.const 0))
    (call $money (i32.const 3208) (i64.const 0))
    (i32.store8 (i32.const 3224) (i32.const 1))
    (call $money (i32.const 3232) (i64.const 100000))
    (i32.const 2560))
  (func (export "guichet:service/bill-payment@0.1.0#submit-payment") (param i32) (result i32)
    {submit})
  (func (export "guichet:service/bill-payment@0.1.0#poll-query") (param i32) (result i32)
    unreachable)
  (func (export "guichet:service/bill-payment@0.1.0#payment-status") (param i32) (result i32)
    {status})
  (func (export "guichet:service/bill-payment@0.1.0#reverse-payment") (param i32) (result i32)
    {reverse})
  (func (export "guichet:service/bill-payment@0.1.0#reversal-status") (param i32) (result i32)
    {reversal-status})
)"#;
