//! NRRD and MetaImage, field by field; geometry and voxels as SimpleITK 2.5.7 reads the same files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::io::Write;

use hounsfield::{
    Error, Volume, Voxels,
    facts::{PixelSpacing, Placement},
};
use hounsfield_formats::plan::{Options, Plan};

mod common;
use common::{catalogue, files, gzip, listing, zip};

/// 3 × 2 × 2 voxels, −5, −4, …, 6.
const VALUES: [i16; 12] = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6];

fn little() -> Vec<u8> {
    VALUES.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    zlib.write_all(bytes).unwrap();
    zlib.finish().unwrap()
}

/// A NRRD of `VALUES`; `lines` come instead of those with the same first word.
fn nrrd(lines: &[&str], data: &[u8]) -> Vec<u8> {
    let usual = [
        "type: short",
        "dimension: 3",
        "space: left-posterior-superior",
        "sizes: 3 2 2",
        "space directions: (2,0,0) (0,3,0) (0,0,4)",
        "endian: little",
        "encoding: raw",
        "space origin: (10,20,30)",
    ];
    let field = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
    let mut header = String::from("NRRD0004\n# a comment\nkey:=value: with colons\n");
    for line in usual {
        if !lines.iter().any(|other| field(other) == field(line)) {
            header += &format!("{line}\n");
        }
    }
    for line in lines.iter().filter(|line| !line.ends_with(": -")) {
        header += &format!("{line}\n");
    }
    [header.as_bytes(), b"\n", data].concat()
}

/// A MetaImage of `VALUES`, alike.
fn meta(lines: &[&str], data: &[u8]) -> Vec<u8> {
    let usual = [
        "NDims = 3",
        "DimSize = 3 2 2",
        "ElementType = MET_SHORT",
        "TransformMatrix = 1 0 0 0 1 0 0 0 1",
        "Offset = 10 20 30",
        "ElementSpacing = 2 3 4",
    ];
    let key = |line: &str| line.split(" = ").next().unwrap_or_default().to_owned();
    let mut header = String::from("ObjectType = Image\n");
    for line in usual {
        if !lines.iter().any(|other| key(other) == key(line)) {
            header += &format!("{line}\n");
        }
    }
    for line in lines.iter().filter(|line| !line.ends_with(" = -")) {
        header += &format!("{line}\n");
    }
    if !header.contains("ElementDataFile") {
        header += "ElementDataFile = LOCAL\n";
    }
    [header.as_bytes(), data].concat()
}

fn open(given: &[(&str, &[u8])]) -> Result<(Plan, Volume), Error> {
    common::open(&files(given), &Options::default())
}

/// The values in the file's order, which must be LPS with these spacings and this origin.
fn assert_usual(given: &[(&str, &[u8])], what: &str) {
    let (plan, volume) =
        open(given).unwrap_or_else(|e| panic!("{what}: {e}, {:?}", listing(&files(given))));
    assert_eq!(plan.info.file_axes, "LPS", "{what}");
    let expected = [[-2.0, 0.0, 0.0, -10.0], [0.0, -3.0, 0.0, -20.0], [0.0, 0.0, 4.0, 30.0]];
    assert_eq!(plan.ras_from_file, expected, "{what}");
    // x and y run the other way.
    assert_eq!(volume.grid().ras_of([0.0; 3]), [-14.0, -23.0, 30.0], "{what}");
    let expected: Vec<i16> =
        [5, 4, 3, 2, 1, 0, 11, 10, 9, 8, 7, 6].map(|n: usize| VALUES[n]).to_vec();
    assert_eq!(*volume.voxels(), Voxels::I16(expected), "{what}");
}

