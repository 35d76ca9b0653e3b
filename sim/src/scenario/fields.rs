//! Tables of a scenario file, taken apart key by key, with the place of each value at hand.

use std::fmt::Display;
use std::ops::Range;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ScenarioError, Source};

/// A value and where it stands.
pub(super) type Value<'t> = Spanned<DeValue<'t>>;

/// The longest duration that makes sense in a scenario.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// One table. Whoever reads it takes all keys it knows; what is left in the end is unknown.
#[derive(Clone, Debug)]
pub(super) struct Fields<'s, 't> {
    source: Source<'s>,
    what: &'static str,
    span: Range<usize>,
    table: &'s DeTable<'t>,
    asked: Vec<&'static str>,
}

impl<'s, 't> Fields<'s, 't> {
    /// The keys of `value`, which has to be a table; `what` names it in errors.
    pub(super) fn of(
        source: Source<'s>,
        what: &'static str,
        value: &'s Value<'t>,
    ) -> Result<Self, ScenarioError> {
        let Some(table) = value.get_ref().as_table() else {
            return Err(mismatch(source, value, &format!("a table, `[{what}]`")));
        };
        Ok(Fields::new(source, what, value.span(), table))
    }

    /// The keys of a table that stands at `span`.
    pub(super) fn new(
        source: Source<'s>,
        what: &'static str,
        span: Range<usize>,
        table: &'s DeTable<'t>,
    ) -> Self {
        Fields { source, what, span, table, asked: Vec::new() }
    }

    /// The value of `key`, if it is there.
    pub(super) fn take(&mut self, key: &'static str) -> Option<&'s Value<'t>> {
        self.asked.push(key);
        self.table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// The value of `key`, which has to be there.
    pub(super) fn need(
        &mut self,
        key: &'static str,
        example: &str,
    ) -> Result<&'s Value<'t>, ScenarioError> {
        let what = self.what;
        self.take(key).ok_or_else(|| {
            self.error(format!("`{key}` is missing from this {what}"))
                .hint(format!("add, for example, `{key} = {example}`"))
        })
    }

    /// An error that concerns the whole table.
    pub(super) fn error(&self, message: impl Into<String>) -> ScenarioError {
        self.source.error(self.span.clone(), message)
    }

    /// The names of all keys that are there.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&'s str, Range<usize>)> + use<'s, 't> {
        self.table.iter().map(|(name, _)| (&**name.get_ref(), name.span()))
    }

    /// Complains about a key that nobody asked for.
    pub(super) fn finish(self) -> Result<(), ScenarioError> {
        match self.keys().find(|(name, _)| !self.asked.contains(name)) {
            None => Ok(()),
            Some((name, span)) => Err(self
                .source
                .error(span, format!("unknown key `{name}` in this {}", self.what))
                .nearest(name, &self.asked)),
        }
    }
}

/// "expected this, found that".
pub(super) fn mismatch(source: Source<'_>, value: &Value<'_>, expected: &str) -> ScenarioError {
    let found = value.get_ref().type_str();
    source.error(value.span(), format!("expected {expected}, found {} {found}", article(found)))
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// A text.
pub(super) fn text<'s>(
    source: Source<'_>,
    value: &'s Value<'_>,
    expected: &str,
) -> Result<&'s str, ScenarioError> {
    value.get_ref().as_str().ok_or_else(|| mismatch(source, value, expected))
}

/// True or false.
pub(super) fn flag(source: Source<'_>, value: &Value<'_>) -> Result<bool, ScenarioError> {
    value.get_ref().as_bool().ok_or_else(|| mismatch(source, value, "`true` or `false`"))
}

/// A list, or one value that stands for a list of one.
pub(super) fn list<'s, 't>(value: &'s Value<'t>) -> Vec<&'s Value<'t>> {
    match value.get_ref().as_array() {
        Some(values) => values.iter().collect(),
        None => vec![value],
    }
}

/// A whole number in these bounds, both included.
pub(super) fn number<T: Copy + Display + PartialOrd + TryFrom<i128>>(
    source: Source<'_>,
    value: &Value<'_>,
    bounds: (T, T),
) -> Result<T, ScenarioError> {
    let (least, most) = bounds;
    let expected = format!("a whole number from {least} to {most}");
    let Some(integer) = value.get_ref().as_integer() else {
        return Err(mismatch(source, value, &expected));
    };
    let found = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
    found
        .and_then(|number| T::try_from(number).ok())
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| {
            source.error(value.span(), format!("expected {expected}, found {}", integer.as_str()))
        })
}

/// A length of time that is more than nothing.
pub(super) fn positive(source: Source<'_>, value: &Value<'_>) -> Result<Duration, ScenarioError> {
    let length = duration(source, value)?;
    if length.is_zero() {
        return Err(source.error(value.span(), "expected more than no time at all"));
    }
    Ok(length)
}

/// A length of time such as `"300ms"` or `"2s"`.
pub(super) fn duration(source: Source<'_>, value: &Value<'_>) -> Result<Duration, ScenarioError> {
    let expected = "a duration such as \"300ms\", \"2s\" or \"1.5s\"";
    let text = text(source, value, expected)?;
    let wrong = || source.error(value.span(), format!("expected {expected}, found \"{text}\""));
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let scale: u64 = match &text[digits.len()..] {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "m" => 60_000_000,
        "h" => 3_600_000_000,
        _ => return Err(wrong().hint("the units are us, ms, s, m and h")),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || part.len() > 6 || !part.chars().all(|digit| digit.is_ascii_digit()) {
        return Err(wrong());
    }
    let whole: u64 = whole.parse().map_err(|_| wrong())?;
    let part: u64 = format!("{part:0<6}").parse().map_err(|_| wrong())?;
    let micros = whole.checked_mul(scale).ok_or_else(wrong)? + part * scale / 1_000_000;
    let length = Duration::from_micros(micros);
    if length > LONGEST { Err(wrong().hint("a day is the longest")) } else { Ok(length) }
}
