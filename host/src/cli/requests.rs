//! The grammar of the commands that talk to a server. It runs nothing.

use clap::{Args, Subcommand};

/// Where a client command goes, and as whom.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Connection")]
pub struct Connection {
    /// The server; otherwise the one in DIR/dev.json.
    #[arg(long, value_name = "URL", env = "GUICHET_URL")]
    pub url: Option<String>,
    /// The client's token; otherwise the one in DIR/dev.json.
    #[arg(
        long,
        value_name = "TOKEN",
        env = "GUICHET_TOKEN",
        hide_env_values = true
    )]
    pub token: Option<String>,
    /// On whose behalf; otherwise the demo citizen.
    #[arg(long, value_name = "SUBJECT", env = "GUICHET_SUBJECT")]
    pub subject: Option<String>,
    /// As one of the people that `guichet dev` made; goes before a token.
    #[arg(long = "as", value_name = "NAME")]
    pub as_person: Option<String>,
}

/// `guichet services …`
#[derive(Debug, Subcommand)]
pub enum ServicesCommand {
    /// Search by words: `guichet services search 杭州 水费`.
    Search {
        /// Words in Chinese, pinyin or English.
        #[arg(required = true)]
        words: Vec<String>,
        /// Only for this region (GB/T 2260, such as 330100).
        #[arg(long)]
        region: Option<String>,
        /// Only of this category.
        #[arg(long)]
        category: Option<String>,
        /// Only of this kind: bill-payment, inquiry or credential.
        #[arg(long)]
        kind: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
    /// Show a service: what it asks for and how it is paid.
    Show {
        /// Its code.
        service: String,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
}

/// What a citizen fills in.
#[derive(Debug, Clone, Default, Args)]
pub struct Inputs {
    /// The inputs: NAME=VALUE … `guichet services show` lists them.
    #[arg(value_name = "NAME=VALUE")]
    pub pairs: Vec<String>,
    /// One more input.
    #[arg(long = "input", short = 'i', value_name = "NAME=VALUE")]
    pub more: Vec<String>,
    /// All inputs at once, as a JSON object.
    #[arg(long, value_name = "JSON", conflicts_with_all = ["pairs", "more"])]
    pub inputs: Option<String>,
    /// Inputs that have an answer now, from the simulated city of `guichet dev`;
    /// what is given beside it stays.
    #[arg(long, conflicts_with = "inputs")]
    pub sample: bool,
    /// The token of the step that this call continues.
    #[arg(long, value_name = "TOKEN")]
    pub continuing: Option<String>,
    /// The region, where the service serves several.
    #[arg(long)]
    pub region: Option<String>,
}

/// `guichet bills …`
#[derive(Debug, Subcommand)]
pub enum BillsCommand {
    /// Ask what is owed: `guichet bills query water-330100-1 account=…`.
    Query {
        /// The service's code.
        service: String,
        /// What the citizen fills in.
        #[command(flatten)]
        inputs: Inputs,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
    /// Read a bill query again.
    Show {
        /// Its id; `last` is the one that was made last from this folder.
        query: String,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
}

/// `guichet pay`
#[derive(Debug, Args)]
pub struct PayArguments {
    /// The bill query; `last` is the one that was made last from this folder.
    pub query: String,
    /// A bill to pay, and how much where it is free: ID or ID=86.50. May be
    /// given several times; a query of one bill needs none.
    #[arg(long = "bill", short = 'b', value_name = "ID[=AMOUNT]")]
    pub bills: Vec<String>,
    /// Pay all bills of the query.
    #[arg(long, conflicts_with = "bills")]
    pub all: bool,
    /// How much, where the query has one bill of a free amount: 50 or 50.00.
    #[arg(long, value_name = "AMOUNT", conflicts_with = "bills")]
    pub amount: Option<String>,
    /// The account to pay from; otherwise the demo citizen's.
    #[arg(long, value_name = "ACCOUNT", env = "GUICHET_ACCOUNT")]
    pub from: Option<String>,
    /// The idempotency key; give the same one to repeat a payment safely.
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Your own reference.
    #[arg(long, value_name = "TEXT")]
    pub reference: Option<String>,
    /// Seconds to wait for the outcome.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(0..=30))]
    pub wait: u32,
    /// Where to go.
    #[command(flatten)]
    pub connection: Connection,
}

/// `guichet payments …`
#[derive(Debug, Subcommand)]
pub enum PaymentsCommand {
    /// Show a payment with its events, and its receipt once there is one.
    Show {
        /// Its id; `last` is the subject's newest payment.
        payment: String,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
    /// List the subject's payments, newest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
    /// Cancel a payment that was not sent to the biller yet.
    Cancel {
        /// Its id.
        payment: String,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
    /// Agree to a payment that waits for the payer, or for a second person.
    Authorise {
        /// Its id.
        payment: String,
        /// Who agrees; the payer where nobody is named.
        #[arg(long, value_name = "SUBJECT")]
        person: Option<String>,
        /// How it was made sure that this is the person.
        #[arg(long, default_value = "command-line")]
        method: String,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
    /// Ask for the reversal or refund of an applied payment.
    Refund {
        /// Its id.
        payment: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// The idempotency key; give the same one to repeat the request safely.
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
}

/// `guichet inquire`
#[derive(Debug, Args)]
pub struct InquireArguments {
    /// The service's code.
    pub service: String,
    /// What the citizen fills in.
    #[command(flatten)]
    pub inputs: Inputs,
    /// The consent under which data may be used; `last` is the one that was
    /// granted last from this folder.
    #[arg(long, value_name = "ID")]
    pub consent: Option<String>,
    /// Where to go.
    #[command(flatten)]
    pub connection: Connection,
}

/// `guichet inquiries …`
#[derive(Debug, Subcommand)]
pub enum InquiriesCommand {
    /// Read an inquiry again.
    Show {
        /// Its id; `last` is the one that was made last from this folder.
        inquiry: String,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
}

/// `guichet credential`
#[derive(Debug, Args)]
pub struct CredentialArguments {
    /// The service's code.
    pub service: String,
    /// What the citizen fills in.
    #[command(flatten)]
    pub inputs: Inputs,
    /// The consent under which data may be used; `last` is the one that was
    /// granted last from this folder.
    #[arg(long, value_name = "ID")]
    pub consent: Option<String>,
    /// Where to go.
    #[command(flatten)]
    pub connection: Connection,
}

/// `guichet consents …`
#[derive(Debug, Subcommand)]
pub enum ConsentsCommand {
    /// Record that the subject agrees; prints the consent's id.
    Grant {
        /// For which service.
        service: String,
        /// A data scope; otherwise all that the service asks for.
        #[arg(long = "scope", value_name = "SCOPE")]
        scopes: Vec<String>,
        /// For how long.
        #[arg(long, value_name = "N", default_value_t = 3_600)]
        seconds: u32,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
    /// Show a consent.
    Show {
        /// Its id.
        consent: String,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
    /// Withdraw a consent.
    Withdraw {
        /// Its id.
        consent: String,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
}
