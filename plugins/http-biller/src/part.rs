//! One section of the mapping, seen at one place: its keys are checked, its
//! templates filled, its lists walked, and a mistake is told with its place. In
//! a check the same walk is made with no values, once through every list, so
//! that what is accepted and what is carried out cannot drift apart.

use std::borrow::Cow;

use crate::error::Fault;
use crate::node::Node;
use crate::scope::View;
use crate::template;

/// Rows of one list that are read.
const ROW_LIMIT: usize = 1_000;

/// What is done with each row of a list.
type Visit<'f> = &'f mut dyn FnMut(&Part<'_>) -> Result<(), Fault>;

/// The text of a key, before it is put into a shape.
enum Leaf<'r> {
    Nothing,
    Text(Cow<'r, str>),
    /// A template during a check: any text.
    Any,
}

/// Where a section stands, from the inside out.
#[derive(Clone, Copy)]
struct Place<'p> {
    parent: Option<&'p Self>,
    key: &'p str,
}

impl Place<'_> {
    fn told(&self) -> String {
        match self.parent {
            Some(parent) => format!("{}.{}", parent.told(), self.key),
            None => self.key.to_owned(),
        }
    }
}

/// A section with what can be seen from it.
#[derive(Clone, Copy)]
pub struct Part<'r> {
    node: &'r Node<'r>,
    place: Place<'r>,
    /// What its templates can speak of.
    pub view: View<'r>,
}

impl<'r> Part<'r> {
    /// A section without a parent.
    pub fn new(node: &'r Node<'r>, name: &'r str, view: View<'r>) -> Self {
        Self {
            node,
            place: Place {
                parent: None,
                key: name,
            },
            view,
        }
    }

    /// The same section with another view.
    #[must_use]
    pub fn seeing(self, view: View<'r>) -> Self {
        Self { view, ..self }
    }

    /// A mistake at a key of this section.
    pub fn mistake(&self, key: &str, problem: impl Into<String>) -> Fault {
        Fault::mapping(problem).at(|| self.told(key))
    }

    /// The answer does not belong to the question.
    pub fn foreign(&self, key: &str) -> Fault {
        Fault::value("does not hold: the answer belongs to something else").at(|| self.told(key))
    }

    fn told(&self, key: &str) -> String {
        if key.is_empty() {
            self.place.told()
        } else {
            format!("{}.{key}", self.place.told())
        }
    }

    /// Refuses keys that mean nothing here.
    pub fn keys(&self, allowed: &[&str]) -> Result<(), Fault> {
        if !matches!(self.node, Node::Object(_)) {
            return Err(self.mistake("", format!("wants an object with {}", allowed.join(", "))));
        }
        for (key, _) in self.node.members() {
            if !allowed.contains(&&**key) && !matches!(&**key, "each" | "when" | "unless") {
                return Err(self.mistake(
                    key,
                    format!("means nothing here; there are {}", allowed.join(", ")),
                ));
            }
        }
        Ok(())
    }

    /// What stands at a key, null as nothing.
    pub fn node(&self, key: &str) -> Option<&'r Node<'r>> {
        self.node
            .get(key)
            .filter(|node| !matches!(node, Node::Null))
    }

    /// The section as it is written.
    pub fn written(&self) -> &'r Node<'r> {
        self.node
    }

    /// A section inside this one.
    pub fn part<'s>(&'s self, key: &'s str) -> Option<Part<'s>> {
        let node = self.node(key)?;
        Some(Part {
            node,
            place: Place {
                parent: Some(&self.place),
                key,
            },
            view: self.view,
        })
    }

    /// A section that must be there.
    pub fn required_part<'s>(&'s self, key: &'s str) -> Result<Part<'s>, Fault> {
        self.part(key)
            .ok_or_else(|| self.mistake(key, "is missing"))
    }

