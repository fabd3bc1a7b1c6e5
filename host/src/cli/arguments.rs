//! The command line's grammar and its help texts. It runs nothing.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::config::Database;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused or failed
  2  wrong usage
  3  the outcome is not known yet, or an answer is still awaited
  4  the server cannot be reached";

/// One counter for every bill and service.
#[derive(Debug, Parser)]
#[command(name = "guichet", version, about, after_help = EXIT_CODES, propagate_version = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Answer in JSON, one document on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    /// Language of the answers: zh-CN or en; otherwise that of LANG.
    #[arg(long, global = true, value_name = "TAG")]
    pub language: Option<String>,
    /// The node's folder, or for client commands the one `guichet dev` made.
    #[arg(long, global = true, value_name = "DIR", default_value = "guichet-data", env = "GUICHET_DATA")]
    pub data: PathBuf,
}

/// Everything `guichet` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a whole marketplace for development: server, demo client and
    /// accounts, and the simulated city beside it.
    Dev(DevArguments),
    /// Run a node.
    Serve(ServeArguments),
    /// Find services in the catalogue.
    #[command(subcommand)]
    Services(ServicesCommand),
    /// Ask what is owed.
    #[command(subcommand)]
    Bills(BillsCommand),
    /// Pay bills of a bill query.
    #[command(after_help = EXIT_CODES)]
    Pay(PayArguments),
    /// Look at payments.
    #[command(subcommand)]
    Payments(PaymentsCommand),
    /// Ask an agency for a document.
    Inquire(InquireArguments),
    /// Look at inquiries.
    #[command(subcommand)]
    Inquiries(InquiriesCommand),
    /// Have a code issued.
    Credential(CredentialArguments),
    /// Record, show and withdraw a subject's consents.
    #[command(subcommand)]
    Consents(ConsentsCommand),
    /// Run a recorded plugin call again and prove that it gives the same result.
    Replay {
        /// The call's id.
        call: String,
    },
    /// Look after the books.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Print the completion script of a shell.
    Completion {
        /// Which shell.
        shell: Shell,
    },
    /// Compile a component in a process of its own.
    #[command(hide = true)]
    CompileComponent {
        /// The component.
        input: PathBuf,
        /// Where the compiled code goes.
        output: PathBuf,
    },
}

/// How `guichet dev` runs.
#[derive(Debug, Args)]
pub struct DevArguments {
    /// Address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8700")]
    pub listen: SocketAddr,
    /// Use the simulated city that runs at this URL instead of starting one.
    #[arg(long, value_name = "URL")]
    pub city: Option<String>,
    /// Where the books are: sqlite:FILE or postgres://…; else in the data folder.
    #[arg(long, value_name = "URL", env = "GUICHET_DATABASE")]
    pub database: Option<Database>,
    /// The folder of packages to install; else found beside the program.
    #[arg(long, value_name = "DIR")]
    pub packages: Option<PathBuf>,
}

/// How `guichet serve` runs.
#[derive(Debug, Args)]
pub struct ServeArguments {
    /// Address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8700", env = "GUICHET_LISTEN")]
    pub listen: SocketAddr,
    /// Where the books are: sqlite:FILE or postgres://…; else in the data folder.
    #[arg(long, value_name = "URL", env = "GUICHET_DATABASE")]
    pub database: Option<Database>,
    /// The node's name, unique among the nodes of one database.
    #[arg(long, value_name = "NAME", default_value = "node-1", env = "GUICHET_NODE")]
    pub node: String,
}

/// Where a client command goes, and as whom.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Connection")]
pub struct Connection {
    /// The server; otherwise the one in DIR/dev.json.
    #[arg(long, value_name = "URL", env = "GUICHET_URL")]
    pub url: Option<String>,
    /// The client's token; otherwise the one in DIR/dev.json.
    #[arg(long, value_name = "TOKEN", env = "GUICHET_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// On whose behalf; otherwise the demo citizen.
    #[arg(long, value_name = "SUBJECT", env = "GUICHET_SUBJECT")]
    pub subject: Option<String>,
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
    /// An input: NAME=VALUE. `guichet services show` lists them.
    #[arg(long = "input", short = 'i', value_name = "NAME=VALUE")]
    pub pairs: Vec<String>,
    /// All inputs at once, as a JSON object.
    #[arg(long, value_name = "JSON", conflicts_with = "pairs")]
    pub inputs: Option<String>,
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
    /// Ask what is owed: `guichet bills query water-330100-1 --input account=…`.
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
        /// Its id.
        query: String,
        /// Where to go.
        #[command(flatten)]
        connection: Connection,
    },
}

/// `guichet pay`
#[derive(Debug, Args)]
pub struct PayArguments {
    /// The bill query.
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
        /// Its id.
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
    /// The consent under which data may be used.
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
        /// Its id.
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
    /// The consent under which data may be used.
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

/// `guichet ledger …`
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Check every invariant of the books; exits 1 where one is broken.
    Check {
        /// Where the books are; else in the data folder.
        #[arg(long, value_name = "URL", env = "GUICHET_DATABASE")]
        database: Option<Database>,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn amounts_and_all_exclude_each_other() {
        let parse = |line: &str| Arguments::try_parse_from(line.split(' '));
        assert!(parse("guichet pay bq_1 --all").is_ok());
        assert!(parse("guichet pay bq_1 --bill a --bill b=5").is_ok());
        assert!(parse("guichet pay bq_1 --all --bill a").is_err());
        assert!(parse("guichet services search 杭州 水费 --json").is_ok());
        assert!(parse("guichet services search").is_err());
        assert!(parse("guichet dev --data d --listen 127.0.0.1:0 --json").is_ok());
    }
}
