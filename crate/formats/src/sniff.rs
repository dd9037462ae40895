//! What a file is, by its first bytes. Names say nothing: slices are called `IM000001`.

/// What is looked at.
pub(crate) const START_BYTES: usize = 512;
/// Gzip, compressed by deflate.
pub(crate) const GZIP: [u8; 3] = [0x1f, 0x8b, 8];

/// What a file seems to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// `DICM` behind a preamble.
    Dicom,
    /// Could be DICOM without a preamble; only parsing tells.
    DicomPerhaps,
    Nifti,
    Nrrd,
    MetaImage,
    Picture(PictureFormat),
    Zip,
    Gzip,
    /// Something with a name that is no scan: a stable word, and the end of "there is no scan in
    /// this: …".
    Named(&'static str, &'static str),
    Unknown,
}

/// Pictures that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PictureFormat {
    Png,
    Jpeg,
    Bmp,
    Tiff,
}

/// Offset, bytes found there, what has them.
const NAMED: [(usize, &[u8], &str, &str); 24] = [
    (257, b"ustar", "archive", "it is a tar archive; unpack it first"),
    (0, b"7z\xbc\xaf\x27\x1c", "archive", "it is a 7-Zip archive; unpack it first"),
    (0, b"Rar!\x1a\x07", "archive", "it is a RAR archive; unpack it first"),
    (0, b"BZh", "archive", "it is compressed with bzip2; unpack it first"),
    (0, b"\xfd7zXZ", "archive", "it is compressed with xz; unpack it first"),
    (0, b"\x28\xb5\x2f\xfd", "archive", "it is compressed with zstd; unpack it first"),
    (0, b"MSCF", "archive", "it is a Windows cabinet; unpack it first"),
    (0, b"PK\x05\x06", "archive", "it is an empty zip archive"),
    (
        0,
        b"\x89HDF\r\n\x1a\n",
        "not_a_scan",
        "it is an HDF5 file (MINC 2, perhaps); convert it to NIfTI",
    ),
    (0, b"CDF\x01", "not_a_scan", "it is a MINC 1 file; convert it to NIfTI"),
    (
        0,
        b"\0\0\0\x01\0\0",
        "not_a_scan",
        "it is perhaps a FreeSurfer volume (.mgh, .mgz); convert it to NIfTI",
    ),
    (0, b"GIF8", "not_a_scan", "it is a GIF picture; save it as PNG"),
    (0, b"RIFF", "not_a_scan", "it is a WebP picture, a sound or a film"),
    (4, b"ftyp", "not_a_scan", "it is a film, or a HEIC or AVIF picture; save it as PNG"),
    (0, b"\0\0\0\x0cjP  ", "not_a_scan", "it is a JPEG 2000 picture; save it as PNG"),
    (0, b"\xff\x4f\xff\x51", "not_a_scan", "it is a JPEG 2000 picture; save it as PNG"),
    (0, b"II+\0", "not_a_scan", "it is a BigTIFF; save it as TIFF of less than 4 GB"),
    (0, b"MM\0+", "not_a_scan", "it is a BigTIFF; save it as TIFF of less than 4 GB"),
    (0, b"%PDF", "not_a_scan", "it is a PDF document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not_a_scan", "it is an old Office document"),
    (0, b"\x7fELF", "not_a_scan", "it is a program"),
    (0, b"MZ", "not_a_scan", "it is a program"),
    (0, b"SQLite format 3\0", "not_a_scan", "it is a database"),
    (0, b"\x1f\x9d", "archive", "it is compressed with compress (.Z); unpack it first"),
];

