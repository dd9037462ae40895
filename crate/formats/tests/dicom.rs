//! DICOM objects built for the purpose: values equal an obvious formula, whatever the syntax.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

#[allow(dead_code, unreachable_pub, missing_docs, reason = "shared with other tests")]
#[path = "../../../tests/hostile/dicom.rs"]
mod hostile;

#[path = "common/dicom.rs"]
mod built;

use std::collections::BTreeMap;

use built::{NATIVE, frame, header};
use hostile::{Built, Items, Pixels, Value, number, text};
use hounsfield::{Error, Slice};
use hounsfield_codecs::{Codec, Shape};
use hounsfield_formats::{dicom, item::Kind, reader::FrameCodec};

#[test]
fn a_slice_reads_alike_in_every_syntax() {
    for syntax in NATIVE {
        let built = Built::default().in_syntax(syntax);
        let header = header(&built);
        assert_eq!(frame(&built, 0).unwrap(), Slice::I16(Built::values()), "{syntax}");
        assert_eq!(header.transfer_syntax, syntax);
        assert_eq!(header.modality, "CT");
        assert_eq!(header.series, "1.2.3.3");
        assert_eq!(header.instance_number, Some(7));
        assert_eq!(header.description, "Thorax 2.5");
        assert_eq!(header.patient_position, "HFS");
        assert_eq!(header.thickness_mm, Some(2.5));
        assert_eq!(header.unusable, "");
        let [only] = header.frames.as_slice() else { panic!("{syntax}") };
        assert_eq!(only.position_lps, Some([-10.5, -20.0, 30.25]));
        assert_eq!(only.orientation_lps, Some([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]));
        // Rows lie 0.8 mm apart, columns 0.7: x comes first.
        assert_eq!(only.spacing_mm, Some([0.7, 0.8]));
        assert_eq!((only.slope, only.intercept), (Some(1.0), Some(-1024.0)));
        assert!(!only.other_units && !only.spacing_at_detector && !header.cone_beam);
    }
}

#[test]
fn nothing_of_the_person_is_kept() {
    let built = Built::default()
        .put((0x0008, 0x0020), text(b"DA", "20200102"))
        .put((0x0010, 0x0030), text(b"DA", "19501231"))
        .put((0x0008, 0x0050), text(b"SH", "SECRET-ACC"));
    let json = serde_json::to_string(&dicom::kind(&built.bytes())).unwrap();
    for secret in ["Secret", "SECRET", "20200102", "19501231", "1.2.3.2\""] {
        assert!(!json.contains(secret), "{json}");
    }
}

#[test]
fn without_preamble_or_meta_group() {
    for syntax in [hostile::EXPLICIT, hostile::IMPLICIT, hostile::BIG_ENDIAN] {
        let bare = Built { preamble: false, meta: false, ..Built::default() }.in_syntax(syntax);
        assert_eq!(frame(&bare, 0).unwrap(), Slice::I16(Built::values()), "{syntax}");
        assert_eq!(header(&bare).transfer_syntax, "");
        let no_preamble = Built { preamble: false, ..Built::default() }.in_syntax(syntax);
        assert_eq!(frame(&no_preamble, 0).unwrap(), Slice::I16(Built::values()), "{syntax}");
        let no_meta = Built { meta: false, ..Built::default() }.in_syntax(syntax);
        assert_eq!(frame(&no_meta, 0).unwrap(), Slice::I16(Built::values()), "{syntax}");
    }
}

