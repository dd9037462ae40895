//! Archives: what is in them, how much of them is inflated, and what hostile ones come to.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::io::Read;

use hounsfield::{Grid, nifti};
use hounsfield_formats::{
    bytes::{Bytes, Cursor},
    files::Files,
    item::{Item, Kind, VolumeFormat},
    scan::scan,
};
use zip::CompressionMethod;

mod common;
use common::{files, gzip, place, zip};

fn scanned(files: &Files<Vec<u8>>) -> Vec<Item> {
    (0..files.len()).flat_map(|n| scan(files, n, &nifti::Limits::default())).collect()
}

/// Name, code, reason of everything that is no scan.
fn others(items: &[Item]) -> Vec<(&str, &str, &str)> {
    let mut others = Vec::new();
    for item in items {
        if let Kind::Other { code, reason } = &item.kind {
            others.push((item.name.as_str(), code.as_str(), reason.as_str()));
        }
    }
    others
}

/// A scan of 3 × 2 × 2 voxels as `.nii.gz`.
fn scan_file() -> Vec<u8> {
    let grid = Grid::from_spacing([3, 2, 2], [0.7, 0.7, 2.5]).unwrap();
    let voxels: Vec<i16> = (0..12).map(|n| 100 * n - 1000).collect();
    nifti::write_volume_i16(&voxels, &nifti::Template::of_grid(&grid).unwrap()).unwrap()
}

/// Bytes that deflate, but not to nothing.
fn sawtooth(len: usize) -> Vec<u8> {
    (0..len).map(|n| (n * n / 7 % 251) as u8).collect()
}

/// The whole entry, as a reader would that must have all of it.
fn read(files: &Files<Vec<u8>>, entry: usize) -> std::io::Result<Vec<u8>> {
    let bytes = files.at(&place(0, Some(entry))).unwrap();
    let mut out = vec![0; bytes.byte_length() as usize];
    Cursor::new(bytes).read_exact(&mut out)?;
    Ok(out)
}

#[test]
fn a_scan_is_found_whatever_it_is_called_and_wherever_it_lies() {
    let inner = scan_file();
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let archive = zip(
            &[
                ("study/", b""),
                ("__MACOSX/study/._a", b"mac"),
                ("study/.DS_Store", b"mac"),
                ("../../etc/passwd", &inner),
                ("study/letter.txt", b"Dear colleague, the scan is attached."),
            ],
            method,
        );
        let items = scanned(&files(&[("portal.bin", &archive), ("Thumbs.db", b"x")]));
        assert_eq!(items.len(), 2, "{items:?}");
        // The climbing name is a label like any other.
        assert_eq!(items[0].name, "portal.bin/../../etc/passwd");
        let Kind::Volume(header) = &items[0].kind else { panic!("{:?}", items[0]) };
        assert_eq!(header.format, VolumeFormat::Nifti);
        assert_eq!(header.file_size, [3, 2, 2]);
        assert_eq!(header.ras_from_file[2], [0.0, 0.0, 2.5, 0.0]);
        assert_eq!(
            others(&items),
            [(
                "portal.bin/study/letter.txt",
                "not_a_scan",
                "There is no scan in this: it is a text."
            )]
        );
    }
}

#[test]
fn entries_can_be_read_at_any_place_in_any_order() {
    let (first, second) = (sawtooth(100_000), sawtooth(70_001));
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let files = files(&[("a.zip", &zip(&[("x", &first), ("y", &second)], method))]);
        let (x, y) = (files.at(&place(0, Some(0))).unwrap(), files.at(&place(0, Some(1))).unwrap());
        let mut out = [0; 1000];
        for at in [99_500, 0, 45_678, 99_000, 16_384] {
            let n = x.read_at(at as u64, &mut out).unwrap();
            assert_eq!(out[..n], first[at..(at + 1000).min(first.len())]);
            let n = y.read_at(at as u64, &mut out).unwrap();
            assert_eq!(out[..n], second[at.min(second.len())..(at + 1000).min(second.len())]);
        }
        assert_eq!(x.read_at(u64::MAX, &mut out).unwrap(), 0);
        assert_eq!(read(&files, 0).unwrap(), first);
        let mut streamed = Vec::new();
        std::io::copy(&mut files.stream(&place(0, Some(1))).unwrap(), &mut streamed).unwrap();
        assert_eq!(streamed, second);
    }
}

