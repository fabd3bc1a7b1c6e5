//! `keys`: cryptography with keys that the host holds, each use granted by name.

use guichet_domain::grant::{KeyUse, LegacyCrypto};

use crate::contract::host::keys::{Error, Host};
use crate::keyring::{self, KeyError, KeyHandle};
use crate::state::{CallState, Live};
use crate::transcript::{Exchange, KeyQuestion};

type Answer<T> = wasmtime::Result<Result<T, Error>>;

impl Host for CallState {
    async fn sign(&mut self, key: String, data: Vec<u8>) -> Answer<Vec<u8>> {
        self.ask_for_bytes(Making::Sign, key, data, Vec::new())
            .await
    }

    async fn verify(&mut self, key: String, data: Vec<u8>, signature: Vec<u8>) -> Answer<bool> {
        self.ask_for_check(Checking::Verify, key, data, signature)
            .await
    }

    async fn mac(&mut self, key: String, data: Vec<u8>) -> Answer<Vec<u8>> {
        self.ask_for_bytes(Making::Mac, key, data, Vec::new()).await
    }

    async fn verify_mac(&mut self, key: String, data: Vec<u8>, mac: Vec<u8>) -> Answer<bool> {
        self.ask_for_check(Checking::VerifyMac, key, data, mac)
            .await
    }

    async fn encrypt(
        &mut self,
        key: String,
        plaintext: Vec<u8>,
        extra: Vec<u8>,
    ) -> Answer<Vec<u8>> {
        self.ask_for_bytes(Making::Encrypt, key, plaintext, extra)
            .await
    }

    async fn decrypt(
        &mut self,
        key: String,
        ciphertext: Vec<u8>,
        extra: Vec<u8>,
    ) -> Answer<Vec<u8>> {
        self.ask_for_bytes(Making::Decrypt, key, ciphertext, extra)
            .await
    }

    async fn digest(&mut self, algorithm: String, data: Vec<u8>) -> Answer<Vec<u8>> {
        self.ask_for_bytes(Making::Digest, algorithm, data, Vec::new())
            .await
    }
}

/// Functions that answer bytes.
#[derive(Debug, Clone, Copy)]
enum Making {
    Sign,
    Mac,
    Encrypt,
    Decrypt,
    Digest,
}

impl Making {
    const fn name(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Mac => "mac",
            Self::Encrypt => "encrypt",
            Self::Decrypt => "decrypt",
            Self::Digest => "digest",
        }
    }
}

/// Functions that answer yes or no.
#[derive(Debug, Clone, Copy)]
enum Checking {
    Verify,
    VerifyMac,
}

impl Checking {
    const fn name(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::VerifyMac => "verify-mac",
        }
    }
}

impl CallState {
    async fn ask_for_bytes(
        &mut self,
        function: Making,
        key: String,
        data: Vec<u8>,
        extra: Vec<u8>,
    ) -> Answer<Vec<u8>> {
        self.enter(key.len() + data.len() + extra.len())?;
        let question = KeyQuestion {
            function: function.name().to_owned(),
            key,
            data,
            extra,
        };
        let recorded = self.recorded("keys", |exchange| match exchange {
            Exchange::KeyBytes {
                question: asked,
                answer,
            } if *asked == question => Some(answer.clone()),
            _ => None,
        })?;
        let answer = match recorded {
            Some(answer) => answer,
            None => answer_bytes(self.live()?, function, &question).await,
        };
        let bytes = answer.as_ref().map_or(0, Vec::len);
        self.record(
            Exchange::KeyBytes {
                question,
                answer: answer.clone(),
            },
            bytes,
        );
        Ok(answer)
    }

    async fn ask_for_check(
        &mut self,
        function: Checking,
        key: String,
        data: Vec<u8>,
        extra: Vec<u8>,
    ) -> Answer<bool> {
        self.enter(key.len() + data.len() + extra.len())?;
        let question = KeyQuestion {
            function: function.name().to_owned(),
            key,
            data,
            extra,
        };
        let recorded = self.recorded("keys", |exchange| match exchange {
            Exchange::KeyCheck {
                question: asked,
                answer,
            } if *asked == question => Some(answer.clone()),
            _ => None,
        })?;
        let answer = match recorded {
            Some(answer) => answer,
            None => answer_check(self.live()?, function, &question).await,
        };
        self.record(
            Exchange::KeyCheck {
                question,
                answer: answer.clone(),
            },
            1,
        );
        Ok(answer)
    }
}

async fn answer_bytes(
    live: &Live,
    function: Making,
    question: &KeyQuestion,
) -> Result<Vec<u8>, Error> {
    let KeyQuestion {
        key, data, extra, ..
    } = question;
    let answer = match function {
        Making::Sign => granted(live, key, KeyUse::Sign)?.sign(data).await,
        Making::Mac => granted(live, key, KeyUse::Mac)?.mac(data).await,
        Making::Encrypt => {
            granted(live, key, KeyUse::Encrypt)?
                .encrypt(data, extra)
                .await
        }
        Making::Decrypt => {
            granted(live, key, KeyUse::Decrypt)?
                .decrypt(data, extra)
                .await
        }
        Making::Digest => {
            if matches!(key.as_str(), "md5" | "sha-1") {
                legacy_allowed(live)?;
            }
            keyring::digest(key, data)
        }
    };
    answer.map_err(told)
}

async fn answer_check(
    live: &Live,
    function: Checking,
    question: &KeyQuestion,
) -> Result<bool, Error> {
    let KeyQuestion {
        key, data, extra, ..
    } = question;
    let answer = match function {
        Checking::Verify => {
            granted(live, key, KeyUse::Verify)?
                .verify(data, extra)
                .await
        }
        Checking::VerifyMac => {
            granted(live, key, KeyUse::Mac)?
                .verify_mac(data, extra)
                .await
        }
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
        return Err(Error::Denied(
            "this use of the key is not granted".to_owned(),
        ));
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