#[test]
fn enhanced_frames_have_their_own_place_and_rescale() {
    for syntax in NATIVE {
        let built = Built::enhanced().in_syntax(syntax);
        let header = header(&built);
        let [first, second] = header.frames.as_slice() else { panic!("{syntax}") };
        assert_eq!(first.position_lps, Some([1.0, 2.0, 10.0]), "{syntax}");
        assert_eq!(second.position_lps, Some([1.0, 2.0, 13.0]));
        assert_eq!(second.orientation_lps, Some([0.0, 1.0, 0.0, 0.0, 0.0, -1.0]));
        assert_eq!(second.spacing_mm, Some([0.25, 0.5]));
        assert_eq!((first.intercept, second.intercept), (Some(-1000.0), Some(-1001.0)));
        assert_eq!((first.moment, second.moment), (Some(0), Some(0)));
        assert_eq!(header.thickness_mm, Some(4.0));
        let expected = (12..24).map(|n| 2 * n - 1001).collect();
        assert_eq!(frame(&built, 1).unwrap(), Slice::I16(expected), "{syntax}");
        assert!(matches!(frame(&built, 2), Err(Error::BadParameter { .. })));
    }
}

#[test]
fn frames_of_several_times_are_told_apart() {
    let mut built = Built::enhanced();
    let (_, Value::Sequence(frames, _)) = built.elements.get_mut(&(0x5200, 0x9230)).unwrap() else {
        panic!()
    };
    let group = Items::from([((0x0020, 0x9128), (b"UL", Value::U32(vec![2])))]);
    frames[1].insert((0x0020, 0x9111), (b"SQ", Value::Sequence(vec![group], false)));
    let header = header(&built);
    let moments: Vec<_> = header.frames.iter().map(|frame| frame.moment).collect();
    // The second has no stack any more, which sorts before any.
    assert_eq!(moments, [Some(1), Some(0)]);
}

/// A small generator; the same numbers every time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// What a stored word of these bits means, by the words of PS3.5 8.1.1.
fn meaning(word: u64, stored: u32, high: u32, signed: bool) -> f64 {
    let value = (word >> (high + 1 - stored)) % (1 << stored);
    if signed && value >= 1 << (stored - 1) {
        value as f64 - (1_u64 << stored) as f64
    } else {
        value as f64
    }
}

#[test]
fn values_are_what_the_formula_says_whatever_the_bits_and_the_syntax() {
    let mut random = Random(3);
    let syntaxes = [NATIVE.as_slice(), &[hostile::RLE]].concat();
    for round in 0..600 {
        let bytes_each = [1, 2, 4][random.below(3) as usize];
        let allocated = 8 * bytes_each as u32;
        let stored = 1 + random.below(u64::from(allocated)) as u32;
        let high = stored - 1 + random.below(u64::from(allocated - stored) + 1) as u32;
        let signed = random.below(2) == 1;
        let slope = [1.0, 1.0, -2.0, 0.5, 1.25][random.below(5) as usize];
        let intercept = [0.0, -1024.0, -1000.5][random.below(3) as usize];
        let (rows, columns) = (1 + random.below(5), 1 + random.below(7));
        let frames = 1 + random.below(3);
        let syntax = syntaxes[random.below(syntaxes.len() as u64) as usize];
        let pixels = (rows * columns) as usize;

        // Junk around the value is part of the word.
        let words: Vec<u64> = (0..pixels * frames as usize)
            .map(|_| (random.next() << 20 ^ random.next()) % (1 << allocated))
            .collect();
        let samples: Vec<u8> =
            words.iter().flat_map(|word| word.to_le_bytes()[..bytes_each].to_vec()).collect();
        let mut built = Built::default().in_syntax(syntax);
        built.pixel_vr = if random.below(2) == 0 { b"OB" } else { b"OW" };
        if bytes_each > 1 || syntax == hostile::IMPLICIT {
            built.pixel_vr = b"OW";
        }
        built.pixels = if syntax == hostile::RLE {
            let size = pixels * bytes_each;
            let frames = samples.chunks(size).map(|frame| hostile::pack(frame, bytes_each));
            Pixels::Fragments(vec![], frames.collect())
        } else {
            Pixels::Native(samples, bytes_each)
        };
        let built = built
            .put((0x0028, 0x0008), text(b"IS", &frames.to_string()))
            .put((0x0028, 0x0010), number(rows as u16))
            .put((0x0028, 0x0011), number(columns as u16))
            .put((0x0028, 0x0100), number(allocated as u16))
            .put((0x0028, 0x0101), number(stored as u16))
            .put((0x0028, 0x0102), number(high as u16))
            .put((0x0028, 0x0103), number(u16::from(signed)))
            .put((0x0028, 0x1052), text(b"DS", &intercept.to_string()))
            .put((0x0028, 0x1053), text(b"DS", &slope.to_string()));
        for index in 0..frames {
            let words = &words[index as usize * pixels..][..pixels];
            let expected: Vec<f64> = words
                .iter()
                .map(|word| slope * meaning(*word, stored, high, signed) + intercept)
                .collect();
            let whole = expected.iter().all(|value| f64::from(*value as i16) == *value);
            let expected = if whole {
                Slice::I16(expected.iter().map(|value| *value as i16).collect())
            } else {
                Slice::F32(expected.iter().map(|value| *value as f32).collect())
            };
            let found = frame(&built, index as u32).unwrap();
            assert_eq!(found, expected, "round {round}: {syntax} {allocated}/{stored}/{high}");
        }
    }
}

