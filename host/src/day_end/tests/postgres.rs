//! The same days on PostgreSQL: one text of every statement serves both.

use guichet_tests::postgres::{Cluster, Durability};

use super::world::World;
use super::{at_once, flow, orders, second, settlements};
use crate::store::Location;
use crate::terms::Payee;

#[tokio::test]
async fn the_day_ends_the_same_on_postgresql() {
    let cluster = Cluster::start(Durability::None).unwrap();
    let world = async |name: &str| {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Postgres(cluster.database(name).unwrap());
        World::at(folder, &location, Payee::Biller).await
    };
    flow::whole_day(&world("flow").await).await;
    settlements::there_and_back(&world("settlements").await).await;
    orders::one_order(&world("orders").await).await;
    second::confirmed_by_another(&world("second").await).await;
    at_once::one_confirms(&world("at_once").await).await;
    at_once::wherever_one_is(&world("wherever").await).await;
    second::one_is_not_enough(&world("alone").await).await;
}
