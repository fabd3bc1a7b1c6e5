//! The one line with which a plugin becomes a component.

/// Exports a plugin's service kinds: `bill_payment`, `inquiry`, `credential`.
/// `bill_payment_without_reversal` is for billers that take nothing back: it
/// refuses every reversal and is a tenth smaller.
///
/// ```ignore
/// guichet_sdk::export!(CityGas with bill_payment, inquiry);
/// ```
///
/// The type must implement [`BillPayment`](crate::BillPayment),
/// [`Inquiry`](crate::Inquiry) or [`Credential`](crate::Credential) accordingly.
/// On other targets than wasm only that is checked.
#[macro_export]
macro_rules! export {
    ($plugin:ident with $($kind:ident),+ $(,)?) => {
        #[cfg(target_arch = "wasm32")]
        #[global_allocator]
        static ARENA: $crate::arena::Arena = $crate::arena::Arena::new();
        $($crate::export!(@$kind $plugin);)+
    };
    (@bill_payment $plugin:ident) => {
        const _: () = { const fn check<T: $crate::BillPayment>() {} check::<$plugin>() };
        #[cfg(target_arch = "wasm32")]
        $crate::bindings::bill_payment::export_bill_payment!($plugin with_types_in $crate::slim::bill_payment);
    };
    (@bill_payment_without_reversal $plugin:ident) => {
        const _: () = { const fn check<T: $crate::BillPayment>() {} check::<$plugin>() };
        #[cfg(target_arch = "wasm32")]
        $crate::bindings::bill_payment::export_bill_payment!($plugin with_types_in $crate::slim::without_reversal);
    };
    (@inquiry $plugin:ident) => {
        const _: () = { const fn check<T: $crate::Inquiry>() {} check::<$plugin>() };
        #[cfg(target_arch = "wasm32")]
        $crate::bindings::inquiry::export_inquiry!($plugin with_types_in $crate::slim::inquiry);
    };
    (@credential $plugin:ident) => {
        const _: () = { const fn check<T: $crate::Credential>() {} check::<$plugin>() };
        #[cfg(target_arch = "wasm32")]
        $crate::bindings::credential::export_credential!($plugin with_types_in $crate::slim::credential);
    };
}