/// Says what it was given.
struct Echo;

impl FrameCodec for Echo {
    fn decode(&self, codec: Codec, frame: &[u8], shape: &Shape) -> Result<Vec<u8>, Error> {
        assert_eq!(codec, Codec::Jpeg);
        let mut out = vec![0; 2 * (shape.columns * shape.rows) as usize];
        out[0] = frame.len() as u8;
        out[2] = *frame.last().unwrap();
        Ok(out)
    }
}

/// Length and last byte of each frame that reaches the decoder.
fn frames_of(pixels: Pixels, count: usize, more: BTreeMap<hostile::Tag, Value>) -> Vec<[i16; 2]> {
    let mut built = Built { pixels, ..Built::default() }
        .in_syntax(hostile::JPEG)
        .put((0x0028, 0x0008), text(b"IS", &count.to_string()))
        .put((0x0028, 0x1052), text(b"DS", "0"));
    built.elements.extend(more.into_iter().map(|(tag, value)| (tag, (b"OV", value))));
    let bytes = built.bytes();
    let frame = |index| match dicom::frame(&bytes, index, &Echo) {
        Ok(Slice::I16(values)) => [values[0], values[1]],
        other => panic!("{other:?}"),
    };
    (0..count as u32).map(frame).collect()
}

#[test]
fn fragments_are_told_apart_into_frames() {
    let start = |last: u8, size: usize| {
        let mut fragment = vec![last; size];
        fragment[..3].copy_from_slice(&[0xFF, 0xD8, 0xFF]);
        fragment
    };
    let none = BTreeMap::new;
    // One frame of three fragments.
    let parts = vec![start(1, 10), vec![2; 6], vec![3; 4]];
    assert_eq!(frames_of(Pixels::Fragments(vec![], parts), 1, none()), [[20, 3]]);
    // A fragment a frame, with and without a table, and with one that is wrong.
    let two = vec![start(1, 10), start(2, 12)];
    for table in [vec![], vec![0, 18], vec![0, 17], vec![5]] {
        let found = frames_of(Pixels::Fragments(table, two.clone()), 2, none());
        assert_eq!(found, [[10, 1], [12, 2]]);
    }
    // Two frames of two fragments each, by the table alone, then by their marks.
    let unmarked = vec![vec![1; 10], vec![2; 6], vec![3; 8], vec![4; 2]];
    let found = frames_of(Pixels::Fragments(vec![0, 32], unmarked.clone()), 2, none());
    assert_eq!(found, [[16, 2], [10, 4]]);
    let marked = vec![start(1, 10), vec![2; 6], start(3, 8), vec![4; 2]];
    let found = frames_of(Pixels::Fragments(vec![], marked), 2, none());
    assert_eq!(found, [[16, 2], [10, 4]]);
    // By the Extended Offset Table.
    let offsets: Vec<u8> = [0_u64, 32].iter().flat_map(|offset| offset.to_le_bytes()).collect();
    let extended = BTreeMap::from([((0x7FE0, 0x0001), Value::Bytes(offsets))]);
    let found = frames_of(Pixels::Fragments(vec![], unmarked.clone()), 2, extended);
    assert_eq!(found, [[16, 2], [10, 4]]);
    // Nothing tells.
    let built = Built { pixels: Pixels::Fragments(vec![], unmarked), ..Built::default() }
        .in_syntax(hostile::JPEG)
        .put((0x0028, 0x0008), text(b"IS", "2"));
    let error = dicom::frame(&built.bytes(), 0, &Echo).unwrap_err();
    assert!(
        error.to_string().contains("4 fragments cannot be told apart into 2 frames"),
        "{error}"
    );
}

