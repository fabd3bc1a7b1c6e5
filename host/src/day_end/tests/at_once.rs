//! Two persons who confirm one file at once.

use guichet_domain::reconciliation::{FileRefusal, FileState};

use super::kills::polled;
use super::second::{confirm, left};
use super::world::World;
use crate::day_end::DayEndError;
use crate::store::DayFileRow;

#[tokio::test]
async fn of_two_at_once_one_confirms() {
    one_confirms(&World::new().await).await;
}

/// Beside it, the same on the other database.
pub(super) async fn one_confirms(world: &World) {
    world.next_day();
    let file = left(world, 1).await;
    let (petra, anna) = tokio::join!(
        confirm(world, &file, "petra"),
        confirm(world, &file, "anna")
    );
    assert_one_won(world, &file, (petra, anna)).await;
    let told = "select event, state from events where record = $1 order by position";
    let told = world
        .store
        .fetch(told, &[file.id.as_str().into()])
        .await
        .unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|row| (row.text(0).unwrap(), row.text(1).unwrap()))
        .collect();
    let wanted = [
        ("day_file_kept", "awaiting_confirmation"),
        ("day_file_decided", "in_force"),
    ];
    assert_eq!(told, wanted);
}

type Confirmed = Result<DayFileRow, DayEndError>;

async fn assert_one_won(world: &World, file: &DayFileRow, (petra, anna): (Confirmed, Confirmed)) {
    let stands = world.day_end.file(&file.id).await.unwrap();
    let (won, lost) = if petra.is_ok() {
        (petra, anna)
    } else {
        (anna, petra)
    };
    assert_eq!(won.unwrap(), stands);
    let lost = lost.unwrap_err();
    assert!(
        matches!(lost, DayEndError::NotDecided(FileRefusal::Decided(_))),
        "{lost:?}"
    );
}

#[tokio::test]
async fn wherever_one_is_when_another_confirms_both_hear_what_became_of_it() {
    wherever_one_is(&World::new().await).await;
}

/// Beside it, the same on the other database.
pub(super) async fn wherever_one_is(world: &World) {
    world.next_day();
    for polls in 1.. {
        let file = left(world, polls).await;
        let mut anna = Box::pin(confirm(world, &file, "anna"));
        if let Some(confirmed) = polled(&mut anna, polls).await {
            assert_eq!(confirmed.unwrap().state, FileState::InForce);
            return;
        }
        let petra = confirm(world, &file, "petra").await;
        let anna = anna.await;
        assert_one_won(world, &file, (petra, anna)).await;
    }
}
