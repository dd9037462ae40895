//! What a PLY's header describes, and the numbers behind it.

use super::super::damaged;
use crate::Error;

/// Behind a line: a comment may have the word.
const END: &[u8] = b"\nend_header";

/// The header, and what stands behind it.
pub(super) fn split(bytes: &[u8]) -> Result<(&str, &[u8]), Error> {
    let at = bytes.windows(END.len()).position(|window| window == END);
    let (header, body) = at
        .and_then(|at| bytes.split_at_checked(at + END.len()))
        .ok_or_else(|| damaged("its header has no end"))?;
    let header = std::str::from_utf8(header).map_err(|_| damaged("its header is no text"))?;
    let body = body.strip_prefix(b"\r").unwrap_or(body);
    Ok((header, body.strip_prefix(b"\n").unwrap_or(body)))
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Order {
    Ascii,
    Little,
    Big,
}

/// What a number is stored as.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    F32,
    F64,
}

impl Kind {
    fn read(word: &str) -> Result<Self, Error> {
        Ok(match word {
            "char" | "int8" => Self::I8,
            "uchar" | "uint8" => Self::U8,
            "short" | "int16" => Self::I16,
            "ushort" | "uint16" => Self::U16,
            "int" | "int32" => Self::I32,
            "uint" | "uint32" => Self::U32,
            "float" | "float32" => Self::F32,
            "double" | "float64" => Self::F64,
            _ => return Err(damaged("a property is of no kind that PLY knows")),
        })
    }
}

pub(super) struct Property<'a> {
    pub(super) name: &'a str,
    pub(super) kind: Kind,
    /// Of a list: how its length is stored.
    length: Option<Kind>,
}

pub(super) struct Element<'a> {
    pub(super) name: &'a str,
    count: u64,
    pub(super) properties: Vec<Property<'a>>,
}

pub(super) struct Header<'a> {
    pub(super) elements: Vec<Element<'a>>,
    pub(super) order: Order,
}

impl<'a> Header<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, Error> {
        let mut order = None;
        let mut elements: Vec<Element<'a>> = Vec::new();
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().take(5).collect();
            match (words.as_slice(), elements.last_mut()) {
                (["format", word, ..], _) => {
                    order = match *word {
                        "ascii" => Some(Order::Ascii),
                        "binary_little_endian" => Some(Order::Little),
                        "binary_big_endian" => Some(Order::Big),
                        _ => None,
                    };
                }
                (["element", name, count], _) => {
                    let count =
                        count.parse().map_err(|_| damaged("an element's count is no number"))?;
                    elements.push(Element { name, count, properties: Vec::new() });
                }
                (["property", "list", length, kind, name], Some(element)) => {
                    let (length, kind) = (Some(Kind::read(length)?), Kind::read(kind)?);
                    element.properties.push(Property { name, kind, length });
                }
                (["property", kind, name], Some(element)) => {
                    let kind = Kind::read(kind)?;
                    element.properties.push(Property { name, kind, length: None });
                }
                _ => {}
            }
        }
        match order {
            Some(order) => Ok(Self { elements, order }),
            None => Err(damaged("its format is neither ASCII nor binary")),
        }
    }
}

impl Element<'_> {
    /// Where a property of one of these names stands.
    pub(super) fn place(&self, names: &[&str]) -> Option<usize> {
        self.properties.iter().position(|property| names.contains(&property.name))
    }

    pub(super) fn pass_by(&self, body: &mut Body<'_>) -> Result<(), Error> {
        self.for_each(body, |_, _| Ok(()), || Ok(()))
    }

    /// Calls `value(property, number)` for each number, lists' too, and `end` behind each record.
    pub(super) fn for_each(
        &self,
        body: &mut Body<'_>,
        mut value: impl FnMut(usize, f64) -> Result<(), Error>,
        mut end: impl FnMut() -> Result<(), Error>,
    ) -> Result<(), Error> {
        // Each number takes something of the file; records without any would be counted for ever.
        if self.properties.is_empty() {
            return Ok(());
        }
        for _ in 0..self.count {
            for (k, Property { kind, length, .. }) in self.properties.iter().enumerate() {
                let count = match length {
                    Some(length) => body.index(*length)?,
                    None => 1,
                };
                for _ in 0..count {
                    value(k, body.number(*kind)?)?;
                }
            }
            end()?;
        }
        Ok(())
    }
}

/// Numbers one after the other.
pub(super) struct Body<'a> {
    rest: &'a [u8],
    order: Order,
}

impl<'a> Body<'a> {
    pub(super) fn new(rest: &'a [u8], order: Order) -> Self {
        Self { rest, order }
    }

    fn number(&mut self, kind: Kind) -> Result<f64, Error> {
        if self.order == Order::Ascii {
            return self.word();
        }
        Ok(match kind {
            Kind::I8 => f64::from(i8::from_le_bytes(self.take()?)),
            Kind::U8 => f64::from(u8::from_le_bytes(self.take()?)),
            Kind::I16 => f64::from(i16::from_le_bytes(self.take()?)),
            Kind::U16 => f64::from(u16::from_le_bytes(self.take()?)),
            Kind::I32 => f64::from(i32::from_le_bytes(self.take()?)),
            Kind::U32 => f64::from(u32::from_le_bytes(self.take()?)),
            Kind::F32 => f64::from(f32::from_le_bytes(self.take()?)),
            Kind::F64 => f64::from_le_bytes(self.take()?),
        })
    }

    /// A number that counts, or names a vertex.
    fn index(&mut self, kind: Kind) -> Result<u32, Error> {
        index(self.number(kind)?)
    }

    /// Little-endian.
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (first, rest) = self.rest.split_first_chunk().ok_or_else(too_short)?;
        self.rest = rest;
        let mut bytes: [u8; N] = *first;
        if self.order == Order::Big {
            bytes.reverse();
        }
        Ok(bytes)
    }

    fn word(&mut self) -> Result<f64, Error> {
        let text = self.rest.trim_ascii_start();
        let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
        let (word, rest) = text.split_at_checked(end).ok_or_else(too_short)?;
        self.rest = rest;
        if word.is_empty() {
            return Err(too_short());
        }
        let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
        number.ok_or_else(|| damaged("a number is none"))
    }
}

pub(super) fn index(number: f64) -> Result<u32, Error> {
    if number >= 0.0 && number <= f64::from(u32::MAX) && number.fract() == 0.0 {
        return Ok(number as u32);
    }
    Err(damaged("a face has a corner that is no vertex"))
}

fn too_short() -> Error {
    damaged("it is shorter than its header says")
}
