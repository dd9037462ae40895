//! The text of a NRRD header into its fields.

use std::collections::BTreeMap;

use hounsfield::Error;

/// Fields by their name in lower case without blanks (`spacedirections`), `key:=value` apart.
#[derive(Debug, Default)]
pub(super) struct Fields {
    fields: BTreeMap<String, String>,
    pub(super) pairs: BTreeMap<String, String>,
    /// What follows `data file: LIST`, a name a line.
    pub(super) listed: Vec<String>,
    /// Where the blank line ends, if there is one.
    pub(super) end: Option<usize>,
}

impl Fields {
    /// # Errors
    /// [`Error::NotAScan`] without the magic word.
    pub(super) fn read(header: &[u8]) -> Result<Self, Error> {
        let mut fields = Self::default();
        let mut at = 0;
        let mut list = false;
        for (n, line) in header.split_inclusive(|byte| *byte == b'\n').enumerate() {
            at += line.len();
            let text = String::from_utf8_lossy(line);
            let text = text.trim_end_matches(['\n', '\r']);
            if n == 0 {
                if !text.starts_with("NRRD000") {
                    let found = format!("its first line is {:?}", short(text));
                    return Err(Error::NotAScan { found });
                }
            } else if list {
                let name = text.trim();
                if !name.is_empty() && !name.starts_with('#') {
                    fields.listed.push(name.to_owned());
                }
            } else if text.is_empty() {
                fields.end = Some(at);
                break;
            } else if !text.starts_with('#') {
                if let Some((key, value)) = text.split_once(":=") {
                    fields.pairs.insert(key.to_owned(), value.to_owned());
                } else if let Some((name, value)) = text.split_once(':') {
                    let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
                    let name = name.to_lowercase();
                    list = name == "datafile" && value.trim_start().starts_with("LIST");
                    fields.fields.insert(name, value.trim().to_owned());
                }
            }
        }
        Ok(fields)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A field that must be there.
    pub(super) fn need(&self, name: &'static str) -> Result<&str, Error> {
        self.get(name).ok_or(Error::BadHeader {
            field: name,
            value: "missing".into(),
            expected: "a NRRD header must have it",
        })
    }

    /// A whole number; `default` when the field is not there.
    pub(super) fn whole(&self, name: &'static str, default: i64) -> Result<i64, Error> {
        let Some(text) = self.get(name) else { return Ok(default) };
        text.parse().map_err(|_| bad(name, text, "a whole number was expected"))
    }
}

pub(super) fn bad(field: &'static str, value: &str, expected: &'static str) -> Error {
    Error::BadHeader { field, value: format!("{:?}", short(value)), expected }
}

/// The beginning of a text that a file decides.
pub(super) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
