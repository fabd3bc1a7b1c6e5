//! Each noun is written, read, changed and missed.

use guichet_domain::bill::{Limits, Selection};
use guichet_domain::id::{ClientId, DataScope, ServiceCode, SubjectId};
use serde_json::json;

use super::super::{
    BoundAccount, IssuedCredential, KvScope, PackageSecret, Payable, SecretKind, Store,
    StoredBillQuery, StoredBinding, StoredClient, StoredConsent, StoredInquiry, StoredRelease,
    TranscriptEntry,
};
use super::{id, now};
use crate::payments::order::{Assurance, Circumstances, PayerType};

pub(super) async fn all(store: &Store) {
    people(store).await;
    queries(store).await;
    saved_accounts(store).await;
    releases(store).await;
    small_state(store).await;
    transcripts(store).await;
}

fn client() -> ClientId {
    ClientId::new("demo").unwrap()
}

fn subject() -> SubjectId {
    SubjectId::new("anna").unwrap()
}

fn service() -> ServiceCode {
    ServiceCode::new("water-330100-1").unwrap()
}

fn circumstances() -> Circumstances {
    Circumstances {
        region: "330100".to_owned(),
        channel: "mobile".to_owned(),
        locale: "zh-CN".to_owned(),
        journey: "j".to_owned(),
        payer_type: PayerType::Person,
        assurance: Assurance::High,
    }
}

async fn people(store: &Store) {
    let demo = StoredClient {
        id: client(),
        name: "演示".to_owned(),
        scopes: "payments".to_owned(),
    };
    store.put_client(&demo, b"digest-1", now()).await.unwrap();
    store.put_client(&demo, b"digest-2", now()).await.unwrap();
    assert_eq!(store.client_by_token(b"digest-1").await.unwrap(), None);
    assert_eq!(
        store.client_by_token(b"digest-2").await.unwrap(),
        Some(demo)
    );
    let scope = DataScope::new("identity.name").unwrap();
    assert_eq!(
        store.subject_attribute(&subject(), &scope).await.unwrap(),
        None
    );
    store
        .set_subject_attribute(&subject(), &scope, "王", now())
        .await
        .unwrap();
    store
        .set_subject_attribute(&subject(), &scope, "张", now())
        .await
        .unwrap();
    let value = store.subject_attribute(&subject(), &scope).await.unwrap();
    assert_eq!(value.as_deref(), Some("张"));
    let consent = StoredConsent {
        id: id("con", 1),
        client: client(),
        subject: subject(),
        service: service(),
        purpose: "查询".to_owned(),
        scopes: vec![scope],
        created_at: now(),
        expires_at: now().plus_ms(1_000),
        withdrawn_at: None,
    };
    store.insert_consent(&consent).await.unwrap();
    store
        .withdraw_consent(&consent.id, now().plus_ms(5))
        .await
        .unwrap();
    store
        .withdraw_consent(&consent.id, now().plus_ms(9))
        .await
        .unwrap();
    let withdrawn = StoredConsent {
        withdrawn_at: Some(now().plus_ms(5)),
        ..consent
    };
    assert_eq!(store.consent(&withdrawn.id).await.unwrap(), Some(withdrawn));
    assert_eq!(store.consent(&id("con", 2)).await.unwrap(), None);
}

async fn queries(store: &Store) {
    let mut query = StoredBillQuery {
        id: id("bq", 1),
        client: client(),
        subject: subject(),
        service: service(),
        release: "sha256:00".to_owned(),
        state: "pending".to_owned(),
        inputs: vec![("account".to_owned(), "0099".to_owned())],
        circumstances: circumstances(),
        answer: json!({"token": "t"}),
        payable: None,
        created_at: now(),
        expires_at: now().plus_ms(1_000),
    };
    store.put_bill_query(&query).await.unwrap();
    query.state = "ready".to_owned();
    query.payable = Some(Payable {
        account_number: None,
        bills: Vec::new(),
        selection: Selection::Any,
        limits: Limits::default(),
    });
    store.put_bill_query(&query).await.unwrap();
    assert_eq!(
        store.bill_query(&query.id).await.unwrap().as_ref(),
        Some(&query)
    );
    store
        .drop_old_bill_queries(query.expires_at.plus_ms(1))
        .await
        .unwrap();
    assert_eq!(store.bill_query(&query.id).await.unwrap(), None);
    let inquiry = StoredInquiry {
        id: id("inq", 1),
        client: client(),
        subject: subject(),
        service: service(),
        state: "ready".to_owned(),
        inputs: Vec::new(),
        circumstances: circumstances(),
        consent: Some(id("con", 1)),
        answer: json!({"title": "公积金"}),
        created_at: now(),
        expires_at: None,
    };
    store.put_inquiry(&inquiry).await.unwrap();
    store.put_inquiry(&inquiry).await.unwrap();
    assert_eq!(store.inquiry(&inquiry.id).await.unwrap(), Some(inquiry));
    let issued = IssuedCredential {
        id: id("crd", 1),
        client: client(),
        subject: subject(),
        service: service(),
        kind: "code".to_owned(),
        created_at: now(),
    };
    store.insert_credential(&issued).await.unwrap();
    assert!(
        store.insert_credential(&issued).await.is_err(),
        "an id is used once"
    );
}

