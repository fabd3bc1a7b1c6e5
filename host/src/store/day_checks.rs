//! What the latest comparison of each biller's day found.

use guichet_domain::id::{BillerId, RecordId};
use guichet_domain::reconciliation::{Finding, Match, Sides};
use guichet_domain::{AccountingDate, Moment};

use super::{Row, Statement, Store, StoreError};

/// Findings of one biller's day that are read; more are a matter of their own.
const FINDINGS: u32 = 10_000;

/// One comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCheckRow {
    /// The day.
    pub date: AccountingDate,
    /// Whose.
    pub biller: BillerId,
    /// The biller's file; none where it has not come.
    pub day_file: Option<RecordId>,
    /// References on which all agree.
    pub matched: i64,
    /// References that people must look at.
    pub different: i64,
    /// References whose outcome is still open.
    pub open_items: i64,
    /// When.
    pub checked_at: Moment,
}

/// One reference that did not simply match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayFindingRow {
    /// The day.
    pub date: AccountingDate,
    /// Whose.
    pub biller: BillerId,
    /// The payment's id, or another side's reference.
    pub reference: String,
    /// What was found.
    pub finding: Finding,
    /// What each side says.
    pub sides: Sides,
}

impl Store {
    /// Keeps a comparison in place of the one before.
    pub async fn put_day_check(
        &self,
        check: &DayCheckRow,
        unmatched: &[Match],
    ) -> Result<(), StoreError> {
        let day = || [check.date.to_string().into(), check.biller.as_str().into()];
        let mut statements = vec![
            Statement::new(
                "delete from day_findings where accounting_date = $1 and biller = $2",
                day().to_vec(),
            ),
            Statement::new(
                "insert into day_checks (accounting_date, biller, day_file, matched, different, \
                 open_items, checked_at) values ($1, $2, $3, $4, $5, $6, $7) \
                 on conflict (accounting_date, biller) do update set \
                 day_file = excluded.day_file, matched = excluded.matched, \
                 different = excluded.different, open_items = excluded.open_items, \
                 checked_at = excluded.checked_at",
                vec![
                    check.date.to_string().into(),
                    check.biller.as_str().into(),
                    check.day_file.as_ref().map(ToString::to_string).into(),
                    check.matched.into(),
                    check.different.into(),
                    check.open_items.into(),
                    check.checked_at.into(),
                ],
            ),
        ];
        for one in unmatched {
            statements.push(Statement::new(
                "insert into day_findings \
                 (accounting_date, biller, reference, finding, sides) \
                 values ($1, $2, $3, $4, $5)",
                vec![
                    check.date.to_string().into(),
                    check.biller.as_str().into(),
                    one.reference.as_str().into(),
                    one.finding.as_str().into(),
                    serde_json::to_string(&one.sides)?.into(),
                ],
            ));
        }
        self.write(statements).await.map(drop)
    }

    /// The comparisons of a day, in the order of billers.
    pub async fn day_checks(&self, date: AccountingDate) -> Result<Vec<DayCheckRow>, StoreError> {
        let rows = self
            .fetch(
                "select accounting_date, biller, day_file, matched, different, open_items, \
                 checked_at from day_checks where accounting_date = $1 order by biller",
                &[date.to_string().into()],
            )
            .await?;
        rows.iter().map(read_check).collect()
    }

    /// What a biller's day left unmatched, in the order of references.
    pub async fn day_findings(
        &self,
        date: AccountingDate,
        biller: &BillerId,
    ) -> Result<Vec<DayFindingRow>, StoreError> {
        let rows = self
            .fetch(
                "select accounting_date, biller, reference, finding, sides from day_findings \
                 where accounting_date = $1 and biller = $2 order by reference limit $3",
                &[
                    date.to_string().into(),
                    biller.as_str().into(),
                    FINDINGS.into(),
                ],
            )
            .await?;
        rows.iter().map(read_finding).collect()
    }
}

fn read_check(row: &Row) -> Result<DayCheckRow, StoreError> {
    let day_file = row.text_or_none(2)?.map(str::parse).transpose();
    Ok(DayCheckRow {
        date: row.parsed(0)?,
        biller: row.parsed(1)?,
        day_file: day_file.map_err(|_| StoreError::Shape(2))?,
        matched: row.int(3)?,
        different: row.int(4)?,
        open_items: row.int(5)?,
        checked_at: row.moment(6)?,
    })
}

fn read_finding(row: &Row) -> Result<DayFindingRow, StoreError> {
    let finding = row.text(3)?.parse();
    Ok(DayFindingRow {
        date: row.parsed(0)?,
        biller: row.parsed(1)?,
        reference: row.text(2)?.to_owned(),
        finding: finding.map_err(|()| StoreError::Shape(3))?,
        sides: serde_json::from_str(row.text(4)?)?,
    })
}
