//! What a file is that is not NIfTI, so that the sentence can name it.

/// Names the format of `start` (the file's first few hundred bytes) as the end of the sentence
/// "this is not a NIfTI file: …".
pub(super) fn name_of(start: &[u8], gzipped: bool) -> String {
    let name = known(start).unwrap_or("its first bytes belong to no header that we know");
    if gzipped { format!("inside the gzip {name}") } else { name.to_owned() }
}

fn known(start: &[u8]) -> Option<&'static str> {
    /// Offset, bytes found there, what has them.
    const MAGIC: [(usize, &[u8], &str); 26] = [
        (128, b"DICM", "it is a DICOM file; open it, or the folder it came in, as DICOM"),
        (0, b"\xff\xd8\xff", "it is a JPEG picture"),
        (0, b"\x89PNG", "it is a PNG picture"),
        (0, b"GIF8", "it is a GIF picture"),
        (0, b"BM", "it is a BMP picture"),
        (0, b"RIFF", "it is a WebP picture, a sound or a film"),
        (0, b"II*\0", "it is a TIFF picture"),
        (0, b"MM\0*", "it is a TIFF picture"),
        (0, b"%PDF", "it is a PDF document"),
        (0, b"PK\x03\x04", "it is a zip archive; unpack it and open the scan inside"),
        (0, b"7z\xbc\xaf", "it is a 7-Zip archive; unpack it and open the scan inside"),
        (0, b"Rar!", "it is a RAR archive; unpack it and open the scan inside"),
        (257, b"ustar", "it is a tar archive; unpack it and open the scan inside"),
        (0, b"BZh", "it is compressed with bzip2; unpack it first"),
        (0, b"\xfd7zXZ", "it is compressed with xz; unpack it first"),
        (0, b"\x28\xb5\x2f\xfd", "it is compressed with zstd; unpack it first"),
        (0, b"\x1f\x8b", "it is compressed a second time; unpack it first"),
        (0, b"NRRD", "it is a NRRD volume"),
        (0, b"ObjectType", "it is a MetaImage header"),
        (0, b"\x89HDF", "it is an HDF5 file (MINC 2, perhaps); convert it to NIfTI"),
        (0, b"CDF\x01", "it is a MINC 1 file; convert it to NIfTI"),
        (
            0,
            b"\0\0\0\x01\0\0",
            "it is perhaps a FreeSurfer volume (.mgh, .mgz); convert it to NIfTI",
        ),
        (0, b"\x7fELF", "it is a program"),
        (0, b"MZ", "it is a program"),
        (0, b"{", "it is a JSON text"),
        (0, b"<", "it is a web page or an XML text; was the download an error page?"),
    ];
    if start.is_empty() {
        return Some("it is empty (0 bytes)");
    }
    if start.iter().all(|byte| *byte == 0) {
        return Some("it begins with nothing but zeros");
    }
    let magic = MAGIC
        .iter()
        .find(|(at, magic, _)| start.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    if let Some((_, _, name)) = magic {
        return Some(name);
    }
    // Old DICOM has no preamble; group 0002 or 0008 comes first.
    if start.len() > 8 && matches!(start, [0x02 | 0x08, 0, _, 0, ..]) {
        return Some("it is perhaps a DICOM file without its preamble; open it as DICOM");
    }
    let text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    start.iter().all(text).then_some("it is a text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_mistakes_have_names() {
        assert!(name_of(&[0xff, 0xd8, 0xff, 0xe0], false).contains("JPEG"));
        assert!(name_of(&[], false).contains("0 bytes"));
        let mut dicom = vec![0; 132];
        dicom[128..].copy_from_slice(b"DICM");
        assert_eq!(
            name_of(&dicom, true),
            "inside the gzip it is a DICOM file; open it, or the folder it came in, as DICOM"
        );
        assert!(name_of(b"Dear colleague,\n", false).contains("text"));
        assert!(name_of(&[7, 1, 9, 200], false).contains("no header"));
    }
}