#[test]
fn without_a_decoder_a_compressed_frame_is_refused_by_name() {
    let built = Built { pixels: Pixels::Fragments(vec![], vec![vec![0; 8]]), ..Built::default() };
    let error = frame(&built.in_syntax(hostile::JPEG2000), 0).unwrap_err();
    assert!(error.to_string().contains("Jpeg2000"), "{error}");
}

#[test]
fn numbers_that_are_none_are_absent() {
    let of = |tag, value: &str| {
        let vr = if tag == (0x0020, 0x0013) { b"IS" } else { b"DS" };
        header(&Built::default().put(tag, text(vr, value)))
    };
    for bad in
        ["", "  ", "1\\2", "1\\2\\x", "1,5\\2\\3", "1\\2\\3\\4", "inf\\0\\0", "NaN\\0\\0", "\\\\"]
    {
        assert_eq!(of((0x0020, 0x0032), bad).frames[0].position_lps, None, "{bad:?}");
    }
    for good in ["1\\2\\3", " 1 \\ 2\\3 ", "+1\\2.\\0.3e1", "1\\2\\3\\", "1.0\\2\\3\0"] {
        let found = of((0x0020, 0x0032), good).frames[0].position_lps;
        assert_eq!(found, Some([1.0, 2.0, 3.0]), "{good:?}");
    }
    for bad in ["0\\0", "-1\\1", "0.7"] {
        assert_eq!(of((0x0028, 0x0030), bad).frames[0].spacing_mm, None, "{bad:?}");
    }
    assert_eq!(of((0x0018, 0x0050), "").thickness_mm, None);
    assert_eq!(of((0x0020, 0x0013), "1A").instance_number, None);
    assert_eq!(of((0x0020, 0x0013), "12.0").instance_number, Some(12));
    assert_eq!(of((0x0020, 0x0013), "99999999999").instance_number, None);
    assert_eq!(of((0x0028, 0x1053), "0").frames[0].slope, None);
}

#[test]
fn what_the_ct_check_goes_by() {
    let plain = Built::default;
    let padded = plain().put((0x0028, 0x0120), number(63536)).put((0x0028, 0x0121), number(63436));
    assert_eq!(header(&padded).padding, Some([-2100, -2000]));
    let unsigned = padded.put((0x0028, 0x0103), number(0));
    assert_eq!(header(&unsigned).padding, Some([63436, 63536]));

    let detector = plain().without((0x0028, 0x0030)).put((0x0018, 0x1164), text(b"DS", "0.2\\0.1"));
    let found = header(&detector).frames[0];
    assert_eq!((found.spacing_mm, found.spacing_at_detector), (Some([0.1, 0.2]), true));

    for (agent, given) in [("OMNIPAQUE", true), ("", false), ("NONE", false)] {
        let header = header(&plain().put((0x0018, 0x0010), text(b"LO", agent)));
        assert_eq!(header.contrast_agent, Some(given), "{agent:?}");
    }
    assert_eq!(header(&plain()).contrast_agent, None);

    for (tag, words, cone_beam) in [
        ((0x0008, 0x1090), "i-CAT 17-19", true),
        ((0x0008, 0x1090), "On-Board Imager", true),
        ((0x0008, 0x103E), "CBCT full", true),
        ((0x0018, 0x1030), "Cone beam head", true),
        ((0x0008, 0x1090), "LightSpeed VCT", false),
        ((0x0008, 0x103E), "SCBCTX", false),
    ] {
        assert_eq!(header(&plain().put(tag, text(b"LO", words))).cone_beam, cone_beam, "{words}");
    }

    for (unit, other) in [("HU", false), ("", false), ("US", false), ("OD", true)] {
        let header = header(&plain().put((0x0028, 0x1054), text(b"LO", unit)));
        assert_eq!(header.frames[0].other_units, other, "{unit:?}");
    }
    assert!(header(&plain().put((0x0028, 0x2110), text(b"CS", "01"))).lossy);
    assert_eq!(header(&plain().put((0x0020, 0x0100), text(b"IS", "4"))).frames[0].moment, Some(4));
}

