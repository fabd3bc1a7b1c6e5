//! Guests written by hand: WebAssembly text around a small skeleton, wrapped
//! into real components of the contract. What a guest learns it says as the one
//! letter of a failure `other(letter)`.

use wit_component::{ComponentEncoder, StringEncoding};

/// Where a guest may put texts; below stand return areas.
pub const TEXTS: usize = 4_096;

/// A guest to be built. Function bodies are WebAssembly text that leaves the
/// address of a result on the stack.
#[derive(Clone)]
pub struct Guest {
    /// `(import …)` fields; `http.send` and `log.write` have helpers below.
    pub imports: String,
    /// Further fields: functions, globals, data.
    pub fields: String,
    /// `(memory …)` without export.
    pub memory: String,
    /// Body of `cabi_realloc`; parameters 0 to 3.
    pub realloc: String,
    /// Body of `query-bills`; parameter 0 is the address of the arguments.
    pub query: String,
    /// Body of `submit-payment`.
    pub submit: String,
}

const BUMP: &str = "
    (local $at i32)
    (local.set $at (i32.and
        (i32.add (global.get $heap) (i32.sub (local.get 2) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get 2))))
    (global.set $heap (i32.add (local.get $at) (local.get 3)))
    (block $enough (loop $grow
        (br_if $enough (i32.le_u (global.get $heap) (i32.shl (memory.size) (i32.const 16))))
        (br_if $grow (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
        (unreachable)))
    (local.get $at)";

impl Default for Guest {
    fn default() -> Self {
        Self {
            imports: String::new(),
            fields: String::new(),
            memory: "(memory $memory 4)".into(),
            realloc: BUMP.into(),
            query: say('k'),
            submit: "(unreachable)".into(),
        }
    }
}

/// The body that answers `other(letter)` to a query.
pub fn say(letter: char) -> String {
    format!("(call $say (i32.const {}))", u32::from(letter))
}

/// `http.send` and a function `$get` that asks the endpoint `biller` and says
/// `k` for an answer below 300, `r` for a redirect, else the error's letter from `a`.
pub fn http(path: &str, header: Option<(&str, &str)>) -> Guest {
    let (name, value) = header.unwrap_or_default();
    let headers = u32::from(header.is_some());
    let texts = [
        data(TEXTS, "biller"),
        data(TEXTS + 64, "POST"),
        data(TEXTS + 1_024, path),
        data(TEXTS + 2_048, name),
        data(TEXTS + 2_560, value),
    ];
    let list = format!(
        "(i32.store (i32.const 3000) (i32.const {})) (i32.store (i32.const 3004) (i32.const {}))
         (i32.store (i32.const 3008) (i32.const {})) (i32.store (i32.const 3012) (i32.const {}))",
        TEXTS + 2_048,
        name.len(),
        TEXTS + 2_560,
        value.len()
    );
    let send = format!(
        "(func $get (param $intent i32) (result i32)
            {list}
            (call $send (i32.const {TEXTS}) (i32.const 6) (i32.const {}) (i32.const 4)
                (i32.const {}) (i32.const {}) (i32.const 3000) (i32.const {headers})
                (i32.const 0) (i32.const 0) (local.get $intent)
                (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 2048))
            (if (result i32) (i32.load8_u (i32.const 2048))
                (then (i32.add (i32.load8_u (i32.const 2056)) (i32.const 97)))
                (else (if (result i32) (i32.lt_u (i32.load16_u (i32.const 2056)) (i32.const 300))
                    (then (i32.const 107)) (else (i32.const 114))))))",
        TEXTS + 64,
        TEXTS + 1_024,
        path.len(),
    );
    Guest {
        imports: format!(
            "(import \"guichet:host/http@0.1.0\" \"send\" (func $send (param {})))",
            "i32 ".repeat(16)
        ),
        fields: format!("{}{send}", texts.join("\n")),
        query: "(call $say (call $get (i32.const 0)))".into(),
        ..Guest::default()
    }
}

/// `log.write` as `$log` with the message's address and length.
pub fn log() -> Guest {
    Guest {
        imports: "(import \"guichet:host/log@0.1.0\" \"write\"
            (func $write (param i32 i32 i32 i32 i32)))"
            .into(),
        fields: "(func $log (param i32 i32)
            (call $write (i32.const 1) (local.get 0) (local.get 1) (i32.const 0) (i32.const 0)))"
            .into(),
        ..Guest::default()
    }
}

/// A data segment.
pub fn data(at: usize, text: &str) -> String {
    let bytes: String = text.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    format!("(data (i32.const {at}) \"{bytes}\")")
}

impl Guest {
    /// The component's bytes.
    pub fn component(&self) -> Vec<u8> {
        self.core(&self.text())
    }

    /// The core module's text.
    pub fn text(&self) -> String {
        let Self {
            imports,
            fields,
            memory,
            realloc,
            query,
            submit,
        } = self;
        let kind = "guichet:service/bill-payment@0.1.0#";
        let others = [
            "poll-query",
            "payment-status",
            "reverse-payment",
            "reversal-status",
        ];
        let others: String = others
            .iter()
            .map(|name| {
                format!("(func (export \"{kind}{name}\") (param i32) (result i32) (unreachable))\n")
            })
            .collect();
        format!(
            "(module {imports} {memory}
                (export \"memory\" (memory $memory))
                (global $heap (mut i32) (i32.const 131072))
                (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) {realloc})
                (func $fail (param $text i32) (param $length i32) (result i32)
                    (i32.store8 (i32.const 1024) (i32.const 1))
                    (i32.store8 (i32.const 1032) (i32.const 6))
                    (i32.store (i32.const 1036) (local.get $text))
                    (i32.store (i32.const 1040) (local.get $length))
                    (i32.const 1024))
                (func $say (param $letter i32) (result i32)
                    (i32.store8 (i32.const 1536) (local.get $letter))
                    (call $fail (i32.const 1536) (i32.const 1)))
                {fields}
                (func (export \"{kind}query-bills\") (param i32) (result i32) {query})
                (func (export \"{kind}submit-payment\") (param i32) (result i32) {submit})
                {others})"
        )
    }

    fn core(&self, text: &str) -> Vec<u8> {
        let mut module = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let mut resolve = wit_parser::Resolve::default();
        let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/../wit/0.1.0");
        let (package, _) = resolve.push_dir(contract).unwrap();
        let world = resolve
            .select_world(&[package], Some("bill-payment-plugin"))
            .unwrap();
        let encoding = StringEncoding::UTF8;
        wit_component::embed_component_metadata(&mut module, &resolve, world, encoding).unwrap();
        let encoder = ComponentEncoder::default().module(&module).unwrap();
        encoder.validate(true).encode().unwrap()
    }
}