#[test]
fn nrrd_in_every_wrapping_is_the_same_volume() {
    let raw = little();
    let big: Vec<u8> = VALUES.iter().flat_map(|value| value.to_be_bytes()).collect();
    let text = VALUES.map(|value| value.to_string()).join(" ");
    let attached = nrrd(&[], &raw);
    assert_usual(&[("whatever", &attached)], "raw");
    assert_usual(&[("a", &nrrd(&["endian: big"], &big))], "big");
    assert_usual(&[("a", &nrrd(&["encoding: gzip"], &gzip(&raw)))], "gzip");
    let members = [gzip(&raw[..10]), gzip(&raw[10..])].concat();
    assert_usual(&[("a", &nrrd(&["encoding: gz"], &members))], "two members");
    assert_usual(&[("a", &nrrd(&["encoding: text", "endian: -"], text.as_bytes()))], "text");
    assert_usual(&[("a", &gzip(&attached))], "gzip around it");
    for method in [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated] {
        assert_usual(&[("a.zip", &zip(&[("b/scan.nrrd", &attached)], method))], "zip");
    }
    let crlf = String::from_utf8(nrrd(&[], b"")).unwrap().replace('\n', "\r\n");
    assert_usual(&[("a", &[crlf.as_bytes(), &raw].concat())], "CR LF");
    let wide: Vec<u8> = VALUES.iter().flat_map(|v| f64::from(*v).to_le_bytes()).collect();
    assert_usual(&[("a", &nrrd(&["type: double"], &wide))], "double");
    let junk = [b"junk", raw.as_slice()].concat();
    assert_usual(&[("a", &nrrd(&["byte skip: 4"], &junk))], "byte skip");
    assert_usual(&[("a", &nrrd(&["byteskip: -1"], &junk))], "byte skip -1");
    let lines = [b"one\ntwo\n", raw.as_slice()].concat();
    assert_usual(&[("a", &nrrd(&["line skip: 2"], &lines))], "line skip");
}

#[test]
fn detached_nrrd_finds_its_data_by_name() {
    let raw = little();
    let one = nrrd(&["data file: scan.raw"], b"");
    assert_usual(&[("Scan.NHDR", &one), ("SCAN.RAW", &raw)], "beside");
    assert_usual(&[("x/s.nhdr", &nrrd(&["data file: ../y/./d"], b"")), ("y/d", &raw)], "elsewhere");
    let archive =
        zip(&[("a/scan.nhdr", &one), ("a/scan.raw", &raw)], zip::CompressionMethod::Deflated);
    assert_usual(&[("z.zip", &archive)], "in a zip");
    let gz = nrrd(&["encoding: gzip", "data file: s.raw.gz"], b"");
    assert_usual(&[("s.nhdr", &gz), ("s.raw.gz", &gzip(&raw))], "gzip");
    let list = nrrd(&["data file: LIST", "b.raw", "a.raw"], b"");
    let list = &list[..list.len() - 1];
    assert_usual(&[("a.raw", &raw[12..]), ("b.raw", &raw[..12]), ("s.nhdr", list)], "list");
    let pattern = nrrd(&["data file: s%03d.raw 8 10 2"], b"");
    assert_usual(
        &[("s.nhdr", &pattern), ("s008.raw", &raw[..12]), ("s010.raw", &raw[12..])],
        "pattern",
    );
    // Without its data, with too little of it, and data without a header.
    let missing = listing(&files(&[("s.nhdr", &one)]));
    assert_eq!(missing.left_out[0].code, "missing_image");
    assert!(missing.left_out[0].reason.contains("scan.raw"), "{missing:?}");
    let short = listing(&files(&[("s.nhdr", &one), ("scan.raw", &raw[..23])]));
    assert!(short.left_out[0].reason.contains("ends after 23 bytes"), "{short:?}");
    let alone = listing(&files(&[("scan.raw", &raw)]));
    assert_eq!(alone.left_out[0].code, "voxels_alone");
}