#[test]
fn gzip_stays_around_nifti_in_archives_too() {
    let archive = zip(&[("s.nii.gz", &scan_file())], CompressionMethod::Deflated);
    let files = files(&[("a.zip", &archive)]);
    let mut start = [0; 2];
    files.at(&place(0, Some(0))).unwrap().read_at(0, &mut start).unwrap();
    assert_eq!(start, [0x1f, 0x8b]);
    let stream = files.stream(&place(0, Some(0))).unwrap();
    assert_eq!(nifti::inspect(stream).unwrap().size_voxel, [3, 2, 2]);
}

#[test]
fn what_is_no_scan_is_named() {
    let nested = zip(&[("s.nii.gz", &scan_file())], CompressionMethod::Stored);
    let outer = zip(&[("inner.zip", &nested)], CompressionMethod::Stored);
    let office = zip(&[("[Content_Types].xml", b"<x/>")], CompressionMethod::Stored);
    let mut tar = vec![b'a'; 512];
    tar[257..262].copy_from_slice(b"ustar");
    let cases: [(&[u8], &str, &str); 10] = [
        ("Grüße, Ärztin".as_bytes(), "not_a_scan", "a text"),
        (&outer, "archive", "an archive within an archive"),
        (&office, "not_a_scan", "an Office document"),
        (&tar, "archive", "a tar archive"),
        (&gzip(&tar), "archive", "inside the gzip it is a tar archive"),
        (b"Rar!\x1a\x07\x01\0", "archive", "a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "archive", "a 7-Zip archive"),
        (b"", "not_a_scan", "0 bytes"),
        (b"{\"a\": 1}", "not_a_scan", "a JSON text"),
        (b"%PDF-1.7\n\xff", "not_a_scan", "a PDF"),
    ];
    for (bytes, code, words) in cases {
        let items = scanned(&files(&[("file", bytes)]));
        let found = others(&items);
        assert!(found.len() == 1 && found[0].1 == code && found[0].2.contains(words), "{items:?}");
    }
}

#[test]
fn an_encrypted_entry_is_named_and_never_read() {
    let mut archive = zip(&[("slice", &sawtooth(500))], CompressionMethod::Deflated);
    // Bit 0 of the general purpose flag, in the local header and in the table.
    archive[6] |= 1;
    let table = archive.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    archive[table + 8] |= 1;
    let files = files(&[("a.zip", &archive)]);
    let items = scanned(&files);
    assert_eq!(others(&items)[0].1, "encrypted");
    assert!(files.at(&place(0, Some(0))).is_err());
}

#[test]
fn a_wrong_checksum_and_a_cut_entry_are_errors() {
    let archive = zip(&[("slice", &sawtooth(50_000))], CompressionMethod::Deflated);
    let table = archive.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    let mut wrong = archive.clone();
    wrong[table + 16] ^= 1;
    let error = read(&files(&[("a.zip", &wrong)]), 0).unwrap_err();
    assert!(error.to_string().contains("checksum"), "{error}");
    // A table that promises a byte more than there is.
    let mut longer = archive.clone();
    longer[table + 24] += 1;
    let error = read(&files(&[("a.zip", &longer)]), 0).unwrap_err();
    assert!(error.to_string().contains("shorter"), "{error}");
    let mut damaged = archive;
    damaged[1000..1400].fill(0xff);
    assert!(read(&files(&[("a.zip", &damaged)]), 0).is_err());
}

#[test]
fn bombs_are_refused_by_their_numbers() {
    let archive = zip(&[("zeros", &vec![0; 3_000_000])], CompressionMethod::Deflated);
    assert!(archive.len() < 10_000);
    // More than may be used here.
    let limits = nifti::Limits { memory_bytes: 2_000_000, source_bytes: None };
    let small = files(&[("a.zip", &archive)]).within(limits.memory_bytes);
    let items = scan(&small, 0, &limits);
    assert_eq!(others(&items)[0].1, "too_large");
    assert!(small.at(&place(0, Some(0))).is_err());
    // More than deflate can do.
    let table = archive.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    let mut lie = archive.clone();
    lie[table + 24..table + 28].copy_from_slice(&0xf000_0000u32.to_le_bytes());
    let items = scanned(&files(&[("a.zip", &lie)]));
    assert!(others(&items)[0].2.contains("zip bomb"), "{items:?}");
    // The same bytes for two entries.
    let two = zip(&[("a", &sawtooth(9000)), ("b", b"x")], CompressionMethod::Deflated);
    let table = two.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    let packed = two.len() as u32;
    let mut overlap = two;
    overlap[table + 20..table + 24].copy_from_slice(&packed.to_le_bytes());
    let items = scanned(&files(&[("a.zip", &overlap)]));
    assert!(others(&items)[0].2.contains("on top of each other"), "{items:?}");
}

#[test]
fn too_many_entries_are_refused_before_they_are_read() {
    // A table of 200 001 entries, all of them the same 47 bytes.
    let one = zip(&[("a", b"")], CompressionMethod::Stored);
    let table = one.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    let end = one.windows(4).rposition(|four| four == b"PK\x05\x06").unwrap();
    let count = 200_001u64;
    let mut many = one[..table].to_vec();
    (0..count).for_each(|_| many.extend(&one[table..end]));
    let (start, bytes) = (table as u64, (end - table) as u64 * count);
    let end64_at = many.len() as u64;
    many.extend(b"PK\x06\x06");
    many.extend(44u64.to_le_bytes());
    many.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [count, count, bytes, start] {
        many.extend(number.to_le_bytes());
    }
    many.extend(b"PK\x06\x07\0\0\0\0");
    many.extend(end64_at.to_le_bytes());
    many.extend([1, 0, 0, 0]);
    many.extend(b"PK\x05\x06\0\0\0\0");
    many.extend([0xff; 12]);
    many.extend([0, 0]);
    let items = scanned(&files(&[("a.zip", &many)]));
    assert_eq!(items.len(), 1);
    assert!(others(&items)[0].2.contains("200001 entries"), "{items:?}");
}

#[test]
fn every_prefix_and_every_changed_byte_gives_items_or_a_sentence() {
    let archive = zip(
        &[("s.nii.gz", &scan_file()), ("t.txt", b"text text text text")],
        CompressionMethod::Deflated,
    );
    for n in 0..archive.len() {
        assert!(!scanned(&files(&[("a.zip", &archive[..n])])).is_empty());
        for flip in [1, 0x80, 0xff] {
            let mut changed = archive.clone();
            changed[n] ^= flip;
            let files = files(&[("a.zip", &changed)]);
            for item in scanned(&files) {
                if let Ok(bytes) = files.at(&item.place) {
                    let mut out = vec![0; 1000];
                    let _ = bytes.read_at(0, &mut out);
                    let _ = bytes.read_at(bytes.byte_length() / 2, &mut out);
                }
            }
        }
    }
}

#[test]
fn any_place_of_something_large_can_be_read_though_it_is_not_kept() {
    let content = sawtooth(40_000_000);
    let archive = zip(&[("a", &content)], CompressionMethod::Deflated);
    let files = files(&[("a.zip", &archive)]);
    let bytes = files.at(&place(0, Some(0))).unwrap();
    let mut out = vec![0; 1000];
    // Forward, back a little, far back, to the end: the answer is the same.
    for at in [0, 30_000_000, 29_900_000, 100, 39_999_000, 30_000_001] {
        let n = bytes.read_at(at as u64, &mut out).unwrap();
        assert_eq!(out[..n], content[at..at + n], "{at}");
        assert_eq!(n, 1000);
    }
    assert_eq!(read(&files, 0).unwrap(), content);
}

#[test]
fn names_cannot_command_a_terminal() {
    let archive = zip(&[("\u{1b}[2Ja", b"text")], CompressionMethod::Stored);
    let items = scanned(&files(&[("a.zip", &archive)]));
    assert_eq!(items[0].name, "a.zip/?[2Ja");
}
