//! What wit-bindgen makes of the contract in `wit/`: the imports and the shared
//! shapes once, and the exports of each service kind in a module of its own, so
//! that a component exports only the kinds that its plugin names. Nothing here
//! is meant to be used directly; the modules beside it name and complete it.
#![allow(
    missing_docs,
    reason = "generated from the contract, which documents it"
)]
#![allow(unreachable_pub, unused_qualifications, clippy::all, clippy::pedantic)]

pub mod shared {
    wit_bindgen::generate!({
        path: "../wit/0.1.0",
        inline: "
            package guichet:sdk-shared;
            world shared {
                include guichet:host/imports@0.1.0;
                import guichet:service/types@0.1.0;
            }
        ",
        generate_all,
        generate_unused_types: true,
        additional_derives: [PartialEq, Eq],
    });
}

pub mod bill_payment {
    wit_bindgen::generate!({
        path: "../wit/0.1.0",
        inline: "
            package guichet:sdk-bill-payment;
            world bill-payment-kind { export guichet:service/bill-payment@0.1.0; }
        ",
        with: { "guichet:service/types@0.1.0": crate::bindings::shared::guichet::service::types },
        additional_derives: [PartialEq, Eq],
        pub_export_macro: true,
        export_macro_name: "export_bill_payment",
        default_bindings_module: "guichet_sdk::bindings::bill_payment",
    });
}

pub mod inquiry {
    wit_bindgen::generate!({
        path: "../wit/0.1.0",
        inline: "
            package guichet:sdk-inquiry;
            world inquiry-kind { export guichet:service/inquiry@0.1.0; }
        ",
        with: { "guichet:service/types@0.1.0": crate::bindings::shared::guichet::service::types },
        additional_derives: [PartialEq, Eq],
        pub_export_macro: true,
        export_macro_name: "export_inquiry",
        default_bindings_module: "guichet_sdk::bindings::inquiry",
    });
}

pub mod credential {
    wit_bindgen::generate!({
        path: "../wit/0.1.0",
        inline: "
            package guichet:sdk-credential;
            world credential-kind { export guichet:service/credential@0.1.0; }
        ",
        with: { "guichet:service/types@0.1.0": crate::bindings::shared::guichet::service::types },
        additional_derives: [PartialEq, Eq],
        pub_export_macro: true,
        export_macro_name: "export_credential",
        default_bindings_module: "guichet_sdk::bindings::credential",
    });
}

/// The functions of a plugin that reverses nothing. They have the results of
/// `reverse-payment` and `reversal-status`, but not their parameters: reading an
/// order, an application and a context that nobody looks at would be a tenth of
/// a component. More than 16 parameters come by pointer, as the real ones do.
#[cfg(target_arch = "wasm32")]
pub mod without_reversal {
    wit_bindgen::generate!({
        path: "../wit/0.1.0",
        inline: "
            package guichet:sdk-without-reversal;
            interface answers {
                use guichet:service/bill-payment@0.1.0.{reversal};
                answer: func(
                    p01: u64, p02: u64, p03: u64, p04: u64, p05: u64, p06: u64,
                    p07: u64, p08: u64, p09: u64, p10: u64, p11: u64, p12: u64,
                    p13: u64, p14: u64, p15: u64, p16: u64, p17: u64,
                ) -> reversal;
            }
            world without-reversal { export answers; }
        ",
        with: {
            "guichet:service/types@0.1.0": crate::bindings::shared::guichet::service::types,
            "guichet:service/bill-payment@0.1.0":
                crate::bindings::bill_payment::exports::guichet::service::bill_payment,
        },
        additional_derives: [PartialEq, Eq],
        pub_export_macro: true,
        export_macro_name: "export_without_reversal",
        default_bindings_module: "guichet_sdk::bindings::without_reversal",
    });
}
