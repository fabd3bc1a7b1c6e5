//! A disk that is full, cannot be written, or cannot be forced: the store
//! acknowledges nothing, says why, and goes on by itself when the disk is well.

use std::sync::{Arc, Mutex};

use futures::executor::block_on;
use guichet::accounts::{AccountError, Accounts};
use guichet::ports::Ports;
use guichet::seal::Vault;
use guichet::store::{Location, Store, Trouble};
use guichet_domain::id::{AccountId, ClientId, SubjectId};
use guichet_domain::{Moment, Money};
use guichet_powercut::{Disk, Fault, Honesty, boot, disk_of, install, path};
use guichet_tests::chance::Chance;

const FILE: &str = "books.db";

struct Bench {
    store: Store,
    accounts: Accounts,
    disk: Arc<Mutex<Disk>>,
}

impl Bench {
    /// A store on a disk of its own.
    fn new(place: &str) -> Self {
        install();
        boot(place, Disk::new(Honesty::Honest, Chance::of(1, 0, 0)));
        Self::on(place)
    }

    fn on(place: &str) -> Self {
        let vault = Vault::from_key(&[7; 32]).unwrap();
        let location = Location::Sqlite(path(place, FILE));
        let store = block_on(Store::open(&location, vault, "node-0")).unwrap();
        Self {
            accounts: Accounts::new(store.clone(), Ports::system()),
            disk: disk_of(place),
            store,
        }
    }

    fn set(&self, fault: Fault) {
        self.disk.lock().unwrap().set_fault(fault);
    }

    /// Opens an account and pays into it: two commits.
    fn open(&self, number: usize) -> Result<AccountId, AccountError> {
        let client = ClientId::new("bank").unwrap();
        let subject = SubjectId::new(format!("payer-{number}")).unwrap();
        let (funds, limit) = (Money::cny(100), Money::cny(0));
        let opening = self.accounts.open_funding(&client, &subject, funds, limit);
        block_on(opening)
    }
}

fn trouble_of(error: &AccountError) -> Option<Trouble> {
    match error {
        AccountError::Store(error) => error.trouble(),
        _ => None,
    }
}

const FAULTS: [(Fault, Trouble); 3] = [
    (Fault::Full, Trouble::Full),
    (Fault::Write, Trouble::Failing),
    (Fault::Sync, Trouble::Failing),
];

#[test]
fn nothing_is_acknowledged_until_the_disk_is_well() {
    for (fault, trouble) in FAULTS {
        let place = format!("ill-{fault:?}");
        let bench = Bench::new(&place);
        let mut acknowledged = Vec::new();
        for number in 0..5 {
            acknowledged.push(bench.open(number).unwrap());
        }
        assert_eq!(bench.store.trouble(), None);
        bench.set(fault);
        for number in 5..10 {
            let error = bench.open(number).unwrap_err();
            assert_eq!(trouble_of(&error), Some(trouble), "{fault:?}: {error}");
        }
        assert_eq!(bench.store.trouble(), Some(trouble));
        assert!(bench.store.storage_failures() >= 5);
        assert_eq!(
            block_on(balance(&bench.store, &acknowledged[0])),
            100,
            "reading goes on"
        );
        assert!(block_on(bench.store.try_to_write()).is_err());

        bench.set(Fault::None);
        block_on(bench.store.try_to_write()).unwrap();
        assert_eq!(bench.store.trouble(), None, "{fault:?}");
        for number in 5..10 {
            acknowledged.push(bench.open(number).unwrap());
        }
        all_there_after_a_cut(&bench, &place, &acknowledged);
    }
}

#[test]
fn what_was_acknowledged_before_a_failed_sync_survives_a_cut_right_after() {
    let place = "cut-after-failed-sync";
    for _ in 0..6 {
        let bench = Bench::new(place);
        let mut acknowledged = Vec::new();
        for number in 0..4 {
            acknowledged.push(bench.open(number).unwrap());
        }
        bench.set(Fault::Sync);
        assert!(bench.open(9).is_err());
        all_there_after_a_cut(&bench, place, &acknowledged);
    }
}

#[test]
fn a_connection_is_not_trusted_after_its_disk_has_failed() {
    for (fault, _) in FAULTS {
        let bench = Bench::new(&format!("distrust-{fault:?}"));
        bench.open(0).unwrap();
        let opened = bench.disk.lock().unwrap().opened();
        bench.open(1).unwrap();
        assert_eq!(bench.disk.lock().unwrap().opened(), opened);
        bench.set(fault);
        assert!(bench.open(2).is_err());
        bench.set(Fault::None);
        bench.open(3).unwrap();
        assert!(bench.disk.lock().unwrap().opened() > opened, "{fault:?}");
    }
}

/// Cuts the power now, in several ways, and looks at what a store finds.
fn all_there_after_a_cut(bench: &Bench, place: &str, acknowledged: &[AccountId]) {
    for seed in 0..8 {
        let left = bench.disk.lock().unwrap().left(&mut Chance::of(seed, 5, 0));
        let place = format!("{place}-left");
        boot(&place, left);
        block_on(async {
            let vault = Vault::from_key(&[7; 32]).unwrap();
            let location = Location::Sqlite(path(&place, FILE));
            let (store, writer) = Store::prepare(&location, vault, "node-0").await.unwrap();
            for account in acknowledged {
                assert_eq!(balance(&store, account).await, 100, "paid in once");
            }
            let report = store.check_ledger(Moment::from_micros(0)).await.unwrap();
            assert!(report.findings.is_empty(), "{:?}", report.findings);
            drop((store, writer));
        });
    }
}

async fn balance(store: &Store, account: &AccountId) -> i64 {
    let row = store.account(account).await.unwrap().unwrap();
    row.account.available().minor_units()
}
