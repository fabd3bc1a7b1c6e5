//! The page that stands beside a package made of a document.

use super::calls::Calls;
use super::document::Document;
use super::plan::Plan;
use super::security::Credential;

pub(super) fn text(
    document: &Document,
    plan: &Plan,
    calls: &Calls<'_>,
    credentials: &[Credential],
) -> String {
    let mut text = format!(
        "# {}\n\nMade by `guichet plugin from-openapi` of `{}`. Change the document or the mapping and make it again, or change the files here; they are an ordinary declarative package.\n\n| call | request | may change something |\n|---|---|---|\n",
        plan.package, document.file
    );
    for (call, intent) in calls.all() {
        let operation = &call.reader.operation;
        text.push_str(&format!(
            "| {} | `{} {}` | {} |\n",
            operation.name,
            operation.method,
            call.request.section["path"].as_str().unwrap_or_default(),
            if intent == "effect" { "yes" } else { "no" }
        ));
    }
    for credential in credentials {
        text.push_str(&format!(
            "\nThe operator binds the header `{}` as `{}` to a secret.\n",
            credential.header, credential.format
        ));
    }
    text.push_str(
        "\n## The way\n\n```sh\nguichet plugin check      # everything that a registry would refuse, with file, line and mend\nguichet plugin test       # plays tests/*.json\nguichet plugin certify    # plays them with every fault\nguichet plugin build      # NAME-VERSION.guichet, to be published\n```\n\n`tests/paid.json` was made of the document's examples. Record a true one from the biller's test system with `guichet plugin record` before you publish.\n",
    );
    text
}
