//! What a reader of a result must know: not an error, but not to be kept quiet about either.

use serde::Serialize;

/// One remark: a stable word for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// For programs: `"first_volume"`, `"not_a_number"`, ….
    pub code: &'static str,
    /// For people, with the value it is about.
    pub message: String,
}

impl Note {
    /// A note.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}
