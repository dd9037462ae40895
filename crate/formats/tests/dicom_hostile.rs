//! DICOM objects that lie, or are cut off, or changed: a sentence, at once, that names nobody.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[allow(dead_code, unreachable_pub, missing_docs, reason = "shared with other tests")]
#[path = "../../../tests/hostile/dicom.rs"]
mod hostile;

#[path = "common/dicom.rs"]
mod built;

use built::{NATIVE, frame, header};
use hostile::{Built, Items, Pixels, Value, number, text};
use hounsfield::Error;
use hounsfield_formats::{dicom, item::Kind};

/// Whatever comes of it, something comes, and nothing of the person with it: name and number hold
/// "secret" in every file here.
fn survive(bytes: &[u8]) {
    let bytes = bytes.to_vec();
    let kind = dicom::kind(&bytes);
    names_nobody(&serde_json::to_string(&kind).unwrap());
    if let Some(Kind::Dicom(header)) = kind {
        assert!(header.frames.len() <= 512, "{}", header.frames.len());
        for index in [0, 1] {
            if let Err(error) = dicom::frame(&bytes, index, &()) {
                names_nobody(&error.to_string());
            }
        }
    }
}

fn names_nobody(said: &str) {
    assert!(!said.to_lowercase().contains("secret"), "{said}");
}

fn samples() -> Vec<Vec<u8>> {
    let frame: Vec<u8> = (0..24).collect();
    let rle = |table| {
        let frames = vec![hostile::pack(&frame, 2), hostile::pack(&frame, 2)];
        Built { pixels: Pixels::Fragments(table, frames), ..Built::enhanced() }
    };
    let mut out: Vec<Vec<u8>> =
        NATIVE.iter().map(|syntax| Built::default().in_syntax(syntax).bytes()).collect();
    out.extend(NATIVE.iter().map(|syntax| Built::enhanced().in_syntax(syntax).bytes()));
    out.push(rle(vec![]).in_syntax(hostile::RLE).bytes());
    out.push(rle(vec![0, 114]).in_syntax(hostile::RLE).bytes());
    out.push(Built { preamble: false, meta: false, ..Built::default() }.bytes());
    out
}

fn whole_frames(bytes: &[u8]) -> usize {
    dicom::inspect(&bytes).unwrap().frames.len()
}

#[test]
fn every_prefix_gives_a_result_or_an_error() {
    for whole in samples() {
        for keep in 0..whole.len() {
            survive(&whole[..keep]);
            for index in [0, 1] {
                let found = dicom::frame(&whole[..keep].to_vec(), index, &());
                // What is cut off behind the last pixel is missed by nobody.
                let same = keep + 8 >= whole.len() && found == dicom::frame(&whole, index, &());
                assert!(found.is_err() || same || index == 0 && whole_frames(&whole) > 1, "{keep}");
            }
        }
    }
}

#[test]
fn every_changed_byte_gives_a_result_or_an_error() {
    for whole in samples() {
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            // 0x08, 0x18 and 0x28 make other elements of the person's.
            for value in [0, 1, 0x08, 0x18, 0x28, 0x7F, 0xFE, 0xFF] {
                bytes[at] = value;
                survive(&bytes);
            }
        }
    }
}

