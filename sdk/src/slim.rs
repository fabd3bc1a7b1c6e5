//! What wit-bindgen's export macros are pointed at: the exported functions
//! without their `cabi_post_…` companions. Those would only give memory back
//! that the arena never takes; the canonical ABI does not ask
//! for them. The names inside are wit-bindgen's, which is why its version is fixed.

/// Exports one interface's functions, each of which takes a pointer to its
/// parameters and gives one to its result.
#[doc(hidden)]
#[macro_export]
macro_rules! export_functions {
    ($plugin:ident, $kind:ident, $($name:literal = $function:ident;)+) => {
        const _: () = {$(
            #[unsafe(export_name = $name)]
            unsafe extern "C" fn $function(parameters: *mut u8) -> *mut u8 {
                unsafe { $crate::bindings::$kind::exports::guichet::service::$kind::$function::<$plugin>(parameters) }
            }
        )+};
    };
}

pub mod bill_payment {
    pub mod exports {
        pub mod guichet {
            pub mod service {
                pub mod bill_payment {
                    #[doc(hidden)]
                    #[macro_export]
                    macro_rules! slim_bill_payment {
                        ($plugin:ident with_types_in $($path:tt)*) => {
                            $crate::export_functions!($plugin,
                                bill_payment,
                                "guichet:service/bill-payment@0.1.0#query-bills" = _export_query_bills_cabi;
                                "guichet:service/bill-payment@0.1.0#poll-query" = _export_poll_query_cabi;
                                "guichet:service/bill-payment@0.1.0#submit-payment" = _export_submit_payment_cabi;
                                "guichet:service/bill-payment@0.1.0#payment-status" = _export_payment_status_cabi;
                                "guichet:service/bill-payment@0.1.0#reverse-payment" = _export_reverse_payment_cabi;
                                "guichet:service/bill-payment@0.1.0#reversal-status" = _export_reversal_status_cabi;
                            );
                        };
                    }
                    pub use slim_bill_payment as __export_guichet_service_bill_payment_0_1_0_cabi;
                }
            }
        }
    }
}

/// Bill payment of a plugin that reverses nothing.
pub mod without_reversal {
    pub mod exports {
        pub mod guichet {
            pub mod service {
                pub mod bill_payment {
                    #[doc(hidden)]
                    #[macro_export]
                    macro_rules! slim_without_reversal {
                        ($plugin:ident with_types_in $($path:tt)*) => {
                            $crate::export_functions!($plugin,
                                bill_payment,
                                "guichet:service/bill-payment@0.1.0#query-bills" = _export_query_bills_cabi;
                                "guichet:service/bill-payment@0.1.0#poll-query" = _export_poll_query_cabi;
                                "guichet:service/bill-payment@0.1.0#submit-payment" = _export_submit_payment_cabi;
                                "guichet:service/bill-payment@0.1.0#payment-status" = _export_payment_status_cabi;
                            );
                            const _: () = {
                                #[unsafe(export_name = "guichet:service/bill-payment@0.1.0#reverse-payment")]
                                unsafe extern "C" fn reverse_payment(parameters: *mut u8) -> *mut u8 {
                                    unsafe { $crate::reversal::refuse(parameters) }
                                }
                                #[unsafe(export_name = "guichet:service/bill-payment@0.1.0#reversal-status")]
                                unsafe extern "C" fn reversal_status(parameters: *mut u8) -> *mut u8 {
                                    unsafe { $crate::reversal::refuse(parameters) }
                                }
                            };
                        };
                    }
                    pub use slim_without_reversal as __export_guichet_service_bill_payment_0_1_0_cabi;
                }
            }
        }
    }
}

pub mod inquiry {
    pub mod exports {
        pub mod guichet {
            pub mod service {
                pub mod inquiry {
                    #[doc(hidden)]
                    #[macro_export]
                    macro_rules! slim_inquiry {
                        ($plugin:ident with_types_in $($path:tt)*) => {
                            $crate::export_functions!($plugin,
                                inquiry,
                                "guichet:service/inquiry@0.1.0#ask" = _export_ask_cabi;
                                "guichet:service/inquiry@0.1.0#poll" = _export_poll_cabi;
                            );
                        };
                    }
                    pub use slim_inquiry as __export_guichet_service_inquiry_0_1_0_cabi;
                }
            }
        }
    }
}

pub mod credential {
    pub mod exports {
        pub mod guichet {
            pub mod service {
                pub mod credential {
                    #[doc(hidden)]
                    #[macro_export]
                    macro_rules! slim_credential {
                        ($plugin:ident with_types_in $($path:tt)*) => {
                            $crate::export_functions!($plugin,
                                credential,
                                "guichet:service/credential@0.1.0#issue" = _export_issue_cabi;
                            );
                        };
                    }
                    pub use slim_credential as __export_guichet_service_credential_0_1_0_cabi;
                }
            }
        }
    }
}
