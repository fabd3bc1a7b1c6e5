//! The contract as Rust types, generated from `wit/0.1.0` in one set that all
//! service kinds share. It holds shapes only; what the host does when a plugin
//! imports a function stands in `imports`.

#[expect(missing_docs, reason = "generated from the documented WIT")]
mod generated {
    wasmtime::component::bindgen!({
        path: "../../wit/0.1.0",
        inline: "
            package guichet:sandbox;

            world everything {
                include guichet:host/imports@0.1.0;
                export guichet:service/bill-payment@0.1.0;
                export guichet:service/inquiry@0.1.0;
                export guichet:service/credential@0.1.0;
            }
        ",
        world: "guichet:sandbox/everything",
        imports: {
            "guichet:host/http": async | trappable,
            "guichet:host/keys": async | trappable,
            "guichet:host/kv": async | trappable,
            "guichet:host/subject-data": async | trappable,
            default: trappable,
        },
        exports: { default: async },
        additional_derives: [Clone, PartialEq, serde::Serialize, serde::Deserialize],
    });
}

/// The version that every exported and imported interface carries.
pub const VERSION: &str = "0.1.0";

/// Shapes shared by the service kinds.
pub use generated::guichet::service::types;

/// Bills are found and paid.
pub mod bill_payment {
    pub use super::generated::exports::guichet::service::bill_payment::*;
}

/// Something is asked and a document comes back.
pub mod inquiry {
    pub use super::generated::exports::guichet::service::inquiry::*;
}

/// A proof of the citizen's own is shown.
pub mod credential {
    pub use super::generated::exports::guichet::service::credential::*;
}

/// What a plugin may ask of the host.
pub mod host {
    pub use super::generated::guichet::host::{
        clock, config, http, keys, kv, log, random, subject_data, text,
    };
}

pub(crate) use generated::Everything;
