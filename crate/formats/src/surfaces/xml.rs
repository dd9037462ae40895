//! The few words of XML that a 3MF model is made of, read as they come.

use std::{
    borrow::Cow,
    io::{self, BufRead, Read},
    str::FromStr,
};

use hounsfield::Error;
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::damaged;

/// A tag with all it says is shorter than this; what pretends to be longer is not waited for.
const MOST_TAG_BYTES: usize = 1 << 16;

/// What a model is made of.
pub(super) enum Tag<'a> {
    /// A tag with its attributes; `is_empty`: without anything inside.
    Start {
        name: &'a str,
        attributes: Attributes<'a>,
        is_empty: bool,
    },
    End {
        name: &'a str,
    },
    /// What stands between two tags, entities aside.
    Text(&'a str),
}

/// A tag's attributes.
pub(super) struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// One by its name without a prefix; `None` where it is not there or no text.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut all = self.0.attributes();
        let mut all = all.with_checks(false).filter_map(Result::ok);
        let found = all.find(|one| one.key.local_name().as_ref() == name);
        found?.normalized_value(XmlVersion::default()).ok().map(Cow::into_owned)
    }

    /// Several numbers at once; `None` where one is missing or none.
    pub(super) fn numbers<T: FromStr + Copy + Default, const N: usize>(
        &self,
        names: [&str; N],
    ) -> Option<[T; N]> {
        let mut found = [None; N];
        for one in self.0.attributes().with_checks(false).filter_map(Result::ok) {
            for (name, found) in names.iter().zip(&mut found) {
                if one.key.as_ref() == *name {
                    *found = one.value.trim().parse().ok();
                }
            }
        }
        let mut numbers = [T::default(); N];
        for (number, found) in numbers.iter_mut().zip(found) {
            *number = found?;
        }
        Some(numbers)
    }
}

/// Calls `take` for each tag, in order, until the text ends.
///
/// # Errors
/// `take`'s; [`Error::Damaged`] for what is no XML.
pub(super) fn for_each_tag(
    text: impl BufRead,
    mut take: impl FnMut(Tag<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut reader = Reader::from_reader(Short { text, left: MOST_TAG_BYTES });
    let config = reader.config_mut();
    config.check_end_names = true;
    let mut room = Vec::new();
    loop {
        room.clear();
        reader.get_mut().left = MOST_TAG_BYTES;
        let event = reader
            .read_event_into(&mut room)
            .map_err(|error| damaged(&format!("its model is no XML: {error}")))?;
        match event {
            Event::Start(tag) => take(Tag::Start {
                name: tag.local_name().as_ref(),
                attributes: Attributes(&tag),
                is_empty: false,
            })?,
            Event::Empty(tag) => take(Tag::Start {
                name: tag.local_name().as_ref(),
                attributes: Attributes(&tag),
                is_empty: true,
            })?,
            Event::End(tag) => take(Tag::End { name: tag.local_name().as_ref() })?,
            Event::Text(text) => take(Tag::Text(&text))?,
            // Entities of its own are what bombs are made of; no model has them.
            Event::DocType(_) => return Err(damaged("its model defines words of its own")),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// A text of which no stretch without a tag is longer than `left`.
struct Short<R> {
    text: R,
    left: usize,
}

impl<R: BufRead> Read for Short<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Short<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let room = self.text.fill_buf()?;
        if self.left == 0 && !room.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a tag has no end"));
        }
        Ok(room.get(..self.left).unwrap_or(room))
    }

    fn consume(&mut self, n: usize) {
        self.left = self.left.saturating_sub(n);
        self.text.consume(n);
    }
}