#[test]
fn nrrd_axes_are_what_the_space_says() {
    let affine = |lines: &[&str]| open(&[("a", &nrrd(lines, &little()))]).unwrap().0;
    let ras = affine(&["space: right-anterior-superior"]);
    assert_eq!(
        ras.ras_from_file,
        [[2.0, 0.0, 0.0, 10.0], [0.0, 3.0, 0.0, 20.0], [0.0, 0.0, 4.0, 30.0]]
    );
    let las = affine(&["space: LAS"]);
    assert_eq!(las.ras_from_file[0], [-2.0, 0.0, 0.0, -10.0]);
    assert_eq!(las.ras_from_file[1], [0.0, 3.0, 0.0, 20.0]);
    assert_eq!(las.info.facts.placement, Placement::Stated);
    assert_eq!(las.info.facts.pixel_spacing, PixelSpacing::Stated);
    let turned = affine(&["space directions: (0,0,2) (3,0,0) (0,4,0)"]);
    assert_eq!(turned.info.file_axes, "SLP");
    assert_eq!(turned.ras_from_file[2], [2.0, 0.0, 0.0, 30.0]);
    let metres = affine(&[
        "space units: \"m\" \"m\" \"m\"",
        "space directions: (.002,0,0) (0,.003,0) (0,0,.004)",
    ]);
    assert_eq!(metres.ras_from_file[0], [-2.0, 0.0, 0.0, -10000.0]);
    // ITK, too, takes the axes for LPS; we say so.
    for lines in [
        &["space: -", "space directions: -", "spacings: 2 3 4", "space origin: -"][..],
        &["space: scanner-xyz", "space origin: -"],
    ] {
        let plan = affine(lines);
        assert_eq!(plan.info.facts.placement, Placement::Assumed);
        assert_eq!(plan.ras_from_file[0], [-2.0, 0.0, 0.0, 0.0]);
        assert!(plan.info.notes.iter().any(|note| note.code == "orientation_unknown"));
    }
    let bare = nrrd(&["space: -", "space directions: -", "space origin: -"], &little());
    let bare = files(&[("a", &bare)]);
    assert!(listing(&bare).series[0].asks.spacing);
    let assumed = catalogue(&bare).plan("1", &Options::default()).unwrap();
    assert_eq!(assumed.info.facts.pixel_spacing, PixelSpacing::Assumed);
    let given = Options { spacing_mm: Some([0.5, 0.6, 0.7]), ..Options::default() };
    let plan = catalogue(&bare).plan("1", &given).unwrap();
    assert_eq!(plan.info.spacing_mm, [0.5, 0.6, 0.7]);
    assert_eq!(plan.info.facts.pixel_spacing, PixelSpacing::Given);
    assert!(plan.info.notes.iter().any(|note| note.code == "spacing_given"));
}

#[test]
fn of_lists_and_components_the_first_is_taken_and_that_is_said() {
    let twice: Vec<u8> = [little(), little()].concat();
    let volumes = nrrd(
        &["dimension: 4", "sizes: 3 2 2 2", "space directions: (2,0,0) (0,3,0) (0,0,4) none"],
        &twice,
    );
    assert_usual(&[("a", &volumes)], "volumes");
    let pairs: Vec<u8> = VALUES.iter().flat_map(|v| [v.to_le_bytes(), [7, 7]].concat()).collect();
    let components = nrrd(
        &["dimension: 4", "sizes: 2 3 2 2", "space directions: none (2,0,0) (0,3,0) (0,0,4)"],
        &pairs,
    );
    assert_usual(&[("a", &components)], "components");
    let note = |bytes: &[u8]| open(&[("a", bytes)]).unwrap().0.info.notes[0].message.clone();
    assert!(note(&volumes).contains("holds 2 volumes"));
    assert!(note(&components).contains("has 2 numbers"));
    let between = nrrd(
        &["dimension: 4", "sizes: 3 2 2 2", "space directions: (2,0,0) none (0,3,0) (0,0,4)"],
        &twice,
    );
    assert!(listing(&files(&[("a", &between)])).left_out[0].reason.contains("next to each other"));
}

#[test]
fn metaimage_in_every_wrapping_is_the_same_volume() {
    let raw = little();
    let big: Vec<u8> = VALUES.iter().flat_map(|value| value.to_be_bytes()).collect();
    assert_usual(&[("a", &meta(&[], &raw))], "raw");
    assert_usual(&[("a", &meta(&["BinaryDataByteOrderMSB = True"], &big))], "big");
    let size = format!("CompressedDataSize = {}", zlib(&raw).len());
    let packed = meta(&["BinaryData = True", "CompressedData = True", &size], &zlib(&raw));
    assert_usual(&[("a", &packed)], "zlib");
    let text = VALUES.map(|value| value.to_string()).join("\n");
    assert_usual(&[("a", &meta(&["BinaryData = False"], text.as_bytes()))], "text");
    assert_usual(&[("a", &meta(&["Offset = -", "Origin = 10 20 30"], &raw))], "another name");
    let junk = [b"junk", raw.as_slice()].concat();
    let header = |lines: &[&str]| meta(lines, b"");
    let apart = header(&["HeaderSize = 4", "ElementDataFile = x.raw"]);
    assert_usual(&[("x.mhd", &apart), ("x.raw", &junk)], "header size");
    let apart = header(&["HeaderSize = -1", "ElementDataFile = x.raw"]);
    assert_usual(&[("x.mhd", &apart), ("x.raw", &junk)], "header size -1");
    let list = header(&["ElementDataFile = LIST", "x1", "x0"]);
    assert_usual(&[("x0", &raw[12..]), ("x1", &raw[..12]), ("x.mhd", &list)], "list");
    let pattern = header(&["ElementDataFile = x%d.raw 1 2 1"]);
    assert_usual(&[("x1.raw", &raw[..12]), ("x2.raw", &raw[12..]), ("x.mhd", &pattern)], "pattern");
}

