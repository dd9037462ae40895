//! Files that nobody should be hurt by.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::{
    dicom::{Built, DEFLATED, EXPLICIT, IMPLICIT, Items, JPEG, Pixels, RLE, Value, number, text},
    opening::outcome,
    table,
    zip::{self, Entry},
};

const MEMORY_BYTES: u64 = 64_000_000;
const MB: usize = 1_000_000;

/// One drop.
pub(crate) type Drop = Vec<(String, Vec<u8>)>;

/// The table.
pub(crate) fn table(drops: Vec<(&'static str, Drop)>) -> String {
    let outcomes: Vec<(String, String)> = drops
        .into_iter()
        .map(|(name, files)| {
            let outcome = outcome(name, files, MEMORY_BYTES);
            (name.to_owned(), outcome)
        })
        .collect();
    table::rows(&outcomes)
}

/// All of them.
pub(crate) fn drops() -> Vec<(&'static str, Drop)> {
    let one = |name: &'static str, bytes: Vec<u8>| (name, vec![(name.to_owned(), bytes)]);
    let mut all = archives().into_iter().map(|(name, bytes)| one(name, bytes)).collect::<Vec<_>>();
    all.extend(slices().into_iter().map(|(name, bytes)| one(name, bytes)));
    all.extend(others().into_iter().map(|(name, bytes)| one(name, bytes)));
    all.push(("two_slices_a_light_year_apart", far_apart()));
    all.push(("no files", Vec::new()));
    all.push(one("empty", Vec::new()));
    all.push(one("one byte", vec![0]));
    all.push(("1000 empty files", (0..1000).map(|n| (n.to_string(), Vec::new())).collect()));
    all
}

fn archives() -> Vec<(&'static str, Vec<u8>)> {
    let scan = nifti();
    let zip = |entries: &[Entry]| zip::archive(entries);
    let with = |entry: Entry, change: &dyn Fn(&mut Entry)| {
        let mut entry = entry;
        change(&mut entry);
        zip::archive(&[entry])
    };
    let good = zip(&[Entry::deflated("scan.nii", &scan)]);
    let cut = |bytes: &[u8], keep: usize| bytes[..keep].to_vec();
    let zeros = vec![0; 200 * MB];
    let bomb = Entry::deflated("zeros.dcm", &zeros);
    let mut flipped = good.clone();
    flipped[50] ^= 0xff;
    vec![
        ("good.zip", good.clone()),
        ("without_entries.zip", zip(&[])),
        ("cut_in_half.zip", cut(&good, good.len() / 2)),
        ("cut_by_a_byte.zip", cut(&good, good.len() - 1)),
        ("magic_only.zip", b"PK\x03\x04".to_vec()),
        ("flipped_bits.zip", flipped),
        ("bomb.zip", zip(std::slice::from_ref(&bomb))),
        ("bomb_that_says_100_bytes.zip", with(bomb.clone(), &|e| e.bytes = 100)),
        ("100_bombs.zip", zip(&vec![bomb.clone(); 100])),
        ("bombs_on_top_of_each_other.zip", zip::overlapping(&bomb, 60_000)),
        ("says_4_gb.zip", with(Entry::deflated("scan.nii", &scan), &|e| e.bytes = 0xffff_fff0)),
        (
            "stored_says_4_gb.zip",
            with(Entry::stored("scan.nii", &scan), &|e| {
                (e.bytes, e.packed_bytes) = (0xffff_fff0, 0xffff_fff0)
            }),
        ),
        ("wrong_checksum.zip", with(Entry::deflated("scan.nii", &scan), &|e| e.crc ^= 1)),
        (
            "entry_beyond_the_end.zip",
            with(Entry::deflated("scan.nii", &scan), &|e| e.offset = Some(0x7fff_ffff)),
        ),
        ("encrypted.zip", with(Entry::deflated("scan.nii", &scan), &|e| e.flags |= 1)),
        ("unknown_method.zip", with(Entry::stored("scan.nii", &scan), &|e| e.method = 97)),
        ("zip_in_a_zip.zip", zip(&[Entry::stored("good.zip", &good)])),
        ("zip_in_zip_in_zip.zip", {
            let nested = zip(&[Entry::deflated("good.zip", &good)]);
            zip(&[Entry::deflated("nested.zip", &nested), Entry::deflated("scan.nii", &scan)])
        }),
        ("climbs_out.zip", zip(&[Entry::deflated("../../../../etc/passwd", &scan)])),
        ("absolute_path.zip", zip(&[Entry::deflated("/etc/cron.d/scan.nii", &scan)])),
        ("windows_path.zip", zip(&[Entry::deflated("..\\..\\C:\\scan.nii", &scan)])),
        (
            "name_of_control_characters.zip",
            with(Entry::deflated("", b"no scan"), &|e| e.name = b"\x1b[2J\n\0.dcm".to_vec()),
        ),
        ("name_without_end.zip", {
            let name = "a/".repeat(30_000);
            zip(&[Entry::deflated(&name, &scan)])
        }),
        ("folders_only.zip", zip(&[Entry::stored("a/", b""), Entry::stored("a/b/", b"")])),
        ("a_million_empty_files.zip", {
            let empty = Entry::stored("0", b"");
            zip::overlapping(&empty, 1_000_000)
        }),
        ("100000_tiny_files.zip", {
            let tiny: Vec<Entry> =
                (0..100_000).map(|n| Entry::stored(&format!("{n}.dcm"), b"x")).collect();
            zip(&tiny)
        }),
    ]
}

/// DICOM files.
fn slices() -> Vec<(&'static str, Vec<u8>)> {
    let good = Built::default;
    let sequence = |items: Vec<Items>, undefined| (b"SQ", Value::Sequence(items, undefined));
    let private = (0x0009, 0x1001);
    let nested = |depth: usize, undefined: bool| {
        let mut items = Items::new();
        for _ in 0..depth {
            items = Items::from([(private, (b"SQ", Value::Sequence(vec![items], undefined)))]);
        }
        good().put(private, sequence(vec![items], undefined)).bytes()
    };
    let whole = good().bytes();
    let lie = |length| good().put(private, (b"OB", Value::Lie(vec![7; 8], length))).bytes();
    let fragments = |syntax, table: Vec<u32>, fragments: Vec<Vec<u8>>| {
        Built { pixels: Pixels::Fragments(table, fragments), ..good() }.in_syntax(syntax).bytes()
    };
    // Zeros, which take a thousandth of their length.
    let inflating = Built { pixels: Pixels::Native(vec![0; 300 * MB], 2), ..good() };
    vec![
        ("good.dcm", whole.clone()),
        ("cut_in_the_header.dcm", whole[..400].to_vec()),
        ("cut_in_the_pixels.dcm", whole[..whole.len() - 7].to_vec()),
        ("element_of_4_gb.dcm", lie(0xffff_fff0)),
        ("element_of_2_gb_implicit.dcm", {
            let built = good().put(private, (b"OB", Value::Lie(vec![7; 8], 0x7fff_ffff)));
            built.in_syntax(IMPLICIT).bytes()
        }),
        ("element_of_undefined_length.dcm", lie(u32::MAX)),
        ("sequences_1000_deep.dcm", nested(1000, true)),
        ("sequences_50_deep.dcm", nested(50, false)),
        ("sequence_of_100000_items.dcm", {
            good().put(private, sequence(vec![Items::new(); 100_000], true)).bytes()
        }),
        ("65535_rows_and_columns.dcm", {
            let wide = good().put((0x0028, 0x0010), number(65_535));
            wide.put((0x0028, 0x0011), number(65_535)).bytes()
        }),
        ("no_rows.dcm", good().put((0x0028, 0x0010), number(0)).bytes()),
        ("2_billion_frames.dcm", {
            good().put((0x0028, 0x0008), text(b"IS", "2147483647")).bytes()
        }),
        ("minus_one_frame.dcm", good().put((0x0028, 0x0008), text(b"IS", "-1")).bytes()),
        ("bits_stored_beyond_allocated.dcm", { good().put((0x0028, 0x0101), number(40)).bytes() }),
        ("position_of_words.dcm", {
            good().put((0x0020, 0x0032), text(b"DS", "left\\right\\up")).bytes()
        }),
        ("position_infinite.dcm", {
            good().put((0x0020, 0x0032), text(b"DS", "1e999\\0\\0")).bytes()
        }),
        ("spacing_0.dcm", good().put((0x0028, 0x0030), text(b"DS", "0\\0")).bytes()),
        ("spacing_negative.dcm", good().put((0x0028, 0x0030), text(b"DS", "-1\\-1")).bytes()),
        ("directions_parallel.dcm", {
            good().put((0x0020, 0x0037), text(b"DS", "1\\0\\0\\1\\0\\0")).bytes()
        }),
        ("slope_infinite.dcm", good().put((0x0028, 0x1053), text(b"DS", "1e400")).bytes()),
        ("unknown_transfer_syntax.dcm", good().in_syntax("1.2.3.4.5.6").bytes()),
        ("no_transfer_syntax.dcm", Built { meta: false, ..good() }.bytes()),
        ("no_preamble.dcm", Built { preamble: false, ..good() }.bytes()),
        ("fragments_empty.dcm", fragments(JPEG, vec![], vec![])),
        ("fragments_of_nothing.dcm", fragments(JPEG, vec![0], vec![vec![]; 3])),
        ("offsets_beyond_the_end.dcm", {
            fragments(JPEG, vec![0, 0xffff_0000], vec![vec![0xff; 16]; 2])
        }),
        ("jpeg_that_is_none.dcm", fragments(JPEG, vec![0], vec![vec![0xff, 0xd8, 0xff, 0]])),
        ("rle_lengths_beyond_the_end.dcm", {
            let mut frame = vec![0; 64];
            frame[0] = 15;
            frame[4..8].copy_from_slice(&0xffff_fff0_u32.to_le_bytes());
            fragments(RLE, vec![0], vec![frame])
        }),
        ("deflated_zeros_of_300_mb.dcm", inflating.in_syntax(DEFLATED).bytes()),
        ("explicit_but_implicit.dcm", {
            let mut bytes = good().in_syntax(IMPLICIT).bytes();
            // The meta group promises what the data set does not keep.
            let at = bytes.windows(18).position(|w| w.starts_with(IMPLICIT.as_bytes())).unwrap();
            bytes[at..at + IMPLICIT.len()].copy_from_slice(&EXPLICIT.as_bytes()[..IMPLICIT.len()]);
            bytes
        }),
    ]
}

/// NRRD, MetaImage and pictures.
fn others() -> Vec<(&'static str, Vec<u8>)> {
    let nrrd = |fields: &str| format!("NRRD0004\n{fields}\n\n12345678").into_bytes();
    let meta = |fields: &str| {
        format!("ObjectType = Image\nNDims = 3\n{fields}\nElementDataFile = LOCAL\n12345678")
            .into_bytes()
    };
    let png = |width: u32, height: u32| {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 0, 0, 0, 0]);
        let mut crc = flate2::Crc::new();
        crc.update(&bytes[12..]);
        bytes.extend(crc.sum().to_be_bytes());
        bytes
    };
    let zeros = vec![0; 200 * MB];
    let ints = "type: short\ndimension: 3\nendian: little\nencoding: raw\n";
    vec![
        ("good.nrrd", nrrd("type: uchar\ndimension: 3\nsizes: 2 2 2\nencoding: raw")),
        ("short.nrrd", nrrd(&format!("{ints}sizes: 100 100 100"))),
        ("huge.nrrd", nrrd(&format!("{ints}sizes: 999999999999 999999999999 9999999999"))),
        ("negative.nrrd", nrrd(&format!("{ints}sizes: -2 2 2"))),
        ("without_sizes.nrrd", nrrd(ints.trim_end())),
        ("19_dimensions.nrrd", nrrd("type: uchar\ndimension: 19\nsizes: 2\nencoding: raw")),
        ("data_elsewhere.nhdr", nrrd(&format!("{ints}sizes: 2 2 2\ndata file: /etc/passwd"))),
        ("data_of_a_million_files.nhdr", {
            nrrd(&format!("{ints}sizes: 2 2 1000000\ndata file: slice%07d.raw 1 1000000 1"))
        }),
        ("gzip_that_is_none.nrrd", {
            nrrd("type: uchar\ndimension: 3\nsizes: 2 2 2\nencoding: gzip")
        }),
        ("good.mha", meta("DimSize = 2 2 2\nElementType = MET_UCHAR")),
        ("huge.mha", meta("DimSize = 99999999 99999999 99999999\nElementType = MET_SHORT")),
        ("short.mha", meta("DimSize = 100 100 100\nElementType = MET_SHORT")),
        ("spacing_nan.mha", {
            meta("DimSize = 2 2 2\nElementSpacing = NaN 1 1\nElementType = MET_UCHAR")
        }),
        ("jpeg_magic_only.jpg", b"\xff\xd8\xff\xe0 and so on".to_vec()),
        ("png_header_only.png", png(10, 10)),
        ("png_of_4_gigapixels.png", png(65_535, 65_535)),
        ("png_of_0_pixels.png", png(0, 10)),
        ("bmp_magic_only.bmp", b"BM12345678901234567890".to_vec()),
        ("tiff_that_goes_round.tif", {
            // A directory of no entries whose next directory is itself.
            b"II*\0\x08\0\0\0\0\0\x08\0\0\0".to_vec()
        }),
        ("tiff_without_its_palette.tif", tiff_of_a_palette(0)),
        ("tiff_with_half_a_palette.tif", tiff_of_a_palette(6)),
        ("gzip_of_200_mb_of_zeros.gz", gz(&zeros)),
        ("gzip_in_a_gzip.gz", gz(&gz(&zeros))),
        ("scan_in_a_gzip_in_a_gzip.nii.gz", gz(&gz(&nifti()))),
        ("zip_in_a_gzip.gz", gz(&zip::archive(&[Entry::deflated("scan.nii", &nifti())]))),
        ("nrrd_of_8_bytes_inflates_to_200_mb.nrrd", {
            let mut nrrd =
                b"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 2 2\nencoding: gzip\n\n".to_vec();
            nrrd.extend(gz(&zeros));
            nrrd
        }),
        ("nifti_of_8_voxels_inflates_to_200_mb.nii.gz", {
            let mut scan = nifti();
            scan.extend(&zeros);
            gz(&scan)
        }),
        ("data_is_the_header_itself.nhdr", {
            let name = "data_is_the_header_itself.nhdr";
            nrrd(&format!("{ints}sizes: 2 2 2\ndata file: {name}"))
        }),
    ]
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// 2 × 2 pixels of 2 bits; `count` numbers in the table of colours, where there should be 12.
fn tiff_of_a_palette(count: u32) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x09\0".to_vec();
    let tags = [(256, 2), (257, 2), (258, 2), (259, 1), (262, 3), (273, 8), (278, 2), (279, 2)];
    for (tag, count, value) in
        tags.map(|(tag, value)| (tag, 1, value)).into_iter().chain([(320_u16, count, 8)])
    {
        tiff.extend([tag, 3].into_iter().flat_map(u16::to_le_bytes));
        tiff.extend([count, value].into_iter().flat_map(u32::to_le_bytes));
    }
    tiff.extend([0; 4]);
    tiff
}

/// Planes are counted from positions: these two would make a volume of 10¹³ of them.
fn far_apart() -> Drop {
    let slice = |n: usize, z: &str| {
        let built = Built::default()
            .put((0x0008, 0x0018), text(b"UI", &format!("1.2.3.4.{n}")))
            .put((0x0020, 0x0032), text(b"DS", &format!("0\\0\\{z}")));
        (n.to_string(), built.bytes())
    };
    vec![slice(0, "0"), slice(1, "1"), slice(2, "9.46e18")]
}

/// A good scan of 2 × 2 × 2 voxels.
fn nifti() -> Vec<u8> {
    let grid = hounsfield::Grid::from_spacing([2, 2, 2], [1.0; 3]).unwrap();
    let template = hounsfield::nifti::Template::of_grid(&grid).unwrap();
    hounsfield::nifti::write_volume_i16(&[0, 10, 20, 30, 40, 50, 60, 70], &template).unwrap()
}