    /// The sections of a list: each as written, or once for each row where it
    /// says `each`; those whose `when` does not hold are left out.
    pub fn list<T>(
        &self,
        key: &str,
        mut make: impl FnMut(&Part<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut made = Vec::new();
        self.entries(key, &mut |row| {
            made.push(make(row)?);
            Ok(())
        })?;
        Ok(made)
    }

    /// What is made of each row of the list that the path at `key` names.
    pub fn rows_of<T>(
        &self,
        key: &str,
        mut make: impl FnMut(&Part<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut made = Vec::new();
        if self.node(key).is_none() {
            return Err(self.mistake(key, "is missing: a path like answer.rows"));
        }
        self.walk(key, &mut |row| {
            made.push(make(row)?);
            Ok(())
        })?;
        Ok(made)
    }

    /// The walk itself is not generic: it is compiled once for all shapes.
    fn entries(&self, key: &str, visit: Visit<'_>) -> Result<(), Fault> {
        let Some(list) = self.part(key) else {
            return Ok(());
        };
        for node in list.node.elements() {
            let entry = Part { node, ..list };
            entry.walk("each", &mut |row| {
                if row.holds()? { visit(row) } else { Ok(()) }
            })?;
        }
        Ok(())
    }

    fn walk(&self, key: &str, visit: Visit<'_>) -> Result<(), Fault> {
        let Some(each) = self.node(key) else {
            return visit(self);
        };
        let Node::Text(expression) = each else {
            return Err(self.mistake(key, "is a path like answer.bills"));
        };
        if self.view.checking() {
            template::check_expression(expression, &self.view)
                .map_err(|fault| fault.at(|| self.told(key)))?;
            let row = Some((&Node::Null, 0));
            return visit(&Part {
                view: View { row, ..self.view },
                ..*self
            });
        }
        let rows = self.evaluate(key, expression)?;
        let rows = rows.as_deref().map_or(&[][..], Node::elements);
        if rows.len() > ROW_LIMIT {
            let problem = format!("has more than {ROW_LIMIT} rows");
            return Err(Fault::value(problem).at(|| self.told(key)));
        }
        for (index, row) in rows.iter().enumerate() {
            visit(&Part {
                view: View {
                    row: Some((row, index)),
                    ..self.view
                },
                ..*self
            })?;
        }
        Ok(())
    }

    /// A list's path may lead nowhere: then there are no rows.
    fn evaluate(&self, key: &str, expression: &str) -> Result<Option<Cow<'r, Node<'r>>>, Fault> {
        let optional = if expression.contains('?') {
            Cow::Borrowed(expression)
        } else {
            let (path, filters) =
                expression.split_at(expression.find('|').unwrap_or(expression.len()));
            Cow::Owned(format!("{}?{filters}", path.trim_end()))
        };
        template::evaluate(&optional, &self.view).map_err(|fault| fault.at(|| self.told(key)))
    }

    /// Whether `when` and `unless` let this section be.
    pub fn holds(&self) -> Result<bool, Fault> {
        let when = self
            .node("when")
            .map_or(Ok(true), |node| self.condition("when", node))?;
        let unless = self
            .node("unless")
            .map_or(Ok(false), |node| self.condition("unless", node))?;
        Ok(self.view.checking() || (when && !unless))
    }

    /// `[template, value, …]`: one of the values; a template: anything but
    /// nothing, `false` and `0`.
    fn condition(&self, key: &str, node: &'r Node<'r>) -> Result<bool, Fault> {
        let [Node::Text(template), values @ ..] = node.elements() else {
            return Err(self.mistake(key, "is a template, or a list of a template and values"));
        };
        let filled = self.fill(key, template)?;
        let text = filled.as_ref().and_then(Node::plain).unwrap_or_default();
        if values.is_empty() {
            let anything = filled.as_ref().is_some_and(|value| !value.is_empty());
            return Ok(anything && text != "false" && text != "0");
        }
        Ok(values
            .iter()
            .any(|value| value.plain().as_deref() == Some(&*text)))
    }

    fn fill(&self, key: &str, text: &'r str) -> Result<Option<Node<'r>>, Fault> {
        if self.view.checking() {
            template::check(text, &self.view).map_err(|fault| fault.at(|| self.told(key)))?;
            return Ok(None);
        }
        template::fill(text, &self.view).map_err(|fault| fault.at(|| self.told(key)))
    }

    /// The filled value of a key; structures included. None where nothing is.
    pub fn value(&self, key: &str) -> Result<Option<Node<'r>>, Fault> {
        match self.node(key) {
            None => Ok(None),
            Some(Node::Text(text)) => self.fill(key, text),
            Some(Node::Object(texts)) => self.by_language(key, texts),
            Some(plain @ (Node::Number(_) | Node::Boolean(_))) => Ok(Some(plain.clone())),
            Some(_) => Err(self.mistake(
                key,
                "wants a template, or an object of one for each language",
            )),
        }
    }

    fn by_language(
        &self,
        key: &str,
        texts: &'r [(Cow<'r, str>, Node<'r>)],
    ) -> Result<Option<Node<'r>>, Fault> {
        let mut chosen = None;
        let language = |tag: &'r str| tag.split('-').next().unwrap_or(tag);
        for (tag, text) in texts {
            let (Node::Text(text), true) = (text, tag.len() >= 2 && !tag.contains(' ')) else {
                return Err(self.mistake(
                    key,
                    "wants a template, or one for each language: {\"zh-CN\": …, \"en\": …}",
                ));
            };
            if self.view.checking() {
                self.fill(key, text)?;
            } else if chosen.is_none() && language(tag) == language(self.view.call.locale) {
                chosen = Some(text);
            }
        }
        let first = texts.first().and_then(|(_, text)| match text {
            Node::Text(text) => Some(text),
            _ => None,
        });
        match chosen.or(first) {
            Some(text) if !self.view.checking() => self.fill(key, text),
            _ => Ok(None),
        }
    }

    /// A key's text put into a shape. In a check, templates give the stand-in.
    pub fn parsed<T>(
        &self,
        key: &str,
        stand_in: T,
        parse: impl Fn(&str) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        match self.leaf(key)? {
            Leaf::Nothing => Ok(None),
            Leaf::Any => Ok(Some(stand_in)),
            Leaf::Text(text) => parse(&text)
                .map(Some)
                .map_err(|fault| self.unfit(key, fault)),
        }
    }

    /// A constant that does not fit is the mapping's mistake; a value is not.
    fn unfit(&self, key: &str, fault: Fault) -> Fault {
        match self.node(key) {
            Some(Node::Text(text)) if template::is_constant(text) => {
                self.mistake(key, fault.problem())
            }
            _ => fault.at(|| self.told(key)),
        }
    }

    fn leaf(&self, key: &str) -> Result<Leaf<'r>, Fault> {
        let value = self.value(key)?;
        if self.view.checking() {
            return Ok(match self.node(key) {
                Some(Node::Text(text)) if template::is_constant(text) => {
                    Leaf::Text(Cow::Borrowed(text))
                }
                Some(_) => Leaf::Any,
                None => Leaf::Nothing,
            });
        }
        match value {
            None => Ok(Leaf::Nothing),
            Some(value) if value.is_empty() => Ok(Leaf::Nothing),
            Some(Node::Text(text) | Node::Number(text)) => Ok(Leaf::Text(text)),
            Some(value @ Node::List(_)) => Ok(Leaf::Text(crate::filter::join_commas(&value)?)),
            Some(other) => {
                let text = other.plain().map(|text| Cow::Owned(text.into_owned()));
                let wrong = || Fault::value("is a structure where a text is wanted");
                text.map(Leaf::Text)
                    .ok_or_else(|| wrong().at(|| self.told(key)))
            }
        }
    }