#[test]
fn descriptions_in_other_alphabets() {
    let of = |charset: &str, bytes: &[u8]| {
        let description = (b"LO", Value::Bytes(bytes.to_vec()));
        let built = Built::default().put((0x0008, 0x0005), text(b"CS", charset));
        header(&built.put((0x0008, 0x103E), description)).description
    };
    assert_eq!(of("ISO_IR 100", b"Sch\xE4del "), "Schädel");
    assert_eq!(of("ISO_IR 192", "头部".as_bytes()), "头部");
    assert_eq!(of("nonsense", b"Sch\xE4del "), "Sch\u{FFFD}del");
}

#[test]
fn floats_are_read() {
    let samples: Vec<u8> = (0..12).flat_map(|n| (n as f32 / 4.0).to_le_bytes()).collect();
    let built = Built {
        pixels: Pixels::Native(samples, 4),
        pixel_tag: (0x7FE0, 0x0008),
        pixel_vr: b"OF",
        ..Built::default()
    };
    let expected = (0..12).map(|n| n as f32 / 4.0 - 1024.0).collect();
    assert!(header(&built).float);
    for syntax in [hostile::EXPLICIT, hostile::IMPLICIT, hostile::BIG_ENDIAN] {
        let found = frame(&built.clone().in_syntax(syntax), 0).unwrap();
        assert_eq!(found, Slice::F32(Vec::clone(&expected)), "{syntax}");
    }
}

#[test]
fn what_is_listed_but_no_part_of_a_volume_says_why() {
    let plain = Built::default;
    let one_bit = plain().put((0x0028, 0x0100), number(1)).put((0x0028, 0x0101), number(1));
    for (built, says) in [
        (plain().put((0x0028, 0x0004), text(b"CS", "PALETTE COLOR")), "palette"),
        (plain().put((0x0028, 0x0004), text(b"CS", "RGB")), "colours (RGB"),
        (plain().put((0x0028, 0x0002), number(3)), "3 samples"),
        (plain().put((0x0028, 0x0100), number(12)), "12 bits"),
        (one_bit, "1 bit a pixel"),
        (plain().put((0x0028, 0x0010), number(6)), "ends after 24 bytes"),
        (plain().in_syntax("1.2.840.10008.1.2.4.100"), ""),
    ] {
        let header = header(&built);
        assert!(header.unusable.contains(says), "{}", header.unusable);
        assert_eq!(frame(&built, 0).is_err(), !says.is_empty(), "{says}");
    }
    let video = Built { pixels: Pixels::Fragments(vec![], vec![vec![0; 8]]), ..plain() };
    let says = header(&video.in_syntax("1.2.840.10008.1.2.4.100")).unusable;
    assert!(says.contains("MPEG2"), "{says}");
    let mosaic = plain().put((0x0008, 0x0008), text(b"CS", "ORIGINAL\\PRIMARY\\M\\MOSAIC"));
    assert!(header(&mosaic).unusable.contains("mosaic"));
}

