//! One file → what is in it, from its header alone.
//!
//! Decided by bytes, never by names; a name only pairs a header with the file of its voxels later.

use hounsfield::{Error, nifti::Limits};

use crate::{
    archive::{self, Entry, Method},
    bytes::Bytes,
    dicom,
    files::Files,
    item::{Item, Kind, Place, VolumeFormat, VolumeHeader},
    picture,
    sniff::{self, What},
    volume,
};

/// What is in file number `file`: one item, or one for each entry of an archive. Never fails; what
/// cannot be used says why. What only an operating system put there gives no item.
pub fn scan<B: Bytes>(files: &Files<B>, file: usize, limits: &Limits) -> Vec<Item> {
    let place = Place { file, entry: None };
    let name = files.name(&place);
    if archive::is_noise(&name) {
        return Vec::new();
    }
    let (what, bytes) = look(files, &place);
    let item = |kind| vec![Item { place: place.clone(), name: name.clone(), bytes, kind }];
    if what != Ok(What::Zip) {
        return item(kind_of(files, &place, what));
    }
    let entries = match files.table(file) {
        Ok(entries) => entries,
        Err(error) => return item(other(&error)),
    };
    if entries.iter().any(|entry| entry.name == "[Content_Types].xml") {
        return item(not_a_scan("not_a_scan", "it is an Office document"));
    }
    if entries.iter().all(|entry| entry.noise) {
        return item(not_a_scan("archive", "it is an archive without any file"));
    }
    let scanned = entries.iter().enumerate().filter(|(_, entry)| !entry.noise);
    scanned.map(|(n, entry)| scan_entry(files, file, n, entry, limits)).collect()
}

fn scan_entry<B: Bytes>(
    files: &Files<B>,
    file: usize,
    n: usize,
    entry: &Entry,
    limits: &Limits,
) -> Item {
    let place = Place { file, entry: Some(n) };
    let kind = match entry.method {
        Method::Encrypted => Kind::Other {
            code: "encrypted".into(),
            reason: "The archive is encrypted: unpack it with its password first.".into(),
        },
        Method::Stored | Method::Deflated if entry.bytes > limits.memory_bytes => {
            other(&Error::TooLarge {
                needed_bytes: entry.bytes,
                limit_bytes: limits.memory_bytes,
                hint: "unpack the archive first",
            })
        }
        _ => match look(files, &place).0 {
            Ok(What::Zip) => not_a_scan(
                "archive",
                "it is an archive within an archive; unpack the outer one first",
            ),
            what => kind_of(files, &place, what),
        },
    };
    Item { name: files.name(&place), place, bytes: entry.bytes, kind }
}

/// What the first bytes are, and how many there are in all.
fn look<B: Bytes>(files: &Files<B>, place: &Place) -> (Result<What, Error>, u64) {
    let bytes = match files.at(place) {
        Ok(bytes) => bytes,
        Err(error) => return (Err(error), 0),
    };
    (start_of(&bytes).map(|start| sniff::what(&start)), bytes.byte_length())
}

fn start_of(bytes: &dyn Bytes) -> Result<Vec<u8>, Error> {
    let mut start = vec![0; sniff::START_BYTES];
    let n = bytes.read_at(0, &mut start).map_err(archive::unreadable)?;
    start.truncate(n);
    Ok(start)
}

fn kind_of<B: Bytes>(files: &Files<B>, place: &Place, what: Result<What, Error>) -> Kind {
    let kind = what.and_then(|what| match what {
        What::Nifti | What::Gzip => nifti_or_voxels(files, place),
        What::Dicom | What::DicomPerhaps | What::Unknown => {
            Ok(dicom::kind(&*files.at(place)?).map_or(Kind::Voxels, as_sentence))
        }
        What::Nrrd => volume::raster_header(files, place, VolumeFormat::Nrrd).map(whole),
        What::MetaImage => volume::raster_header(files, place, VolumeFormat::MetaImage).map(whole),
        What::Picture(format) => {
            picture::header(&*files.at(place)?, format, files.memory_bytes()).map(Kind::Picture)
        }
        What::Named(code, what) => Ok(not_a_scan(code, what)),
        What::Zip => Ok(Kind::Voxels),
    });
    kind.unwrap_or_else(|error| other(&error))
}

fn whole(header: VolumeHeader) -> Kind {
    Kind::Volume(Box::new(header))
}

/// NIfTI or Analyze, in gzip or not; what else is in a gzip by now is known by what it is not.
fn nifti_or_voxels<B: Bytes>(files: &Files<B>, place: &Place) -> Result<Kind, Error> {
    match hounsfield::nifti::inspect(files.stream(place)?) {
        Ok(info) => Ok(whole(volume::nifti_header(info, &files.name(place)))),
        Err(error @ Error::NotNifti { .. }) => {
            let inflated = flate2::read::MultiGzDecoder::new(files.stream(place)?);
            match inside(inflated) {
                What::Named(code, what) => Ok(not_a_scan(code, &format!("inside the gzip {what}"))),
                What::Zip => Ok(not_a_scan(
                    "archive",
                    "inside the gzip it is a zip archive; unpack it first",
                )),
                What::Gzip => Ok(not_a_scan("archive", "it is compressed twice; unpack it first")),
                What::Unknown => Ok(Kind::Voxels),
                _ => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

/// What the first bytes of a stream are.
fn inside(stream: impl std::io::Read) -> What {
    use std::io::Read;
    let mut start = Vec::with_capacity(sniff::START_BYTES);
    // What there is before an error is enough to go by.
    let _ = stream.take(sniff::START_BYTES as u64).read_to_end(&mut start);
    sniff::what(&start)
}

fn other(error: &Error) -> Kind {
    Kind::Other { code: error.code().into(), reason: sentence(&error.to_string()) }
}

/// "There is no scan in this: it is a text."
fn not_a_scan(code: &str, what: &str) -> Kind {
    Kind::Other { code: code.into(), reason: format!("There is no scan in this: {what}.") }
}

fn as_sentence(kind: Kind) -> Kind {
    match kind {
        Kind::Other { code, reason } if !reason.ends_with('.') => {
            Kind::Other { code, reason: sentence(&reason) }
        }
        kind => kind,
    }
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => format!("{}{}.", first.to_uppercase(), letters.as_str()),
        None => String::new(),
    }
}
