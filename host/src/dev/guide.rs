//! What `guichet dev` prints once it is ready: one line for programs, or what a
//! person can try next, with commands that work when they are pasted.

use std::io::Write as _;

use anyhow::Result;
use guichet_registry::Service;

use super::DevFile;
use crate::app::App;

/// One line of JSON.
pub(super) fn json(file: &DevFile) -> Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, file)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// What to try next.
pub(super) fn text(app: &App, file: &DevFile) -> Result<()> {
    let shelf = app.plugins().shelf();
    let services = shelf.catalogue().entries().len();
    let program = std::env::current_exe()?;
    let data = app.settings().data.display();
    let first = |category: &str| {
        let all = shelf
            .catalogue()
            .entries()
            .iter()
            .map(|entry| &*entry.service);
        let own: Vec<&Service> = all.filter(|s| s.category.as_str() == category).collect();
        let in_hangzhou = own
            .iter()
            .find(|s| s.regions.iter().any(|r| r.as_str().starts_with("3301")));
        in_hangzhou
            .or(own.first())
            .map(|service| service.code.clone())
    };
    let code = |category: &str| first(category).map(String::from).unwrap_or_default();
    let (water, mut out) = (code("water"), std::io::stdout().lock());
    writeln!(
        out,
        "
Guichet is ready: {services} services.

  pages      {url}/
  API        {url}/v1     description: {url}/docs
  city       {city}     its log of effects: {city}/_log?service={water}
  bank       {bank}     its log of effects: {bank}/_log
  token      {token}

Try it from another terminal (paste as it stands):

  export GUICHET_DATA={data}
  G={program}

  $G services search 杭州 水费
  $G bills query {water} --sample         # an account that owes something now
  $G pay last --all
  $G payments show last                   # with the receipt
  curl -s '{city}/_log?service={water}'; echo
  $G replay last                          # what the plugin did, once more, bit for bit
  $G ledger check

  # the same from an account that a bank holds: held, applied, captured
  $G bills query {water} --sample && $G pay last --all --from {bank_account}
  curl -s '{bank}/_log'; echo

  # prepaid power: what the meter needs stands on the receipt
  $G bills query {power} --sample && $G pay last --amount 50

  # a traffic fine goes to the treasury
  $G bills query {fine} --sample && $G pay last --all

  # documents and codes need the citizen's consent
  $G inquire {fund} --sample              # refused
  $G consents grant {fund} && $G inquire {fund} --sample --consent last

  # a credit report is ready later
  $G consents grant {credit} && $G inquire {credit} --sample --consent last
  sleep 3; $G inquiries show last

  $G consents grant {medical} && $G credential {medical} --sample --consent last

  # who publishes and reviews: docs/guide-merchant.md, docs/guide-reviewer.md
  $G registry review list --as rita

Stop with Ctrl-C. The data stay in {data}.
",
        url = file.url,
        city = file.city_url,
        bank = file.bank_url,
        bank_account = file.bank_account,
        token = file.token,
        program = program.display(),
        power = code("prepaid-power"),
        fine = code("traffic-fine"),
        fund = code("provident-fund"),
        credit = code("credit-report"),
        medical = code("medical-insurance"),
    )?;
    Ok(out.flush()?)
}
