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
