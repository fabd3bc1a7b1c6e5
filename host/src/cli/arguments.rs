//! The command line's grammar and its help texts. It runs nothing.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use clap_complete::Shell;

use super::accounts::{AccountsCommand, ClientsArguments};
use super::audit::AuditCommand;
use super::backup::{BackupArguments, RestoreArguments, RestoredArguments};
use super::day_end::DayEndArguments;
use super::exchange::ExchangeCommand;
use super::globals::Globals;
use super::ledger::LedgerCommand;
use super::node::{DevArguments, ReplayArguments, ServeArguments};
use super::plugin::PluginCommand;
use super::receipt::ReceiptCommand;
use super::registry::RegistryArguments;
use super::requests::{
    BillsCommand, ConsentsCommand, CredentialArguments, InquireArguments, InquiriesCommand,
    PayArguments, PaymentsCommand, ServicesCommand,
};
use super::work_orders::WorkOrdersArguments;
use super::zones::ZoneArguments;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused or failed
  2  wrong usage
  3  the outcome is not known yet, or an answer is still awaited
  4  the server cannot be reached";

/// One counter for every bill and service.
#[derive(Debug, Parser)]
#[command(name = "guichet", version, after_help = EXIT_CODES, propagate_version = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What every command takes.
    #[command(flatten)]
    pub globals: Globals,
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
    /// Look at accounts and their statements.
    #[command(subcommand)]
    Accounts(AccountsCommand),
    /// Look after clients' accounts, credit limits and prices.
    #[command(after_help = EXIT_CODES)]
    Clients(ClientsArguments),
    /// Run recorded plugin calls again and prove that they give the same result.
    Replay(ReplayArguments),
    /// Look after the books.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Back up the books and objects, also while the node serves.
    #[command(after_help = EXIT_CODES)]
    Backup(BackupArguments),
    /// Put a backup into a folder that holds the keys and no database.
    #[command(after_help = EXIT_CODES)]
    Restore(RestoreArguments),
    /// Mark a database that was put back by its server's own tools.
    #[command(after_help = EXIT_CODES)]
    Restored(RestoredArguments),
    /// Verify receipts of payments.
    #[command(subcommand, after_help = EXIT_CODES)]
    Receipt(ReceiptCommand),
    /// Verify the signed logs of everything that happened.
    #[command(subcommand, after_help = EXIT_CODES)]
    Audit(AuditCommand),
    /// Make, check, certify, build and publish plugins.
    #[command(subcommand, after_help = EXIT_CODES)]
    Plugin(PluginCommand),
    /// Decide what may run: people, publishers, billers, reviews, roll-outs.
    #[command(after_help = EXIT_CODES)]
    Registry(RegistryArguments),
    /// Close days, make, bring and compare day files, settle with billers.
    #[command(after_help = EXIT_CODES)]
    DayEnd(DayEndArguments),
    /// Decide what the house cannot find out by itself: always two persons.
    #[command(after_help = EXIT_CODES)]
    WorkOrders(WorkOrdersArguments),
    /// Parts of the catalogue that belong to a branch or city.
    #[command(after_help = EXIT_CODES)]
    Zone(ZoneArguments),
    /// Exchange releases with OCI registries.
    #[command(subcommand, after_help = EXIT_CODES)]
    Exchange(ExchangeCommand),
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
