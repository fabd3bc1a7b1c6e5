//! Runs plugins: engine, limits, capabilities, egress, transcript and replay.
//! It knows nothing of packages, catalogues, payments or databases: the host
//! brings a component's bytes, a binding and ports, and gets a report.

mod answer;
mod binding;
mod breaker;
mod call;
mod code;
mod compile;
pub mod contract;
mod egress;
mod engine;
mod figures;
mod imports;
pub mod keyring;
mod kind;
mod limits;
mod mask;
mod memory;
mod permissions;
mod plugin;
pub mod ports;
mod replay;
mod run;
mod sandbox;
mod settings;
mod state;
mod transcript;
mod trap;

pub use binding::{Binding, BindingId, BindingSettings, Config};
pub use breaker::{Breaker, BreakerSettings, BreakerState};
pub use call::{Answer, Call, CallError, EffectState, Inputs, LogLine, Question, Report};
pub use compile::{CompileError, compile_main};
pub use egress::{EndpointError, is_allowed_address};
pub use figures::{Figures, FiguresReading};
pub use kind::{Kind, KindError};
pub use limits::{Limits, LimitsError};
pub use permissions::{Permissions, PermissionsError, Secrets};
pub use plugin::Plugin;
pub use replay::Replay;
pub use sandbox::{LoadError, Sandbox, StartError, bare_engine, digest_of};
pub use settings::{Compiler, EgressSettings, Settings};
pub use transcript::{
    Answered, DecodeError, Exchange, Headline, KeyQuestion, KvAnswer, KvQuestion, StoredTranscript,
    Transcript, TranscriptClass,
};
