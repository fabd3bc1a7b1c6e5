//! Permissions of keys, state and subject data: allow and deny pairs.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guichet_domain::grant::{Grant, KeyGrant, KeyUse, KvGrant, LegacyCrypto};
use guichet_domain::id::{DataScope, KeyName};
use guichet_sandbox::keyring::{Algorithm, Keyring, Secret, SoftwareKey};
use guichet_sandbox::ports::Ports;
use guichet_sandbox::ports::memory::MemorySubjectData;
use guichet_sandbox::{Binding, BindingSettings, Report, Secrets};
use support::guest::{asking, store};
use support::{House, binding, binding_with, query_bills, said};

async fn query(component: &[u8], settings: BindingSettings, ports: &Ports) -> Report {
    let house = House::new();
    let plugin = house.load(component).await;
    house
        .sandbox
        .call(
            &plugin,
            &Arc::new(Binding::new(settings)),
            ports,
            query_bills(),
        )
        .await
}

/// Answers with the case at 512: `!0` for ok, else one more than the error's case.
const TELL_CASE: &str = "
    (if (i32.load8_u (i32.const 512))
      (then (call $tell_number (i32.add (i32.const 1) (i32.load8_u (i32.const {error})))))
      (else (call $tell_number (i32.const 0))))
    (call $query_other (global.get $at) (global.get $length))";

fn tell_case(error: usize) -> String {
    TELL_CASE.replace("{error}", &error.to_string())
}

fn mac_guest(key: &str) -> Vec<u8> {
    asking(&format!(
        "{} (call $mac (i32.const 1024) (i32.const {}) (i32.const 1024) (i32.const 4) (i32.const 512)) {}",
        store(1024, key),
        key.len(),
        tell_case(516),
    ))
}

fn keyring() -> Keyring {
    let mut ring = Keyring::default();
    for name in ["mac", "hidden"] {
        let key = SoftwareKey::new(Algorithm::HmacSha256, &Secret::new("key")).unwrap();
        ring.insert(KeyName::new(name).unwrap(), Arc::new(key));
    }
    ring
}

fn grant_of_key(uses: &[KeyUse]) -> Grant {
    let uses: BTreeSet<KeyUse> = uses.iter().copied().collect();
    Grant {
        keys: BTreeMap::from([(KeyName::new("mac").unwrap(), KeyGrant { uses })]),
        ..Grant::default()
    }
}

#[tokio::test]
async fn keys_are_granted_by_name_and_use() {
    let ports = Ports::in_memory();
    for (key, uses, told) in [
        ("mac", &[KeyUse::Mac][..], "!0"),
        ("mac", &[KeyUse::Sign], "!4"),
        ("hidden", &[KeyUse::Mac], "!1"),
        ("other", &[KeyUse::Mac], "!1"),
    ] {
        let settings = binding_with(grant_of_key(uses), &Secrets::new(), keyring());
        assert_eq!(
            said(&query(&mac_guest(key), settings, &ports).await),
            told,
            "{key} {uses:?}"
        );
    }
}

#[tokio::test]
async fn broken_digests_need_their_permission() {
    let digest = |name: &str| {
        asking(&format!(
            "{} (call $digest (i32.const 1024) (i32.const {}) (i32.const 1024) (i32.const 3) (i32.const 512)) {}",
            store(1024, name),
            name.len(),
            tell_case(516),
        ))
    };
    let ports = Ports::in_memory();
    let allowed = Grant {
        legacy_crypto: LegacyCrypto::Allowed,
        ..Grant::default()
    };
    for (name, grant, told) in [
        ("sha-256", Grant::default(), "!0"),
        ("md5", Grant::default(), "!4"),
        ("sha-1", Grant::default(), "!4"),
        ("md5", allowed.clone(), "!0"),
        ("sha-1", allowed, "!0"),
        ("crc", Grant::default(), "!3"),
    ] {
        assert_eq!(
            said(&query(&digest(name), binding(grant), &ports).await),
            told,
            "{name}"
        );
    }
}