#[test]
fn what_is_no_image_is_named() {
    let none = || Built { pixels: Pixels::None, ..Built::default() };
    let directory = (b"SQ", Value::Sequence(vec![Items::new()], false));
    for (built, code, says) in [
        (none().put((0x0004, 0x1220), directory), "dicomdir", "DICOMDIR"),
        (none().put((0x0008, 0x0060), text(b"CS", "RTSTRUCT")), "no_image", "RTSTRUCT"),
        (none(), "no_image", "pixels are missing"),
        (Built::default().without((0x0028, 0x0010)), "bad_header", "Rows (0028,0010) is absent"),
        (
            Built::default().put((0x0028, 0x0011), number(0)),
            "bad_header",
            "Columns (0028,0011) is 0",
        ),
    ] {
        match dicom::kind(&built.bytes()) {
            Some(Kind::Other { code: found, reason }) => {
                assert_eq!(found, code);
                assert!(reason.contains(says), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }
    for bytes in
        [b"".as_slice(), b"\x08\x00", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &[0; 400], b"PK\x03\x04"]
    {
        assert_eq!(dicom::kind(&bytes.to_vec()), None);
    }
}

#[test]
fn compressed_frames_of_an_unstated_syntax_say_what_they_are() {
    let jpeg = |more: &[u8]| [&[0xFF, 0xD8, 0xFF], more, &[0; 9]].concat();
    for (front, codec) in [
        (jpeg(&[0xC4]), Some(Codec::Jpeg)),
        (jpeg(&[0xF7]), Some(Codec::JpegLs)),
        (b"\xFF\x4F\xFF\x51\0\x2F\0\0".to_vec(), Some(Codec::Jpeg2000)),
        (b"whatever".to_vec(), None),
    ] {
        let pixels = Pixels::Fragments(vec![], vec![front]);
        let header = header(&Built { pixels, ..Built::default() }.in_syntax("1.2.3.4.5"));
        assert_eq!(header.codec, codec);
        assert_eq!(header.unusable.is_empty(), codec.is_some(), "{}", header.unusable);
    }
}

#[test]
fn what_only_begins_like_a_bare_data_set_is_no_dicom() {
    let mut bytes = b"\x08\x00\x05\x00CS\x02\x00xx".to_vec();
    bytes.extend((0..4000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()));
    assert_eq!(dicom::kind(&bytes), None);
}

#[test]
fn sequences_of_unknown_representation_are_implicit() {
    // (0009,1001) UN of undefined length, its item implicit, as PS3.5 6.2.2 has it.
    let mut inner = b"\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF".to_vec();
    inner.extend(b"\x08\x00\x60\x00\x02\x00\x00\x00MR");
    inner.extend(b"\xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0");
    let built = Built::default().put((0x0009, 0x1001), (b"UN", Value::Lie(inner, u32::MAX)));
    assert_eq!(header(&built).modality, "CT");
    assert_eq!(frame(&built, 0).unwrap(), Slice::I16(Built::values()));
    // An icon with compressed pixels of its own, whose bytes look like elements.
    let mut icon =
        b"\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF\xE0\x7F\x10\x00OB\0\0\xFF\xFF\xFF\xFF".to_vec();
    icon.extend(b"\xFE\xFF\x00\xE0\0\0\0\0\xFE\xFF\x00\xE0\x06\0\0\0\x09\0\x01\x10SQ");
    icon.extend(b"\xFE\xFF\xDD\xE0\0\0\0\0\xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0");
    let built = Built::default().put((0x0009, 0x1001), (b"SQ", Value::Lie(icon, u32::MAX)));
    assert_eq!(frame(&built, 0).unwrap(), Slice::I16(Built::values()));
}

#[test]
fn elements_of_unknown_representation_are_passed_over() {
    // Two letters that mean nothing, with a 16-bit length; then an implicit one among explicit ones.
    let odd = Built::default().put((0x0009, 0x1001), text(b"ZZ", "what"));
    assert_eq!(frame(&odd, 0).unwrap(), Slice::I16(Built::values()));
    let whole = Built::default().bytes();
    let at = whole.windows(6).position(|bytes| bytes == b"\x10\x00\x10\x00PN").unwrap();
    let mut mixed = whole[..at].to_vec();
    mixed.extend(b"\x09\x00\x01\x10\x04\x00\x00\x00what");
    mixed.extend(&whole[at..]);
    assert_eq!(dicom::frame(&mixed, 0, &()).unwrap(), Slice::I16(Built::values()));
}