#[test]
fn metaimage_holds_a_direction_for_each_axis() {
    let plan = |lines: &[&str]| open(&[("a", &meta(lines, &little()))]).unwrap().0;
    let turned = plan(&["TransformMatrix = 0 0 1 1 0 0 0 1 0", "AnatomicalOrientation = IRA"]);
    assert_eq!(turned.info.file_axes, "SLP");
    assert_eq!(
        turned.ras_from_file,
        [[0.0, -3.0, 0.0, -10.0], [0.0, 0.0, -4.0, -20.0], [2.0, 0.0, 0.0, 30.0]]
    );
    assert!(turned.info.notes.is_empty(), "{:?}", turned.info.notes);
    let wrong = plan(&["AnatomicalOrientation = LPI"]);
    assert_eq!(wrong.info.file_axes, "LPS");
    assert_eq!(wrong.info.notes[0].code, "orientation_contradicts");
    let silent = plan(&["TransformMatrix = -", "ElementSpacing = -"]);
    assert_eq!(silent.info.facts.placement, Placement::Assumed);
    assert_eq!(silent.info.spacing_mm, [1.0; 3]);
}

#[test]
fn one_byte_of_a_gzip_is_not_let_by() {
    let mut packed = gzip(&little());
    let checksum = packed.len() - 8;
    packed[checksum] ^= 1;
    let error = open(&[("a", &nrrd(&["encoding: gzip"], &packed))]).unwrap_err();
    assert_eq!(error.code(), "unreadable");
    let cut = nrrd(&["encoding: gzip"], &gzip(&little())[..20]);
    assert_eq!(open(&[("a", &cut)]).unwrap_err().code(), "truncated");
}

#[test]
fn lies_and_oddities_are_refused_with_the_value() {
    let raw = little();
    let cases: [(Vec<u8>, &str); 27] = [
        (nrrd(&["sizes: 1000000000 1000000000 1000000000"], &raw), "1000000000"),
        (nrrd(&["sizes: 60000 60000 60000"], &raw), "432000000000000"),
        (nrrd(&["sizes: 60000 60000 60000", "encoding: gzip"], &gzip(&raw)), "promises"),
        (nrrd(&["sizes: 3 2 -2"], &raw), "-2"),
        (nrrd(&["sizes: 3 2 0"], &raw), "3 2 0"),
        (nrrd(&["sizes: 3 2"], &raw), "sizes"),
        (nrrd(&["sizes: 3 2 3"], &raw), "24"),
        (nrrd(&["dimension: 17"], &raw), "17"),
        (nrrd(&["dimension: x"], &raw), "\"x\""),
        (nrrd(&["space directions: (nan,0,0) (0,3,0) (0,0,4)"], &raw), "nan"),
        (nrrd(&["space directions: (2,0,0) (0,3,0) (0,inf,4)"], &raw), "inf"),
        (nrrd(&["space directions: (2,0,0) (2,0,0) (0,0,4)"], &raw), "singular"),
        (nrrd(&["space directions: (2,0,0"], &raw), "(2,0,0"),
        (nrrd(&["space directions: (0,0,0) (0,0,0) (0,0,0)"], &raw), "spacing"),
        (nrrd(&["space units: \"parsec\""], &raw), "parsec"),
        (nrrd(&["type: block"], &raw), "block"),
        (nrrd(&["type: -"], &raw), "missing"),
        (nrrd(&["encoding: hex"], &raw), "hex"),
        (nrrd(&["encoding: bzip2"], &raw), "bzip2"),
        (nrrd(&["endian: -"], &raw), "endian"),
        (nrrd(&["byte skip: -2"], &raw), "-2"),
        (nrrd(&["data file: s%d 1 99999999 1"], &raw), "65534"),
        (meta(&["DimSize = 3 2 1000000000"], &raw), "1000000000"),
        (meta(&["ElementSpacing = 2 nan 4"], &raw), "nan"),
        (meta(&["ElementNumberOfChannels = 3"], &raw), "3"),
        (meta(&["ElementType = MET_FLOAT_ARRAY"], &raw), "MET_FLOAT_ARRAY"),
        (meta(&["NDims = 99"], &raw), "99"),
    ];
    for (bytes, words) in cases {
        let left_out = listing(&files(&[("a", &bytes)])).left_out;
        let header = String::from_utf8_lossy(&bytes).into_owned();
        assert!(
            left_out.len() == 1 && left_out[0].reason.contains(words),
            "{header}\n{left_out:?}"
        );
    }
}

