//! Forms that were made ready: one for all services that ask for the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use guichet_registry::service::InputSchema;
use guichet_registry::shared::Shared;

use crate::inputs::{Form, SchemaError};

/// Different forms that are kept; a whole country asks for some hundred.
const FORMS: usize = 1_024;

/// The forms of this node.
#[derive(Debug, Default)]
pub(super) struct Forms(Mutex<HashMap<Shared<InputSchema>, Arc<Form>>>);

impl Forms {
    /// The form of this schema.
    pub(super) fn of(&self, schema: &Shared<InputSchema>) -> Result<Arc<Form>, SchemaError> {
        let mut forms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = forms.get(schema) {
            return Ok(Arc::clone(known));
        }
        let written = serde_json::to_value(&**schema).unwrap_or_default();
        let form = Arc::new(Form::new(written)?);
        if forms.len() >= FORMS {
            forms.clear();
        }
        forms.insert(schema.clone(), Arc::clone(&form));
        Ok(form)
    }
}
