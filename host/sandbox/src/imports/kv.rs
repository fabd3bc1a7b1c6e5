//! `kv`: small state of a package's service. Sizes and scopes are checked here,
//! the quota by the port, which knows what is stored.

use crate::call::CallError;
use crate::contract::host::kv::{Entry, Error, Host, Scope};
use crate::ports::{KvError, KvPlace};
use crate::state::{CallState, Live, SubjectDataRead};
use crate::transcript::{Exchange, KvAnswer, KvQuestion};

const KEY_BYTES: usize = 256;
const VALUE_BYTES: usize = 65_536;

type Answer<T> = wasmtime::Result<Result<T, Error>>;

impl Host for CallState {
    async fn get(&mut self, scope: Scope, key: String) -> Answer<Option<Entry>> {
        let answer = self.ask_kv(KvQuestion::Get(scope, key)).await?;
        self.expect(answer, |answer| match answer {
            KvAnswer::Entry(entry) => Some(entry),
            _ => None,
        })
    }

    async fn put(&mut self, scope: Scope, key: String, value: Vec<u8>) -> Answer<u64> {
        let answer = self.ask_kv(KvQuestion::Put(scope, key, value)).await?;
        self.expect(answer, |answer| match answer {
            KvAnswer::Version(version) => Some(version),
            _ => None,
        })
    }

    async fn compare_and_swap(
        &mut self,
        scope: Scope,
        key: String,
        expected: Option<u64>,
        value: Vec<u8>,
    ) -> Answer<Option<u64>> {
        let question = KvQuestion::CompareAndSwap(scope, key, expected, value);
        let answer = self.ask_kv(question).await?;
        self.expect(answer, |answer| match answer {
            KvAnswer::Swapped(version) => Some(version),
            _ => None,
        })
    }

    async fn delete(&mut self, scope: Scope, key: String) -> Answer<bool> {
        let answer = self.ask_kv(KvQuestion::Delete(scope, key)).await?;
        self.expect(answer, |answer| match answer {
            KvAnswer::Deleted(deleted) => Some(deleted),
            _ => None,
        })
    }
}

/// Why an exchange gave no answer.
enum Refused {
    /// The guest is told.
    Told(Error),
    /// The call is stopped: whether it was written is not known.
    Stop(String),
}

impl CallState {
    async fn ask_kv(&mut self, question: KvQuestion) -> Answer<KvAnswer> {
        let bytes = question.key().len() + question.value().map_or(0, <[u8]>::len);
        self.enter(bytes)?;
        let recorded = self.recorded("kv", |exchange| match exchange {
            Exchange::Kv {
                question: asked,
                answer,
            } if *asked == question => Some(answer.clone()),
            _ => None,
        })?;
        let answer = match recorded {
            Some(answer) => answer,
            None => match self.ask_live_kv(&question).await? {
                Ok(answer) => Ok(answer),
                Err(Refused::Told(error)) => Err(error),
                Err(Refused::Stop(reason)) => return Err(self.stop(CallError::Host(reason))),
            },
        };
        let answer_bytes = match &answer {
            Ok(KvAnswer::Entry(Some(entry))) => entry.value.len(),
            _ => 0,
        };
        self.record(
            Exchange::Kv {
                question,
                answer: answer.clone(),
            },
            answer_bytes,
        );
        Ok(answer)
    }

    async fn ask_live_kv(
        &self,
        question: &KvQuestion,
    ) -> wasmtime::Result<Result<KvAnswer, Refused>> {
        let live = self.live()?;
        let quota_bytes = match self.check_kv(live, question) {
            Ok(quota_bytes) => quota_bytes,
            Err(error) => return Ok(Err(Refused::Told(error))),
        };
        let place = KvPlace {
            space: &live.binding.settings.state,
            subject: match question.scope() {
                Scope::Service => None,
                Scope::Subject => Some(&self.call.context.subject),
            },
            key: question.key(),
        };
        let kv = &live.ports.kv;
        let answer = match question {
            KvQuestion::Get(..) => kv.get(place).await.map(KvAnswer::Entry),
            KvQuestion::Put(_, _, value) => kv
                .put(place, value, quota_bytes)
                .await
                .map(KvAnswer::Version),
            KvQuestion::CompareAndSwap(_, _, expected, value) => {
                let swapped = kv
                    .compare_and_swap(place, *expected, value, quota_bytes)
                    .await;
                swapped.map(KvAnswer::Swapped)
            }
            KvQuestion::Delete(..) => kv.delete(place).await.map(KvAnswer::Deleted),
        };
        Ok(answer.map_err(|error| match error {
            KvError::Quota(reason) => Refused::Told(Error::TooLarge(reason)),
            KvError::Unavailable(reason) => Refused::Told(Error::Unavailable(reason)),
            KvError::Uncertain(reason) => Refused::Stop(reason),
        }))
    }

    fn check_kv(&self, live: &Live, question: &KvQuestion) -> Result<u64, Error> {
        let grant = live.binding.settings.permissions.grant.kv.as_ref();
        let grant = grant.ok_or_else(|| Error::Denied("kv is not granted".to_owned()))?;
        let key = question.key();
        if key.is_empty() || key.len() > KEY_BYTES {
            return Err(Error::TooLarge(format!("a key has 1 to {KEY_BYTES} bytes")));
        }
        if question
            .value()
            .is_some_and(|value| value.len() > VALUE_BYTES)
        {
            return Err(Error::TooLarge(format!(
                "a value has at most {VALUE_BYTES} bytes"
            )));
        }
        let shared = question.scope() == Scope::Service;
        if shared && question.writes() && self.subject_data == SubjectDataRead::Yes {
            let reason = "after subject data was read, shared state is not written";
            return Err(Error::Denied(reason.to_owned()));
        }
        Ok(grant.quota_bytes)
    }

    /// Takes the answer's expected case; another one would be the port's or the
    /// transcript's mistake.
    fn expect<T>(
        &mut self,
        answer: Result<KvAnswer, Error>,
        read: impl FnOnce(KvAnswer) -> Option<T>,
    ) -> Answer<T> {
        match answer.map(read) {
            Ok(Some(value)) => Ok(Ok(value)),
            Ok(None) => Err(self.stop(CallError::Host("kv answered another question".to_owned()))),
            Err(error) => Ok(Err(error)),
        }
    }
}

impl KvQuestion {
    fn scope(&self) -> Scope {
        match self {
            Self::Get(scope, _)
            | Self::Put(scope, ..)
            | Self::CompareAndSwap(scope, ..)
            | Self::Delete(scope, _) => *scope,
        }
    }

    fn key(&self) -> &str {
        match self {
            Self::Get(_, key)
            | Self::Put(_, key, _)
            | Self::CompareAndSwap(_, key, ..)
            | Self::Delete(_, key) => key,
        }
    }

    fn value(&self) -> Option<&[u8]> {
        match self {
            Self::Put(_, _, value) | Self::CompareAndSwap(_, _, _, value) => Some(value),
            Self::Get(..) | Self::Delete(..) => None,
        }
    }

    /// Deleting tells others that there was something.
    fn writes(&self) -> bool {
        !matches!(self, Self::Get(..))
    }
}