#[test]
fn every_prefix_and_every_changed_byte_gives_a_volume_or_a_sentence() {
    let packed = nrrd(&["encoding: gzip"], &gzip(&little()));
    let text = VALUES.map(|value| value.to_string()).join(" ");
    let text = nrrd(&["encoding: text"], text.as_bytes());
    let zlib = meta(&["CompressedData = True"], &zlib(&little()));
    for file in [nrrd(&[], &little()), packed, text, meta(&[], &little()), zlib] {
        for n in 0..file.len() {
            let _ = open(&[("a", &file[..n])]);
            for flip in [1, 0x10, 0x80] {
                let mut changed = file.clone();
                changed[n] ^= flip;
                let _ = open(&[("a", &changed)]);
            }
        }
    }
}

#[test]
fn a_stream_that_was_cut_is_not_gone_through_again_for_every_slice() {
    let packed = gzip(&little());
    let file = nrrd(&["encoding: gzip"], &packed[..packed.len() / 2]);
    let files = files(&[("a.nrrd", &file)]);
    let plan = catalogue(&files).plan("1", &Options::default()).unwrap();
    let mut reader = hounsfield_formats::readers::reader(&plan, &files, &()).unwrap();
    let first = reader.plane(1).unwrap_err();
    assert_eq!(reader.plane(1).unwrap_err(), first);
    // It ended before slice 1, so nobody looks for slice 0 in it, either.
    assert_eq!(reader.plane(0).unwrap_err(), first);
}

#[test]
fn voxels_of_the_same_name_elsewhere_are_somebody_elses() {
    let header = nrrd(&["data file: ct.raw"], b"");
    let raw = little();
    let beside = listing(&files(&[("a/ct.nhdr", &header), ("a/ct.raw", &raw)]));
    assert_eq!(beside.series.len(), 1);
    let elsewhere = listing(&files(&[("a/ct.nhdr", &header), ("b/ct.raw", &raw)]));
    assert!(elsewhere.series.is_empty());
    // A path of the machine that wrote it means the file beside the header.
    let header = nrrd(&["data file: C:\\scans\\ct.raw"], b"");
    assert_eq!(listing(&files(&[("a/ct.nhdr", &header), ("a/ct.raw", &raw)])).series.len(), 1);
}

#[test]
fn a_long_list_of_data_files_is_read_to_its_end() {
    let names: Vec<String> = (0..1200).map(|n| format!("slice-{n:012}.raw")).collect();
    let header = format!(
        "ObjectType = Image\nNDims = 3\nDimSize = 3 2 1200\nElementType = MET_SHORT\n\
         ElementSpacing = 1 1 1\nElementDataFile = LIST\n{}\n",
        names.join("\n")
    );
    let slice = [0; 12];
    let mut all: Vec<(&str, &[u8])> = vec![("a.mhd", header.as_bytes())];
    all.extend(names.iter().map(|name| (name.as_str(), slice.as_slice())));
    let found = listing(&files(&all));
    assert_eq!(found.series[0].size_voxel, [3, 2, 1200], "{:?}", found.left_out);
}