    /// A shape that must be there.
    pub fn required<T>(&self, key: &str, value: Option<T>) -> Result<T, Fault> {
        value.ok_or_else(|| match self.node(key) {
            None => self.mistake(key, "is missing"),
            Some(_) => Fault::value("nothing came to fill it").at(|| self.told(key)),
        })
    }

    /// A text that may be missing.
    pub fn text(&self, key: &str) -> Result<Option<String>, Fault> {
        self.parsed(key, String::new(), |text| Ok(text.to_owned()))
    }

    /// A text that must be there.
    pub fn required_text(&self, key: &str) -> Result<String, Fault> {
        self.required(key, self.text(key)?)
    }

    /// A word written in the mapping itself, no template.
    pub fn word(&self, key: &str) -> Result<Option<&'r str>, Fault> {
        match self.node(key) {
            None => Ok(None),
            Some(Node::Text(text)) if template::is_constant(text) => Ok(Some(text)),
            Some(_) => Err(self.mistake(key, "wants a plain text without placeholders")),
        }
    }

    /// A whole number that may be missing.
    pub fn whole(&self, key: &str) -> Result<Option<u32>, Fault> {
        self.parsed(key, 0, |text| {
            text.trim()
                .parse()
                .map_err(|_| Fault::value("is no whole number"))
        })
    }
}
