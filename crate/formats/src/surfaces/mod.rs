//! Files of surfaces: the core's STL, OBJ, PLY and GLB out, 3MF besides, and all of them back.

mod gltf;
mod threemf;
mod transform;
mod xml;

use std::str::FromStr;

use hounsfield::{
    Error, Progress,
    error::try_vec,
    surface::{self, Surface},
};

use crate::{
    bytes::{self, Bytes},
    files::Files,
    item::Place,
};

/// What a file of surfaces is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One that the core writes.
    Plain(surface::Format),
    /// 3MF, which slicers print from.
    ThreeMf,
}

impl FromStr for Format {
    type Err = Error;

    /// By the ending of its files, without a dot.
    fn from_str(word: &str) -> Result<Self, Error> {
        match word {
            "stl" => Ok(Self::Plain(surface::Format::Stl)),
            "obj" => Ok(Self::Plain(surface::Format::Obj)),
            "ply" => Ok(Self::Plain(surface::Format::Ply)),
            "glb" => Ok(Self::Plain(surface::Format::Glb)),
            "3mf" => Ok(Self::ThreeMf),
            _ => Err(Error::BadParameter {
                name: "the format",
                value: format!("{word:?}"),
                expected: "it must be stl, obj, ply, glb or 3mf",
            }),
        }
    }
}

/// One file with all surfaces as its parts. Coordinates are RAS millimetres.
///
/// # Errors
/// As [`surface::encode`]; [`Error::Unwritable`], [`Error::Stopped`].
pub fn encode(
    surfaces: &[Surface],
    format: Format,
    progress: &mut dyn Progress,
) -> Result<Vec<u8>, Error> {
    match format {
        Format::Plain(format) => surface::encode(surfaces, format),
        Format::ThreeMf => threemf::encode(surfaces, progress),
    }
}

/// The surfaces of the first of these files, in RAS millimetres, whichever format it has. Parts
/// without a name have the file's.
///
/// A GLB is in metres with y up, as its standard says, and so turned to RAS as [`surface::encode`]
/// turns it there; everything else is taken to be in RAS, in the millimetres of its programs or the
/// unit that a 3MF states.
///
/// # Errors
/// [`Error::Damaged`], [`Error::Unsupported`] with what is wrong, or asked for; [`Error::Unreadable`],
/// [`Error::OutOfMemory`].
pub fn decode<B: Bytes>(files: &Files<B>) -> Result<Vec<Surface>, Error> {
    let place = Place { file: 0, entry: None };
    let mut surfaces = match start_of(files, &place)? {
        [b'P', b'K', ..] => threemf::decode(files)?,
        start => {
            let bytes = all_of(files, &place)?;
            if &start == b"glTF" { gltf::decode(&bytes)? } else { surface::decode(&bytes)? }
        }
    };
    let name = files.name(&place);
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    for surface in surfaces.iter_mut().filter(|surface| surface.name.is_empty()) {
        surface.name = stem.into();
    }
    Ok(surfaces)
}

fn start_of<B: Bytes>(files: &Files<B>, place: &Place) -> Result<[u8; 4], Error> {
    let mut start = [0; 4];
    files.packed(place)?.read_at(0, &mut start).map_err(crate::archive::unreadable)?;
    Ok(start)
}

fn all_of<B: Bytes>(files: &Files<B>, place: &Place) -> Result<Vec<u8>, Error> {
    let bytes = files.packed(place)?;
    let length = usize::try_from(bytes.byte_length()).unwrap_or(usize::MAX);
    let mut all = try_vec(0, length, "a file of surfaces")?;
    let mut reader = bytes::Cursor::new(bytes);
    std::io::Read::read_exact(&mut reader, &mut all).map_err(crate::archive::unreadable)?;
    Ok(all)
}

fn damaged(reason: &str) -> Error {
    Error::Damaged { what: "the file of surfaces".into(), reason: reason.into() }
}

fn unsupported(what: &str) -> Error {
    Error::Unsupported {
        what: format!("a file of surfaces with {what}"),
        hint: "save the surface as binary STL or as OBJ",
    }
}
