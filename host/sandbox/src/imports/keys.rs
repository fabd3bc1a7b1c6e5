//! `keys`: cryptography with keys that the host holds, each use granted by name.

use guichet_domain::grant::{KeyUse, LegacyCrypto};

use crate::contract::host::keys::{Error, Host};
use crate::keyring::{self, KeyError, KeyHandle};
use crate::state::{CallState, Live};
use crate::transcript::{Exchange, KeyQuestion};

type Answer<T> = wasmtime::Result<Result<T, Error>>;

impl Host for CallState {
    async fn sign(&mut self, key: String, data: Vec<u8>) -> Answer<Vec<u8>> {
        self.ask_for_bytes("sign", key, data, Vec::new()).await
    }

    async fn verify(&mut self, key: String, data: Vec<u8>, signature: Vec<u8>) -> Answer<bool> {
        self.ask_for_check("verify", key, data, signature).await
    }

    async fn mac(&mut self, key: String, data: Vec<u8>) -> Answer<Vec<u8>> {
        self.ask_for_bytes("mac", key, data, Vec::new()).await
    }

    async fn verify_mac(&mut self, key: String, data: Vec<u8>, mac: Vec<u8>) -> Answer<bool> {
        self.ask_for_check("verify-mac", key, data, mac).await
    }

    async fn encrypt(&mut self, key: String, plaintext: Vec<u8>, extra: Vec<u8>) -> Answer<Vec<u8>> {
        self.ask_for_bytes("encrypt", key, plaintext, extra).await
    }

    async fn decrypt(&mut self, key: String, ciphertext: Vec<u8>, extra: Vec<u8>) -> Answer<Vec<u8>> {
        self.ask_for_bytes("decrypt", key, ciphertext, extra).await
    }

    async fn digest(&mut self, algorithm: String, data: Vec<u8>) -> Answer<Vec<u8>> {
        self.ask_for_bytes("digest", algorithm, data, Vec::new()).await
    }
}

impl CallState {
    async fn ask_for_bytes(
        &mut self,
        function: &'static str,
        key: String,
        data: Vec<u8>,
        extra: Vec<u8>,
    ) -> Answer<Vec<u8>> {
        self.enter(key.len() + data.len() + extra.len())?;
        let question = KeyQuestion { function: function.to_owned(), key, data, extra };
        let recorded = self.recorded("keys", |exchange| match exchange {
            Exchange::KeyBytes { question: asked, answer } if *asked == question => {
                Some(answer.clone())
            }
            _ => None,
        })?;
        let answer = match recorded {
            Some(answer) => answer,
            None => answer_bytes(self.live()?, function, &question).await,
        };
        let bytes = answer.as_ref().map_or(0, Vec::len);
        self.record(Exchange::KeyBytes { question, answer: answer.clone() }, bytes);
        Ok(answer)
    }

    async fn ask_for_check(
        &mut self,
        function: &'static str,
        key: String,
        data: Vec<u8>,
        extra: Vec<u8>,
    ) -> Answer<bool> {
        self.enter(key.len() + data.len() + extra.len())?;
        let question = KeyQuestion { function: function.to_owned(), key, data, extra };
        let recorded = self.recorded("keys", |exchange| match exchange {
            Exchange::KeyCheck { question: asked, answer } if *asked == question => {
                Some(answer.clone())
            }
            _ => None,
        })?;
        let answer = match recorded {
            Some(answer) => answer,
            None => answer_check(self.live()?, function, &question).await,
        };
        self.record(Exchange::KeyCheck { question, answer: answer.clone() }, 1);
        Ok(answer)
    }
}

async fn answer_bytes(
    live: &Live,
    function: &'static str,
    question: &KeyQuestion,
) -> Result<Vec<u8>, Error> {
    let KeyQuestion { key, data, extra, .. } = question;
    if function == "digest" {
        if matches!(key.as_str(), "md5" | "sha-1") {
            legacy_allowed(live)?;
        }
        return keyring::digest(key, data).map_err(told);
    }
    let (granted_use, act): (KeyUse, _) = match function {
        "sign" => (KeyUse::Sign, Act::Sign),
        "mac" => (KeyUse::Mac, Act::Mac),
        "encrypt" => (KeyUse::Encrypt, Act::Encrypt),
        _ => (KeyUse::Decrypt, Act::Decrypt),
    };
    let handle = granted(live, key, granted_use)?;
    let answer = match act {
        Act::Sign => handle.sign(data).await,
        Act::Mac => handle.mac(data).await,
        Act::Encrypt => handle.encrypt(data, extra).await,
        Act::Decrypt => handle.decrypt(data, extra).await,
    };
    answer.map_err(told)
}

enum Act {
    Sign,
    Mac,
    Encrypt,
    Decrypt,
}

async fn answer_check(
    live: &Live,
    function: &'static str,
    question: &KeyQuestion,
) -> Result<bool, Error> {
    let KeyQuestion { key, data, extra, .. } = question;
    let answer = match function {
        "verify" => granted(live, key, KeyUse::Verify)?.verify(data, extra).await,
        _ => granted(live, key, KeyUse::Mac)?.verify_mac(data, extra).await,
    };
    answer.map_err(told)
}

/// The key's handle, where the grant names the key and this use of it. A key
/// that is not granted is as unknown as one that does not exist.
fn granted<'a>(live: &'a Live, name: &str, wanted: KeyUse) -> Result<&'a dyn KeyHandle, Error> {
    let permissions = &live.binding.settings.permissions;
    let grant = permissions.grant.keys.get(name).ok_or(Error::UnknownKey)?;
    let handle = permissions.keyring.get(name).ok_or(Error::UnknownKey)?;
    if !grant.uses.contains(&wanted) {
        return Err(Error::Denied("this use of the key is not granted".to_owned()));
    }
    if handle.algorithm().is_legacy() {
        legacy_allowed(live)?;
    }
    Ok(handle.as_ref())
}

fn legacy_allowed(live: &Live) -> Result<(), Error> {
    match live.binding.settings.permissions.grant.legacy_crypto {
        LegacyCrypto::Allowed => Ok(()),
        LegacyCrypto::Denied => Err(Error::Denied("legacy schemes are not granted".to_owned())),
    }
}

fn told(error: KeyError) -> Error {
    match error {
        KeyError::Unsuitable => Error::UnsuitableKey,
        KeyError::UnknownAlgorithm => Error::UnknownAlgorithm,
        KeyError::Invalid(reason) => Error::Invalid(reason),
        KeyError::Holder(reason) => Error::Other(reason),
    }
}
