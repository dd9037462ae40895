//! What a reader of a result must know: not an error, but not to be kept quiet about either.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// One remark: a stable word for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// For programs: `"first_volume"`, `"not_a_number"`, ….
    pub code: Cow<'static, str>,
    /// For people, with the value it is about.
    pub message: String,
}

impl Note {
    /// A note.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }
}
