//! Guests for tests: WebAssembly text around the contract's canonical layout.
//! `query-bills` answers `ok(other(text))`, `submit-payment` `unknown(text)`.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// The body of a function that traps.
pub const TRAP: &str = "unreachable";

/// A component for bills. `query` and `submit` are bodies of type
/// `(param $args i32) (result i32)`; helpers: see `SHELL`.
pub fn bills(query: &str, submit: &str, more: &str) -> Vec<u8> {
    let text = SHELL
        .replace("{query}", query)
        .replace("{submit}", submit)
        .replace("{more}", more);
    component(&text)
}

/// A component whose `query-bills` has this body.
pub fn asking(query: &str) -> Vec<u8> {
    bills(query, TRAP, "")
}

/// Sends one request to `biller` and answers with what came: the body, or `!` and
/// the number of the error's case.
pub fn sending(method: &str, path: &str, intent: u32) -> Vec<u8> {
    let send = send(method, path, "", intent);
    bills(
        &format!(
            "{send} (call $tell_exchange) (call $query_other (global.get $at) (global.get $length))"
        ),
        &format!(
            "{send} (call $tell_exchange) (call $unknown (global.get $at) (global.get $length))"
        ),
        "",
    )
}

/// Text for one `http.send`; the answer lies at 512.
pub fn send(method: &str, path: &str, body: &str, intent: u32) -> String {
    let timeout = "(i32.const 0) (i32.const 0)";
    format!(
        "{}{}{}{}
         (call $send (i32.const 1024) (i32.const 6) (i32.const 1040) (i32.const {}) (i32.const 1100)
           (i32.const {}) (i32.const 0) (i32.const 0) (i32.const 2000) (i32.const {}) (i32.const {intent})
           {timeout} (i32.const 0) (i32.const 0) (i32.const 512))",
        store(1024, "biller"),
        store(1040, method),
        store(1100, path),
        store(2000, body),
        method.len(),
        path.len(),
        body.len(),
    )
}

/// Text that writes a string into memory.
pub fn store(at: usize, text: &str) -> String {
    text.bytes()
        .enumerate()
        .map(|(index, byte)| format!("(i32.store8 (i32.const {}) (i32.const {byte}))", at + index))
        .collect()
}

/// Makes a component of a core module that exports the bill functions.
pub fn component(text: &str) -> Vec<u8> {
    let mut module = wat::parse_str(text).unwrap();
    let mut resolve = Resolve::default();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/0.1.0");
    let (package, _) = resolve.push_dir(folder).unwrap();
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

/// Everything around the bodies. Memory: below 4,096 scratch, above it the heap.
/// `$at` and `$length` hold the text to answer with.
pub const SHELL: &str = r#"(module
  (import "guichet:host/http@0.1.0" "send" (func $send (param
    i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
  (import "guichet:host/clock@0.1.0" "now" (func $now (result i64)))
  (import "guichet:host/random@0.1.0" "bytes" (func $random (param i32 i32)))
  (import "guichet:host/config@0.1.0" "get" (func $config (param i32 i32 i32)))
  (import "guichet:host/log@0.1.0" "write" (func $log (param i32 i32 i32 i32 i32)))
  (import "guichet:host/kv@0.1.0" "get" (func $kv_get (param i32 i32 i32 i32)))
  (import "guichet:host/kv@0.1.0" "put" (func $kv_put (param i32 i32 i32 i32 i32 i32)))
  (import "guichet:host/subject-data@0.1.0" "get" (func $subject (param i32 i32 i32)))
  (import "guichet:host/keys@0.1.0" "mac" (func $mac (param i32 i32 i32 i32 i32)))
  (import "guichet:host/keys@0.1.0" "digest" (func $digest (param i32 i32 i32 i32 i32)))
  (memory (export "memory") 1)
  (global $heap (mut i32) (i32.const 4096))
  (global $at (mut i32) (i32.const 0))
  (global $length (mut i32) (i32.const 0))
  (func $realloc (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (local $place i32)
    (local.set $place (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
    (global.set $heap (i32.add (local.get $place) (local.get 3)))
    (block $fits
      (br_if $fits (i32.le_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536))))
      (br_if $fits (i32.ne (i32.const -1) (memory.grow
        (i32.add (i32.const 1) (i32.div_u (local.get 3) (i32.const 65536))))))
      (unreachable))
    (local.get $place))
  ;; ok(other(text)) of query-bills
  (func $query_other (param $text i32) (param $bytes i32) (result i32)
    (i32.store8 (i32.const 256) (i32.const 0))
    (i32.store8 (i32.const 264) (i32.const 3))
    (i32.store (i32.const 272) (local.get $text))
    (i32.store (i32.const 276) (local.get $bytes))
    (i32.const 256))
  ;; unknown(text) of submit-payment
  (func $unknown (param $text i32) (param $bytes i32) (result i32)
    (i32.store8 (i32.const 256) (i32.const 4))
    (i32.store (i32.const 264) (local.get $text))
    (i32.store (i32.const 268) (local.get $bytes))
    (i32.const 256))
  ;; one digit as text
  (func $tell_number (param $number i32)
    (i32.store8 (i32.const 300) (i32.const 33))
    (i32.store8 (i32.const 301) (i32.add (i32.const 48) (local.get $number)))
    (global.set $at (i32.const 300))
    (global.set $length (i32.const 2)))
  ;; the exchange at 512: its body, or the number of its error
  (func $tell_exchange
    (if (i32.load8_u (i32.const 512))
      (then (call $tell_number (i32.load8_u (i32.const 520))))
      (else
        (global.set $at (i32.load (i32.const 532)))
        (global.set $length (i32.load (i32.const 536))))))
  (func $query (export "guichet:service/bill-payment@0.1.0#query-bills") (param $args i32) (result i32)
    {query})
  (func (export "guichet:service/bill-payment@0.1.0#submit-payment") (param $args i32) (result i32)
    {submit})
  (func (export "guichet:service/bill-payment@0.1.0#poll-query") (param i32) (result i32) unreachable)
  (func (export "guichet:service/bill-payment@0.1.0#payment-status") (param $args i32) (result i32)
    unreachable)
  (func (export "guichet:service/bill-payment@0.1.0#reverse-payment") (param i32) (result i32) unreachable)
  (func (export "guichet:service/bill-payment@0.1.0#reversal-status") (param i32) (result i32) unreachable)
  {more}
)"#;