fn kv_guest(scope: u32) -> Vec<u8> {
    asking(&format!(
        "{} (call $kv_put (i32.const {scope}) (i32.const 1024) (i32.const 1) (i32.const 1024) (i32.const 5)
           (i32.const 512))
         {}",
        store(1024, "value"),
        tell_case(520),
    ))
}

/// Says whether the entry that `kv_guest` writes is there.
fn kv_reader(scope: u32) -> Vec<u8> {
    asking(&format!(
        "{} (call $kv_get (i32.const {scope}) (i32.const 1024) (i32.const 1) (i32.const 512))
         (call $tell_number (i32.load8_u (i32.const 520)))
         (call $query_other (global.get $at) (global.get $length))",
        store(1024, "v"),
    ))
}

fn kv_grant(quota_bytes: u64) -> Grant {
    Grant {
        kv: Some(KvGrant { quota_bytes }),
        ..Grant::default()
    }
}

#[tokio::test]
async fn state_needs_a_grant_and_keeps_to_its_quota() {
    for (grant, told) in [
        (kv_grant(100), "!0"),
        (kv_grant(5), "!2"),
        (Grant::default(), "!1"),
    ] {
        let report = query(&kv_guest(0), binding(grant), &Ports::in_memory()).await;
        assert_eq!(said(&report), told);
    }
}

#[tokio::test]
async fn state_of_another_package_cannot_be_read() {
    let ports = Ports::in_memory();
    query(&kv_guest(0), binding(kv_grant(100)), &ports).await;
    assert_eq!(
        said(&query(&kv_reader(0), binding(kv_grant(100)), &ports).await),
        "!1"
    );
    let mut other = binding(kv_grant(100));
    other.state = "other/water-330100-1".to_owned();
    assert_eq!(said(&query(&kv_reader(0), other, &ports).await), "!0");
    assert_eq!(
        said(&query(&kv_reader(1), binding(kv_grant(100)), &ports).await),
        "!0"
    );
}

fn data_grant() -> Grant {
    Grant {
        data_scopes: BTreeSet::from([DataScope::new("identity.name").unwrap()]),
        ..kv_grant(100)
    }
}

fn subject_ports() -> Ports {
    let attributes = BTreeMap::from([("identity.name".to_owned(), Some("张三".to_owned()))]);
    Ports {
        subject_data: Arc::new(MemorySubjectData { attributes }),
        ..Ports::in_memory()
    }
}

const READ_NAME: &str = "(call $subject (i32.const 1024) (i32.const 13) (i32.const 512))";

#[tokio::test]
async fn subject_data_needs_grant_and_consent() {
    let guest = asking(&format!(
        "{} {READ_NAME} {}",
        store(1024, "identity.name"),
        tell_case(516)
    ));
    for (grant, ports, told) in [
        (data_grant(), subject_ports(), "!0"),
        (Grant::default(), subject_ports(), "!1"),
        (data_grant(), Ports::in_memory(), "!2"),
    ] {
        assert_eq!(said(&query(&guest, binding(grant), &ports).await), told);
    }
}

#[tokio::test]
async fn shared_state_is_not_written_after_subject_data_was_read() {
    let write = |scope| {
        asking(&format!(
            "{} {READ_NAME}
             (call $kv_put (i32.const {scope}) (i32.const 1024) (i32.const 1) (i32.const 1024) (i32.const 5)
               (i32.const 512))
             {}",
            store(1024, "identity.name"),
            tell_case(520),
        ))
    };
    assert_eq!(
        said(&query(&write(0), binding(data_grant()), &subject_ports()).await),
        "!1"
    );
    assert_eq!(
        said(&query(&write(1), binding(data_grant()), &subject_ports()).await),
        "!0"
    );
}

#[tokio::test]
async fn configuration_has_two_layers() {
    let guest = |name: &str| {
        asking(&format!(
            "{} (call $config (i32.const 1024) (i32.const {}) (i32.const 512))
             (call $query_other (i32.load (i32.const 516)) (i32.load (i32.const 520)))",
            store(1024, name),
            name.len(),
        ))
    };
    let ports = Ports::in_memory();
    for (name, value) in [("title", "service"), ("shared", "yes")] {
        assert_eq!(
            said(&query(&guest(name), binding(Grant::default()), &ports).await),
            value
        );
    }
}
