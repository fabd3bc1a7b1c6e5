//! All nodes of the run: who is up, and at which address clients find them.

use std::sync::{PoisonError, RwLock};

use guichet_tests::Client;
use guichet_tests::chance::Chance;

/// Where clients find the nodes. A node that is down has no address.
pub struct Nodes {
    token: String,
    clients: RwLock<Vec<Option<Client>>>,
}

impl Nodes {
    /// As many nodes, all of them down.
    pub fn down(count: usize, token: &str) -> Self {
        Self {
            token: token.to_owned(),
            clients: RwLock::new(vec![None; count]),
        }
    }

    /// A node serves at this address.
    pub fn up(&self, node: usize, url: &str) {
        self.set(node, Some(Client::new(url, Some(&self.token))));
    }

    /// A node was killed.
    pub fn gone(&self, node: usize) {
        self.set(node, None);
    }

    /// One of those that are up.
    pub fn any(&self, chance: &mut Chance) -> Option<Client> {
        self.read(|clients| {
            let up: Vec<&Client> = clients.iter().flatten().collect();
            (!up.is_empty()).then(|| (*chance.pick(&up)).clone())
        })
    }

    /// Those that are up.
    pub fn all(&self) -> Vec<Client> {
        self.read(|clients| clients.iter().flatten().cloned().collect())
    }

    fn read<T>(&self, look: impl FnOnce(&[Option<Client>]) -> T) -> T {
        look(&self.clients.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, node: usize, client: Option<Client>) {
        let mut clients = self.clients.write().unwrap_or_else(PoisonError::into_inner);
        clients[node] = client;
    }
}
