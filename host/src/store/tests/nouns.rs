//! Each noun is written, read, changed and missed.

use guichet_domain::Digest;
use guichet_domain::bill::{Limits, Selection};
use guichet_domain::id::{BillerId, ClientId, DataScope, PersonId, ServiceCode, SubjectId};
use serde_json::json;
use serde_json::value::to_raw_value;

use super::super::{
    Appended, BoundAccount, IssuedCredential, KvScope, LogRow, PackageSecret, Payable,
    ReleaseFigures, SecretKind, Statement, Store, StoredBillQuery, StoredClient, StoredConsent,
    StoredInquiry, TranscriptEntry,
};
use super::{id, now};
use crate::terms::order::{Assurance, Circumstances, PayerType};

pub(super) async fn all(store: &Store) {
    people(store).await;
    queries(store).await;
    saved_accounts(store).await;
    registry(store).await;
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
        answer: to_raw_value(&json!({"token": "t"})).unwrap(),
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
    let found = store.bill_query(&query.id).await.unwrap();
    assert_eq!(format!("{found:?}"), format!("{:?}", Some(&query)));
    store
        .drop_old_bill_queries(query.expires_at.plus_ms(1))
        .await
        .unwrap();
    assert!(store.bill_query(&query.id).await.unwrap().is_none());
    let inquiry = StoredInquiry {
        id: id("inq", 1),
        client: client(),
        subject: subject(),
        service: service(),
        release: "sha256:00".to_owned(),
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

async fn registry(store: &Store) {
    log(store).await;
    let person = PersonId::new("lin-reviewer").unwrap();
    let later = now().plus_ms(1_000);
    let set = |digest: &'static [u8]| store.set_person_token(&person, digest, (now(), later));
    set(b"token-1").await.unwrap();
    set(b"token-2").await.unwrap();
    let who = |digest: &'static [u8], at| store.person_by_token(digest, at);
    assert_eq!(who(b"token-1", now()).await.unwrap(), None);
    assert_eq!(who(b"token-2", now()).await.unwrap(), Some(person.clone()));
    assert_eq!(who(b"token-2", later).await.unwrap(), None, "expired");
    // Whoever only has the database makes no token somebody else's.
    let taken = Statement::new(
        "update person_tokens set person = $1 where person = $2",
        vec!["sven".into(), person.as_str().into()],
    );
    store.write(vec![taken]).await.unwrap();
    assert!(who(b"token-2", now()).await.is_err());
    let digest = guichet_registry::sign::sha256(b"record");
    let record = (
        digest,
        BillerId::new("b-water").unwrap(),
        b"account".to_vec(),
    );
    store.put_biller_records(&[record], now()).await.unwrap();
    let found = store.biller_record(digest).await.unwrap();
    assert_eq!(found.as_deref(), Some(b"account".as_slice()));
    let figures = ReleaseFigures {
        release: digest,
        calls: 3,
        faults: 1,
        busy_us: 900,
    };
    let twice = [figures.clone(), figures];
    store.add_release_figures(&twice, now()).await.unwrap();
    let summed = store.release_figures(digest, now()).await.unwrap();
    assert_eq!((summed.calls, summed.faults, summed.busy_us), (6, 2, 1_800));
    secrets(store).await;
}

/// Of two writers behind the same entry one wins, and nothing of the other is
/// kept.
async fn log(store: &Store) {
    let row = |position, by: &str| LogRow {
        position,
        entry: format!("{{\"by\": \"{by}\"}}"),
        checkpoint: format!("head {position} of {by}"),
    };
    let first = [row(0, "anna"), row(1, "anna")];
    assert_eq!(
        store.append_to_log(&first, "").await.unwrap(),
        Appended::Yes
    );
    assert_eq!(
        store.append_to_log(&[row(0, "ben")], "").await.unwrap(),
        Appended::Overtaken
    );
    let late = [row(1, "ben"), row(2, "ben")];
    let after = "head 0 of anna";
    assert_eq!(
        store.append_to_log(&late, after).await.unwrap(),
        Appended::Overtaken
    );
    let next = [row(2, "anna")];
    let after = "head 1 of anna";
    assert_eq!(
        store.append_to_log(&next, after).await.unwrap(),
        Appended::Yes
    );
    let kept: Vec<LogRow> = store.log_from(1).await.unwrap();
    assert_eq!(kept, [row(1, "anna"), row(2, "anna")]);
}

async fn secrets(store: &Store) {
    let secret = PackageSecret {
        package: "city/water".to_owned(),
        kind: SecretKind::Key,
        name: "mac".to_owned(),
        algorithm: "hmac-sha256".to_owned(),
        value: b"secret".to_vec(),
    };
    let put = store.put_package_secrets(std::slice::from_ref(&secret), now());
    let sealed = put.await.unwrap();
    let again = store.put_package_secrets(std::slice::from_ref(&secret), now());
    let newer = again.await.unwrap()[0];
    let found =
        |counts: Digest| store.package_secrets("city/water", move |_, _, digest| digest == counts);
    assert_eq!(
        found(sealed[0]).await.unwrap(),
        std::slice::from_ref(&secret)
    );
    store.keep_one_secret(&secret, newer).await.unwrap();
    assert_eq!(found(sealed[0]).await.unwrap(), []);
    assert_eq!(found(newer).await.unwrap(), [secret]);
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
        package: "city/water".to_owned(),
        record: id("pay", 1),
        client: "demo".to_owned(),
        subject: subject(),
        consent: String::new(),
        function: "query-bills".to_owned(),
        class: "full".to_owned(),
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
    // A second withdrawal changes nothing and is told to nobody.
    let logged = store.events_of(&id("con", 1)).await.unwrap();
    let states: Vec<&str> = logged.iter().map(|one| one.entry.state.as_str()).collect();
    assert_eq!(states, ["live", "withdrawn"]);
    let whole = store.logged_events(store.slot(), 0, 1_000).await.unwrap();
    let own = whole
        .into_iter()
        .filter(|one| one.entry.record == logged[0].entry.record);
    assert_eq!(own.collect::<Vec<_>>(), logged);
    assert!(store.open_payments().await.unwrap().is_empty());
}