#[test]
fn lies_are_refused_with_their_number() {
    let huge =
        Built::default().put((0x0028, 0x0010), number(65535)).put((0x0028, 0x0011), number(65535));
    assert!(header(&huge).unusable.contains("65535 × 65535"));
    assert!(matches!(frame(&huge, 0), Err(Error::Truncated { needed_bytes: 8_589_672_450, .. })));
    // The same, compressed: there is no telling from the file's length.
    let pixels = Pixels::Fragments(vec![], vec![vec![0; 8]]);
    let packed = Built { pixels, ..huge }.in_syntax(hostile::JPEG2000);
    assert!(header(&packed).unusable.contains("65535 × 65535"));
    assert!(matches!(frame(&packed, 0), Err(Error::NotAScan { .. })));

    // 4 GB of pixels in a file of a kilobyte.
    let lie = (b"OW", Value::Lie(vec![0; 24], 0xFFFF_FFFE));
    let built = Built { pixels: Pixels::None, ..Built::default() }.put((0x7FE0, 0x0010), lie);
    let huge = built.clone().put((0x0028, 0x0010), number(65535));
    assert!(frame(&built, 0).is_ok());
    assert!(matches!(frame(&huge, 0), Err(Error::Truncated { found_bytes: 24, .. })));
    // 4 GB of something on the way to the pixels.
    for vr in [b"OB", b"UN", b"UT", b"SQ"] {
        let lie = (vr, Value::Lie(vec![0; 24], 0xFFFF_FF00));
        let error =
            dicom::inspect(&Built::default().put((0x0009, 0x1001), lie).bytes()).unwrap_err();
        assert_eq!(error.code(), "damaged", "{error}");
    }
    // More frames than the file has bytes.
    let frames = Built::default().put((0x0028, 0x0008), text(b"IS", "100000"));
    let error = dicom::inspect(&frames.bytes()).unwrap_err();
    assert!(matches!(error, Error::Truncated { found_bytes: 24, .. }), "{error}");
    let frames = Built::default().put((0x0028, 0x0008), text(b"IS", "2147483647"));
    assert_eq!(dicom::inspect(&frames.bytes()).unwrap_err().code(), "bad_header");
    // RLE of many pixels out of few bytes.
    let pixels = Pixels::Fragments(vec![], vec![hostile::pack(&[1, 2], 2)]);
    let packed = Built { pixels, ..Built::default() }.in_syntax(hostile::RLE);
    let packed = packed.put((0x0028, 0x0010), number(9000)).put((0x0028, 0x0011), number(9000));
    assert_eq!(frame(&packed, 0).unwrap_err().code(), "damaged");
}

#[test]
fn a_list_of_frames_without_end_is_refused() {
    let empty = vec![Items::new(); 140_000];
    let per_frame = (b"SQ", Value::Sequence(empty, false));
    let error = dicom::inspect(&Built::default().put((0x5200, 0x9230), per_frame).bytes());
    assert!(error.unwrap_err().to_string().contains("more than 131072 frames"));
    // Pixels of a byte each, a frame each: the file has room for them.
    let pixels = Pixels::Native(vec![0; 200_000], 1);
    let built = Built { pixels, ..Built::default() }
        .put((0x0028, 0x0008), text(b"IS", "200000"))
        .put((0x0028, 0x0010), number(1))
        .put((0x0028, 0x0011), number(1))
        .put((0x0028, 0x0100), number(8));
    let error = dicom::inspect(&built.bytes()).unwrap_err();
    assert!(error.to_string().contains("Number of Frames (0028,0008) is 200000"), "{error}");
}

#[test]
fn nesting_is_bounded() {
    for undefined in [true, false] {
        for (depth, good) in [(20, true), (30, true), (40, !undefined), (2_000, !undefined)] {
            let mut items = Items::new();
            for _ in 0..depth {
                items = Items::from([(
                    (0x0009, 0x1001),
                    (b"SQ", Value::Sequence(vec![items], undefined)),
                )]);
            }
            let mut built = Built::default();
            built.elements.extend(items);
            let found = dicom::inspect(&built.bytes());
            assert_eq!(found.is_ok(), good, "{depth} {undefined}: {found:?}");
        }
    }
    // A bomb that never closes: one opening behind another, for a megabyte.
    let mut bomb = Built { pixels: Pixels::None, ..Built::default() }.bytes();
    for _ in 0..50_000 {
        bomb.extend(b"\x09\x00\x01\x10SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF");
    }
    let error = dicom::inspect(&bomb).unwrap_err();
    assert!(error.to_string().contains("more than 32 deep"), "{error}");
}
