//! `guichet services`: find and show.

use form_urlencoded::Serializer;
use serde_json::Value;

use super::connection::Connection;
use super::exit::{Ending, Failure};
use super::output::{Lines, Output, amount, list, text};
use super::requests::ServicesCommand;

/// What a search is narrowed to, beside its words.
struct Filter<'a> {
    words: String,
    region: Option<&'a str>,
    category: Option<&'a str>,
    kind: Option<&'a str>,
    limit: u32,
}

impl Filter<'_> {
    fn path(&self) -> String {
        let mut query = Serializer::new(String::new());
        query
            .append_pair("q", &self.words)
            .append_pair("limit", &self.limit.to_string());
        let narrowing = [
            ("region", self.region),
            ("category", self.category),
            ("kind", self.kind),
        ];
        for (name, value) in narrowing {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        format!("/v1/services?{}", query.finish())
    }
}

pub(super) async fn run(
    command: &ServicesCommand,
    connect: impl Fn(&super::requests::Connection) -> Result<Connection, Failure>,
    output: Output,
) -> Result<Ending, Failure> {
    match command {
        ServicesCommand::Search {
            words,
            region,
            category,
            kind,
            limit,
            connection,
        } => {
            let filter = Filter {
                words: words.join(" "),
                region: region.as_deref(),
                category: category.as_deref(),
                kind: kind.as_deref(),
                limit: *limit,
            };
            let answer = connect(connection)?.get(&filter.path()).await?;
            output.answer(&answer, |lines| draw_list(lines, &answer));
            Ok(Ending::Done)
        }
        ServicesCommand::Show {
            service,
            connection,
        } => {
            let path = format!("/v1/services/{}", super::segment(service)?);
            let answer = connect(connection)?.get(&path).await?;
            output.answer(&answer, |lines| draw_service(lines, &answer));
            Ok(Ending::Done)
        }
    }
}

fn draw_list(lines: &mut Lines, answer: &Value) {
    let services = list(answer, "items");
    if services.is_empty() {
        lines.say(
            "没有找到。换个说法试试，例如：guichet services search 杭州 水费",
            "Nothing found. Try other words, such as: guichet services search hangzhou water",
        );
        return;
    }
    let row = |service: &Value| {
        ["code", "kind", "title"]
            .map(|name| text(service, name).to_owned())
            .into_iter()
            .chain([text(&service["biller"], "name").to_owned()])
            .collect()
    };
    let rows: Vec<Vec<String>> = services.iter().map(row).collect();
    lines.table(
        &[
            ("项目代码", "Code"),
            ("类型", "Kind"),
            ("名称", "Title"),
            ("收费单位", "Biller"),
        ],
        &rows,
    );
    if answer["next_cursor"].is_string() {
        lines.say(
            "还有更多，可用 --limit 或更多词语缩小范围。",
            "There are more; narrow the search or raise --limit.",
        );
    }
}

fn draw_service(lines: &mut Lines, service: &Value) {
    lines.line(&format!(
        "{}  [{}]",
        text(service, "title"),
        text(service, "code")
    ));
    lines.line(text(service, "description"));
    lines.pair("类型", "Kind", text(service, "kind"));
    lines.pair("收费单位", "Biller", text(&service["biller"], "name"));
    lines.pair("缴费流程", "Flow", text(&service["payment"], "flow"));
    lines.pair(
        "账单选择",
        "Selection",
        text(&service["payment"], "selection"),
    );
    lines.pair(
        "单笔限额",
        "Per payment",
        &amount(&service["payment"]["limits"]["per_payment"]),
    );
    if service["windows"]["open_now"] == false {
        lines.pair(
            "当前不可办理",
            "Closed now",
            text(&service["windows"], "closed_reason"),
        );
    }
    let scopes: Vec<&str> = list(&service["consent"], "scopes")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    lines.pair("需要授权", "Needs consent", &scopes.join(", "));
    for notice in list(service, "notices") {
        lines.pair("提示", "Notice", notice.as_str().unwrap_or_default());
    }
    let tag = lines.language.tag();
    let required = list(&service["inputs"], "required");
    let row = |(name, property): (&String, &Value)| {
        let mark = if required.iter().any(|field| field == name) {
            "*"
        } else {
            ""
        };
        let hints = &property["x-guichet"];
        vec![
            format!("{name}{mark}"),
            text(&hints["label"], tag).to_owned(),
            text(&hints["help"], tag).to_owned(),
        ]
    };
    let properties = service["inputs"]["properties"].as_object();
    let rows: Vec<Vec<String>> = properties.into_iter().flatten().map(row).collect();
    if !rows.is_empty() {
        lines.line("");
        lines.table(
            &[("填写项", "Input"), ("名称", "Label"), ("说明", "Help")],
            &rows,
        );
    }
    lines.line("");
    for permission in list(service, "permissions") {
        lines.line(&format!("- {}", permission.as_str().unwrap_or_default()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped_into_the_query() {
        let filter = Filter {
            words: "杭州 水费&x".into(),
            region: Some("330100"),
            category: None,
            kind: None,
            limit: 5,
        };
        assert_eq!(
            filter.path(),
            "/v1/services?q=%E6%9D%AD%E5%B7%9E+%E6%B0%B4%E8%B4%B9%26x&limit=5&region=330100"
        );
    }
}
