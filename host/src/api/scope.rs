//! What a client may be allowed to do, and the types by which a handler names
//! what it needs: a handler cannot learn who calls without naming a scope.

use std::fmt;
use std::str::FromStr;

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// One permission of a client.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Scope {
            $($(#[$doc])* $name,)*
        }

        impl Scope {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name in tokens and documents.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }

        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Needed for $name {
                const SCOPE: Scope = Scope::$name;
            }
        )*
    };
}

/// A scope as a type.
pub trait Needed: Send + Sync + 'static {
    /// The scope.
    const SCOPE: Scope;
}

scopes! {
    /// Read the catalogue and the taxonomy.
    ServicesRead = "services:read";
    /// Ask what is owed.
    BillsQuery = "bills:query";
    /// Read payments, events and receipts.
    PaymentsRead = "payments:read";
    /// Pay, cancel, and ask for reversals and refunds.
    PaymentsWrite = "payments:write";
    /// Ask agencies.
    InquiriesAsk = "inquiries:ask";
    /// Have codes issued.
    CredentialsIssue = "credentials:issue";
    /// Read consents.
    ConsentsRead = "consents:read";
    /// Record and withdraw consents.
    ConsentsWrite = "consents:write";
    /// Read accounts and their entries.
    AccountsRead = "accounts:read";
    /// Link payers' accounts at banks, and withdraw their mandates.
    AccountsWrite = "accounts:write";
    /// Look after clients' accounts and prices; only persons can.
    ClientsOperate = "clients:operate";
    /// Keep a subject's saved service accounts.
    BoundAccounts = "bound-accounts";
    /// Read one's own reconciliation files.
    ReconciliationRead = "reconciliation:read";
    /// Bring one's own reconciliation files.
    ReconciliationWrite = "reconciliation:write";
    /// Close, make, check and settle days: the operator's.
    DayEndOperate = "day-end:operate";
    /// Read work orders: the operator's.
    WorkOrdersRead = "work-orders:read";
    /// Decide work orders; only persons can.
    WorkOrdersWrite = "work-orders:write";
    /// Set what payers have to agree to; only persons can.
    PoliciesWrite = "policies:write";
    /// Read what is installed.
    PackagesRead = "packages:read";
    /// Admit releases and decide over them: the operator's.
    PackagesAdmit = "packages:admit";
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Scope {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .iter()
            .copied()
            .find(|scope| scope.as_str() == text)
            .ok_or(())
    }
}