/// Tells by the first [`START_BYTES`] of a file, or all of a shorter one.
pub(crate) fn what(start: &[u8]) -> What {
    let at = |at: usize, magic: &[u8]| start.get(at..).is_some_and(|rest| rest.starts_with(magic));
    // First: a DICOM file may have a TIFF's header in its preamble.
    if at(128, b"DICM") {
        return What::Dicom;
    }
    if start.is_empty() {
        return What::Named("not_a_scan", "it is empty (0 bytes)");
    }
    if at(0, b"\x89PNG\r\n\x1a\n") {
        return What::Picture(PictureFormat::Png);
    }
    if at(0, b"\xff\xd8\xff") {
        return What::Picture(PictureFormat::Jpeg);
    }
    if at(0, b"II*\0") || at(0, b"MM\0*") {
        return What::Picture(PictureFormat::Tiff);
    }
    if is_bmp(start) {
        return What::Picture(PictureFormat::Bmp);
    }
    if at(0, b"NRRD") {
        return What::Nrrd;
    }
    if is_metaimage(start) {
        return What::MetaImage;
    }
    if at(0, b"PK\x03\x04") {
        return What::Zip;
    }
    if at(0, &GZIP) {
        return What::Gzip;
    }
    if is_nifti(start) {
        return What::Nifti;
    }
    let named = NAMED.iter().find(|(offset, magic, ..)| at(*offset, magic));
    if let Some((_, _, code, name)) = named {
        return What::Named(code, name);
    }
    if is_dicom_perhaps(start) {
        return What::DicomPerhaps;
    }
    if is_text(start) {
        return text(start);
    }
    What::Unknown
}

/// `sizeof_hdr` in either byte order; 352 bytes at least.
fn is_nifti(start: &[u8]) -> bool {
    start.len() >= 348
        && matches!(
            start,
            [0x5c, 1, 0, 0, ..] | [0, 0, 1, 0x5c, ..] | [0x1c, 2, 0, 0, ..] | [0, 0, 2, 0x1c, ..]
        )
}

/// Two letters are little: the header's own length and the reserved zeros must be right, too.
fn is_bmp(start: &[u8]) -> bool {
    let known = |len: u8| matches!(len, 12 | 40 | 52 | 56 | 64 | 108 | 124);
    matches!(start, [b'B', b'M', _, _, _, _, 0, 0, 0, 0, _, _, _, _, len, 0, 0, 0, ..] if known(*len))
}

/// Group 0002 or 0008 first, in either byte order: no preamble, as before 1993.
fn is_dicom_perhaps(start: &[u8]) -> bool {
    match start {
        // Explicit: two capitals for the type. Implicit: the first elements are short.
        [2 | 8, 0, _, 0, a, b, c, d, ..] => {
            (a.is_ascii_uppercase() && b.is_ascii_uppercase()) || (*c == 0 && *d == 0)
        }
        [0, 2 | 8, 0, _, a, b, ..] => a.is_ascii_uppercase() && b.is_ascii_uppercase(),
        _ => false,
    }
}

/// One of MetaImage's keys first, and its number of dimensions soon after; voxels may follow.
fn is_metaimage(start: &[u8]) -> bool {
    const KEYS: [&[u8]; 6] =
        [b"ObjectType", b"ObjectSubType", b"NDims", b"Comment", b"TransformType", b"ID"];
    let key = start.split(|byte| *byte == b'=').next().unwrap_or_default().trim_ascii();
    KEYS.contains(&key) && start.windows(5).any(|word| word == b"NDims")
}

/// UTF-8, cut off perhaps, without control characters.
fn is_text(start: &[u8]) -> bool {
    let text = match std::str::from_utf8(start) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() => {
            start.get(..error.valid_up_to()).and_then(|start| std::str::from_utf8(start).ok())
        }
        Err(_) => None,
    };
    text.is_some_and(|text| text.chars().all(|c| c.is_whitespace() || !c.is_control()))
}

/// Texts by their first letter.
fn text(start: &[u8]) -> What {
    match start.trim_ascii().first() {
        Some(b'{' | b'[') => What::Named("not_a_scan", "it is a JSON text"),
        Some(b'<') => What::Named(
            "not_a_scan",
            "it is a web page or an XML text; was the download an error page?",
        ),
        _ => What::Named("not_a_scan", "it is a text"),
    }
}
