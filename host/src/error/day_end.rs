//! Problems of the day's end and of work orders.

use guichet_domain::reconciliation::FileRefusal;
use guichet_domain::work_order::Refusal;

use super::{Code, Problem, Text};
use crate::day_end::DayEndError;
use crate::work_orders::{DeskError, WorkOrderError};

impl From<WorkOrderError> for Problem {
    fn from(error: WorkOrderError) -> Self {
        match error {
            WorkOrderError::NotFound => Self::not_found(),
            WorkOrderError::Refused(refusal) => refusal.into(),
            WorkOrderError::Stale => Self::new(Code::WrongState).with_detail(Text::new(
                "工单刚被他人处理，请重新读取。",
                "Somebody else has just changed the work order; read it again.",
            )),
            WorkOrderError::NotCarriedOut(why) => {
                Self::new(Code::WrongState).with_detail(Text::new(
                    format!("处理决定未能执行，工单已重新打开：{why}"),
                    format!("The decision was not carried out, and the order is open again: {why}"),
                ))
            }
            WorkOrderError::Desk(DeskError::Later(_)) => {
                Self::new(Code::Overloaded).with_retry_after(5)
            }
            WorkOrderError::Desk(DeskError::NotPossible(why)) => {
                Self::new(Code::WrongState).with_detail(Text::same(why))
            }
            WorkOrderError::Store(error) => error.into(),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            Refusal::SamePerson(person) => Self::new(Code::Forbidden).with_detail(Text::new(
                format!("{person} 已提出处理意见，须由另一人同意。"),
                english,
            )),
            Refusal::NotForKind(kind) => Self::new(Code::InvalidField).with_field(
                "decision",
                Text::new(
                    format!("{kind} 工单不能这样处理，可选的见 decisions。"),
                    english,
                ),
            ),
            Refusal::NoEvidence => Self::new(Code::InvalidField).with_field(
                "evidence",
                Text::new("请写明依据，1 到 500 个字符。", english),
            ),
            Refusal::WrongState(state) => Self::new(Code::WrongState).with_detail(Text::new(
                format!("工单当前状态为 {state}，不能这样处理。"),
                english,
            )),
            Refusal::Already => Self::new(Code::WrongState).with_detail(Text::same(english)),
        }
    }
}

impl From<FileRefusal> for Problem {
    fn from(refusal: FileRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            FileRefusal::SamePerson => Self::new(Code::Forbidden).with_detail(Text::new(
                "提交文件的人不能自行确认，须由另一人确认。",
                english,
            )),
            FileRefusal::Decided(state) => Self::new(Code::WrongState).with_detail(Text::new(
                format!("文件当前状态为 {state}，只有待确认的文件可以确认或退回。"),
                english,
            )),
            FileRefusal::Already => Self::new(Code::WrongState).with_detail(Text::same(english)),
        }
    }
}

impl From<DayEndError> for Problem {
    fn from(error: DayEndError) -> Self {
        let english = error.to_string();
        match error {
            DayEndError::NotEnded(date) => Self::new(Code::WrongState).with_detail(Text::new(
                format!("{date} 尚未日切，请在日切之后再办理。"),
                english,
            )),
            DayEndError::NotClosed(date) => Self::new(Code::WrongState)
                .with_detail(Text::new(format!("{date} 尚未关账，请先关账。"), english)),
            DayEndError::File(error) => Self::new(Code::InvalidField).with_field(
                format!("file:{}:{}", error.line, error.column),
                Text::same(format!("{}; {}", error.problem, error.mend)),
            ),
            DayEndError::WrongFile { field, problem } => {
                Self::new(Code::InvalidField).with_field(field, Text::same(problem))
            }
            DayEndError::NumberTaken { next, .. } => Self::new(Code::WrongState).with_detail(
                Text::new(format!("序号不对：更正须用新文件，序号 {next}。"), english),
            ),
            DayEndError::Replaced { newest, next, .. } => Self::new(Code::WrongState).with_detail(
                Text::new(
                    format!("该文件已被第 {newest} 号文件更正；若其内容确实正确，请以序号 {next} 重新生成。"),
                    english,
                ),
            ),
            DayEndError::Overtaken { newest, .. } => Self::new(Code::WrongState).with_detail(
                Text::new(format!("当日第 {newest} 号文件已生效，本文件不能再生效。"), english),
            ),
            DayEndError::DigestDiffers => Self::new(Code::DigestDiffers).with_detail(Text::new(
                "所报摘要与文件不符，请重新读取文件。",
                english,
            )),
            DayEndError::NotDecided(refusal) => refusal.into(),
            DayEndError::NotFound => Self::not_found(),
            DayEndError::NotChecked(_)
            | DayEndError::NotComparedSince { .. }
            | DayEndError::NoAccount(_)
            | DayEndError::TooLarge(_)
            | DayEndError::Refused(_) => {
                Self::new(Code::WrongState).with_detail(Text::same(english))
            }
            DayEndError::Busy => Self::new(Code::Overloaded).with_retry_after(1),
            DayEndError::WorkOrder(error) => error.into(),
            DayEndError::Store(error) => error.into(),
            DayEndError::Objects(error) => Self::internal(error),
            DayEndError::Seal(error) => Self::internal(error),
        }
    }
}
