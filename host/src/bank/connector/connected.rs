//! The banks that this installation is connected to, by name. Knows no payment.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use guichet_domain::id::BankName;

use super::http::HttpBank;
use super::settings::{BankSettings, SettingsError, SettingsFault};
use crate::bank::{Bank, Banks};
use crate::ports::Ports;

/// All connected banks; none where nothing was set up. Cheap to clone.
#[derive(Clone, Default)]
pub struct ConnectedBanks(Arc<BTreeMap<BankName, Box<dyn Bank>>>);

impl ConnectedBanks {
    /// Reads every bank's settings file; the first wrong one is refused.
    pub fn read(paths: &[PathBuf], ports: &Ports) -> Result<Self, SettingsError> {
        let mut banks: BTreeMap<BankName, Box<dyn Bank>> = BTreeMap::new();
        for path in paths {
            let settings = BankSettings::read(path)?;
            let name = settings.name.clone();
            let bank = HttpBank::new(settings, ports.clone());
            if banks.insert(name.clone(), Box::new(bank)).is_some() {
                return Err(SettingsError {
                    path: path.clone(),
                    fault: SettingsFault::Twice(name),
                });
            }
        }
        Ok(Self(Arc::new(banks)))
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &BankName> {
        self.0.keys()
    }
}

impl std::fmt::Debug for ConnectedBanks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl Banks for ConnectedBanks {
    fn bank(&self, name: &str) -> Option<&dyn Bank> {
        self.0.get(name).map(|bank| &**bank)
    }
}