async fn saved_accounts(store: &Store) {
    let account = |number| BoundAccount {
        id: id("ba", number),
        client: client(),
        subject: subject(),
        service: service(),
        name: "家".to_owned(),
        inputs: vec![("account".to_owned(), number.to_string())],
        created_at: now(),
    };
    for number in 1..=3 {
        store.insert_bound_account(&account(number)).await.unwrap();
    }
    let first = store
        .bound_accounts(&client(), &subject(), "", 2)
        .await
        .unwrap();
    assert_eq!(first, [account(1), account(2)]);
    store
        .delete_bound_account(&client(), &subject(), &id("ba", 3))
        .await
        .unwrap();
    let after = id("ba", 2);
    let rest = store
        .bound_accounts(&client(), &subject(), after.as_str(), 2)
        .await
        .unwrap();
    assert!(rest.is_empty());
}

async fn releases(store: &Store) {
    let before = store.catalogue_version().await.unwrap();
    let release = StoredRelease {
        package: "city/water".to_owned(),
        version: "1.0.0".to_owned(),
        digest: "sha256:00".to_owned(),
        bundle_path: "bundles/x".to_owned(),
        state: "general".to_owned(),
        record: "{}".to_owned(),
        admitted_at: now(),
    };
    store.put_release(&release).await.unwrap();
    store.raise_catalogue_version().await.unwrap();
    assert_eq!(store.catalogue_version().await.unwrap(), before + 2);
    assert_eq!(store.releases().await.unwrap(), [release]);
    let binding = StoredBinding {
        release: "sha256:00".to_owned(),
        service: String::new(),
        body: "{}".to_owned(),
        updated_at: now(),
    };
    store.put_binding(&binding).await.unwrap();
    assert_eq!(store.bindings_of("sha256:00").await.unwrap(), [binding]);
    let secret = PackageSecret {
        package: "city/water".to_owned(),
        kind: SecretKind::Key,
        name: "mac".to_owned(),
        algorithm: "hmac-sha256".to_owned(),
        value: b"secret".to_vec(),
    };
    store
        .put_package_secrets(std::slice::from_ref(&secret), now())
        .await
        .unwrap();
    assert_eq!(store.package_secrets("city/water").await.unwrap(), [secret]);
}

async fn small_state(store: &Store) {
    let at = KvScope {
        package: "city/water".to_owned(),
        service: service(),
        scope: "s".to_owned(),
    };
    assert_eq!(store.kv_get(&at, "k").await.unwrap(), None);
    assert_eq!(store.kv_put(&at, "k", b"12345", 10).await.unwrap(), Some(1));
    assert_eq!(
        store.kv_put(&at, "k", b"123456789", 10).await.unwrap(),
        Some(2)
    );
    assert_eq!(
        store.kv_put(&at, "k", b"1234567890", 10).await.unwrap(),
        None,
        "quota"
    );
    assert_eq!(
        store.kv_put(&at, "l", b"", 10).await.unwrap(),
        None,
        "quota over keys"
    );
    assert_eq!(
        store
            .kv_compare_and_swap(&at, "k", b"x", Some(1), 10)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        store
            .kv_compare_and_swap(&at, "k", b"x", None, 10)
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        store
            .kv_compare_and_swap(&at, "k", b"x", Some(2), 10)
            .await
            .unwrap(),
        Some(3)
    );
    assert_eq!(
        store
            .kv_compare_and_swap(&at, "m", b"y", None, 10)
            .await
            .unwrap(),
        Some(1)
    );
    let other = KvScope {
        package: "city/power".to_owned(),
        ..at.clone()
    };
    assert_eq!(store.kv_get(&other, "k").await.unwrap(), None);
    store.kv_delete(&at, "k").await.unwrap();
    assert_eq!(store.kv_get(&at, "k").await.unwrap(), None);
}

async fn transcripts(store: &Store) {
    let entry = TranscriptEntry {
        call: id("call", 1),
        service: "water-330100-1".to_owned(),
        record: id("pay", 1),
        component: "sha256:00".to_owned(),
        segment: "0001".to_owned(),
        position: 7,
        length: 9,
        created_at: now(),
    };
    store
        .insert_transcripts(&[entry.clone(), entry.clone()])
        .await
        .unwrap();
    assert_eq!(
        store.transcript(&entry.call).await.unwrap().as_ref(),
        Some(&entry)
    );
    assert_eq!(store.transcripts_of(&id("pay", 1)).await.unwrap(), [entry]);
    assert!(store.unsequenced_leaves(10).await.unwrap().is_empty());
    assert!(store.open_payments().await.unwrap().is_empty());
}
