//! Saved service accounts: what is kept, in which pages, and for whom.

use guichet_domain::id::{ClientId, ServiceCode, SubjectId};

use super::super::bound::{BoundAccountError, BoundAccounts, NewBoundAccount};
use super::store;
use crate::ports::Ports;

fn new(name: &str, inputs: &[(&str, &str)]) -> NewBoundAccount {
    let input = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    NewBoundAccount {
        client: ClientId::new("demo").unwrap(),
        subject: SubjectId::new("anna").unwrap(),
        service: ServiceCode::new("water-330100-1").unwrap(),
        name: name.to_owned(),
        inputs: inputs.iter().map(input).collect(),
    }
}

const METER: &[(&str, &str)] = &[("meter", "17")];

#[tokio::test]
async fn a_page_has_so_many_and_leads_to_the_next_one() {
    let (store, _folder) = store().await;
    let room = BoundAccounts::new(store, Ports::system());
    let client = ClientId::new("demo").unwrap();
    let anna = SubjectId::new("anna").unwrap();
    let mut ids = Vec::new();
    for name in ["home", "parents", "shop"] {
        ids.push(room.save(new(name, METER)).await.unwrap().id);
    }
    ids.sort();
    let page = room.list(&client, &anna, None, 2).await.unwrap();
    let shown: Vec<_> = page.items.iter().map(|item| item.id.clone()).collect();
    assert_eq!(shown, ids[..2]);
    let cursor = page.next_cursor.unwrap();
    let rest = room.list(&client, &anna, Some(&cursor), 2).await.unwrap();
    assert_eq!((rest.items.len(), rest.next_cursor), (1, None));
    assert_eq!(rest.items[0].id, ids[2]);
    for limit in [3, 4] {
        let whole = room.list(&client, &anna, None, limit).await.unwrap();
        assert_eq!((whole.items.len(), whole.next_cursor), (3, None), "{limit}");
    }

    let berta = SubjectId::new("berta").unwrap();
    let others = room.remove(&client, &berta, &ids[0]).await;
    assert!(matches!(others, Err(BoundAccountError::NotFound)));
    room.remove(&client, &anna, &ids[0]).await.unwrap();
    let again = room.remove(&client, &anna, &ids[0]).await;
    assert!(matches!(again, Err(BoundAccountError::NotFound)));
    let left = room.list(&client, &anna, None, 9).await.unwrap();
    assert_eq!(left.items.len(), 2);
}

#[tokio::test]
async fn names_and_inputs_have_their_limits() {
    let (store, _folder) = store().await;
    let room = BoundAccounts::new(store, Ports::system());
    let longest = "水".repeat(64);
    let kept = room.save(new(&format!(" {longest} "), METER)).await;
    assert_eq!(kept.unwrap().name, longest);
    for name in ["", "  ", "a\nb", &"水".repeat(65)] {
        let refused = room.save(new(name, METER)).await;
        assert!(matches!(refused, Err(BoundAccountError::Name)), "{name:?}");
    }
    let text = "a".repeat(256);
    let many = [(text.as_str(), text.as_str()); 32];
    room.save(new("a", &many)).await.unwrap();
    let long = "a".repeat(257);
    for inputs in [
        &[][..],
        &[("a", "b"); 33],
        &[(long.as_str(), "b")],
        &[("a", long.as_str())],
    ] {
        let refused = room.save(new("a", inputs)).await;
        assert!(
            matches!(refused, Err(BoundAccountError::Inputs)),
            "{}",
            inputs.len()
        );
    }
}

#[tokio::test]
async fn a_subject_keeps_a_hundred() {
    let (store, _folder) = store().await;
    let room = BoundAccounts::new(store, Ports::system());
    for number in 0..100 {
        room.save(new(&number.to_string(), METER)).await.unwrap();
    }
    let refused = room.save(new("one more", METER)).await;
    assert!(matches!(refused, Err(BoundAccountError::TooMany)));
}
