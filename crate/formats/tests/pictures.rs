//! Pictures: what becomes of their pixels, how they become stacks, what is said about them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::io::Cursor;

use hounsfield::{
    Error, Volume, Voxels,
    facts::{PixelSpacing, Placement, Units},
};
use hounsfield_formats::plan::{Gaps, Options, Plan};
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, Rgba};
use tiff::encoder::{Compression, TiffEncoder, colortype};

#[path = "common/pictures.rs"]
mod built;
mod common;
use built::{Indexed, encoded, grey8};
use common::{catalogue, files, gzip, listing, zip};

fn open(given: &[(&str, &[u8])], options: &Options) -> Result<(Plan, Volume), Error> {
    common::open(&files(given), options)
}

/// The values in the file's order: x and y run the other way in the volume.
fn values(given: &[(&str, &[u8])]) -> (Plan, Vec<f32>) {
    let opened = open(given, &Options::default());
    let (plan, volume) =
        opened.unwrap_or_else(|e| panic!("{e}, {:?}", listing(&files(given)).left_out));
    let [nx, ny, nz] = volume.grid().size_voxel();
    let voxels: Vec<f32> = match volume.voxels() {
        Voxels::I16(voxels) => voxels.iter().map(|value| f32::from(*value)).collect(),
        Voxels::F32(voxels) => voxels.clone(),
    };
    let at = |n: usize| {
        let [x, y, z] = [n % nx, n / nx % ny, n / nx / ny];
        voxels[(z * ny + ny - 1 - y) * nx + nx - 1 - x]
    };
    (plan, (0..nx * ny * nz).map(at).collect())
}

#[test]
fn every_kind_of_pixel_becomes_a_grey_value() {
    let png = |picture: DynamicImage| encoded(&picture, ImageFormat::Png);
    let grey16 = ImageBuffer::from_raw(2, 1, vec![300u16, 65535]).unwrap();
    let grey16: ImageBuffer<Luma<u16>, _> = grey16;
    assert_eq!(values(&[("a", &png(grey16.into()))]).1, [300.0, 65535.0]);
    let rgb = ImageBuffer::from_raw(3, 1, vec![255u8, 255, 255, 0, 0, 1, 255, 0, 0]).unwrap();
    let rgb: ImageBuffer<Rgb<u8>, _> = rgb;
    let (plan, found) = values(&[("a", &png(rgb.clone().into()))]);
    assert_eq!(found, [255.0, 1.0, 76.0]);
    assert!(plan.info.notes.iter().any(|note| note.code == "colours"));
    assert_eq!(values(&[("a", &encoded(&rgb.into(), ImageFormat::Bmp))]).1, [255.0, 1.0, 76.0]);
    let rgba: ImageBuffer<Rgba<u8>, _> =
        ImageBuffer::from_raw(2, 1, vec![9u8, 9, 9, 0, 0, 0, 0, 255]).unwrap();
    let (plan, found) = values(&[("a", &png(rgba.into()))]);
    assert_eq!(found, [9.0, 0.0]);
    assert!(plan.info.notes.iter().any(|note| note.code == "alpha_ignored"));
    let with_alpha: ImageBuffer<LumaA<u8>, _> =
        ImageBuffer::from_raw(2, 1, vec![7u8, 0, 8, 255]).unwrap();
    assert_eq!(values(&[("a", &png(with_alpha.into()))]).1, [7.0, 8.0]);
    let flat: ImageBuffer<Luma<u8>, _> = ImageBuffer::from_pixel(16, 16, Luma([100]));
    let jpeg = encoded(&flat.into(), ImageFormat::Jpeg);
    let (plan, found) = values(&[("a", &jpeg)]);
    assert!(found.iter().all(|value| (value - 100.0).abs() <= 1.0));
    assert!(plan.info.facts.lossy);
    let gz = gzip(&grey8([2, 2], |x, y| (x + 2 * y) as u8));
    assert_eq!(values(&[("a", &gz)]).1, [0.0, 1.0, 2.0, 3.0]);
}

#[test]
fn one_picture_is_one_slice_and_says_what_is_assumed() {
    let png = grey8([3, 2], |x, y| (10 * y + x) as u8);
    let (plan, found) = values(&[("picture.png", &png)]);
    assert_eq!(found, [0.0, 1.0, 2.0, 10.0, 11.0, 12.0]);
    assert_eq!((plan.file_size, plan.info.file_axes.as_str()), ([3, 2, 1], "LPS"));
    assert_eq!(plan.info.facts.units, Units::Grey);
    assert_eq!(plan.info.facts.placement, Placement::Assumed);
    assert_eq!(plan.info.facts.pixel_spacing, PixelSpacing::Assumed);
    let codes: Vec<&str> = plan.info.notes.iter().map(|note| note.code.as_ref()).collect();
    assert_eq!(codes, ["no_hu", "orientation_unknown", "spacing_assumed"]);
    let series = &listing(&files(&[("picture.png", &png)])).series[0];
    assert_eq!((series.format.as_str(), series.asks.spacing), ("PNG", true));
}

#[test]
fn numbered_pictures_are_a_stack_in_the_order_of_their_numbers() {
    let picture = |value: u8| grey8([2, 2], move |_, _| value);
    let pictures: Vec<(String, Vec<u8>)> = [10, 9, 8, 11]
        .into_iter()
        .map(|n: u8| (format!("p7/Slice{n}_of_99.png"), picture(n)))
        .chain([8u8, 9, 10, 11].map(|n| (format!("p7/Slice{n}_of_99_mask.png"), picture(2 * n))))
        .chain([("p7/slice12_of_99.png".into(), grey8([3, 2], |_, _| 1))])
        .collect();
    let given: Vec<(&str, &[u8])> =
        pictures.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let listing = listing(&files(&given));
    // The masks are another stack, the picture of another size is one of its own.
    assert_eq!(listing.series.iter().map(|s| s.files).collect::<Vec<_>>(), [4, 4, 1]);
    assert_eq!(listing.series[0].format, "PNG stack");
    let (plan, found) = values(&given[..4]);
    assert_eq!(found, [8, 9, 10, 11].map(|n| [n as f32; 4]).concat());
    assert_eq!(plan.info.facts.stack.unwrap().missing, 0);
    let stated = Options { spacing_mm: Some([0.7, 0.6, 2.5]), ..Options::default() };
    let (plan, volume) = open(&given[..4], &stated).unwrap();
    assert_eq!(volume.grid().spacing_mm(), [0.7, 0.6, 2.5]);
    assert!(plan.info.notes.iter().any(|note| note.code == "spacing_given"));
    assert_eq!(plan.info.facts.pixel_spacing, PixelSpacing::Given);
}

#[test]
fn stacks_that_are_called_alike_are_called_by_their_folders() {
    let picture = grey8([2, 2], |_, _| 1);
    let given = |names: &[&str]| {
        let given: Vec<(&str, &[u8])> =
            names.iter().map(|name| (*name, picture.as_slice())).collect();
        let mut titles: Vec<String> =
            listing(&files(&given)).series.into_iter().map(|series| series.title).collect();
        titles.sort();
        titles
    };
    let alike =
        ["h/Doe/images/1.png", "h/Doe/images/2.png", "h/Doe/masks/1.png", "h/Doe/masks/2.png"];
    assert_eq!(given(&alike), ["images/1.png … 2.png", "masks/1.png … 2.png"]);
    // Nothing of a folder where there is no need.
    assert_eq!(given(&alike[..2]), ["1.png … 2.png"]);
    assert_eq!(given(&["1.png", "a/1.png"]), ["1.png", "a/1.png"]);
}

#[test]
fn pictures_that_are_stored_otherwise_stay_in_their_stack() {
    let grey = grey8([2, 1], |_, _| 10);
    let rgb: ImageBuffer<Rgb<u8>, _> = ImageBuffer::from_pixel(2, 1, Rgb([20, 20, 20]));
    let rgb = encoded(&rgb.into(), ImageFormat::Png);
    let wide: ImageBuffer<Luma<u16>, _> = ImageBuffer::from_pixel(2, 1, Luma([3000]));
    let wide = encoded(&wide.into(), ImageFormat::Png);
    let given: [(&str, &[u8]); 4] =
        [("s2.png", &grey), ("s4.png", &rgb), ("s6.png", &wide), ("s8.png", &grey)];
    assert_eq!(listing(&files(&given)).series.len(), 1);
    let (plan, found) = values(&given);
    assert_eq!(found, [10.0, 10.0, 20.0, 20.0, 3000.0, 3000.0, 10.0, 10.0]);
    let note = |code: &str| {
        let found = plan.info.notes.iter().find(|note| note.code == code);
        found.map(|note| note.message.clone()).unwrap_or_default()
    };
    assert!(note("mixed_types").contains("(1 × rgb8, 1 × uint16, 2 × uint8)"), "{plan:?}");
    assert!(note("numbers_step").contains("go up by 2"), "{plan:?}");
    assert!(!note("colours").is_empty());
    assert_eq!(plan.info.facts.units, Units::Grey);
    // What looks like HU is not mixed with grey values.
    let signed = tiff_of::<colortype::GrayI16>(&[&[-5, 5, 0, 1]], Compression::Uncompressed);
    let square = grey8([2, 2], |_, _| 10);
    let mixed: [(&str, &[u8]); 2] = [("s1", &square), ("s2", &signed)];
    assert_eq!(listing(&files(&mixed)).series.len(), 2);
}

#[test]
fn missing_numbers_are_named_and_filled_only_on_request() {
    let picture = |value: u8| grey8([1, 1], move |_, _| value);
    let (a, b, c) = (picture(10), picture(20), picture(50));
    let given: [(&str, &[u8]); 3] = [("s1.png", &a), ("s2.png", &b), ("s5.png", &c)];
    let (plan, found) = values(&given);
    assert_eq!(found, [10.0, 20.0, 0.0, 0.0, 50.0]);
    let note = plan.info.notes.iter().find(|note| note.code == "missing_slices").unwrap();
    assert!(note.message.contains("2 after 2"), "{note:?}");
    assert!(listing(&files(&given)).series[0].asks.gaps);
    let made = Options { gaps: Gaps::Interpolate, ..Options::default() };
    let (plan, volume) = open(&given, &made).unwrap();
    assert_eq!(*volume.voxels(), Voxels::I16(vec![10, 20, 30, 40, 50]));
    assert_eq!(plan.info.facts.stack.unwrap().made, [2, 3]);
}

#[test]
fn a_stack_of_pictures_is_turned_over_on_request() {
    let picture = |value: u8| grey8([1, 1], move |_, _| value);
    let (a, b, c) = (picture(10), picture(20), picture(50));
    let given: [(&str, &[u8]); 3] = [("s1.png", &a), ("s2.png", &b), ("s4.png", &c)];
    assert!(listing(&files(&given)).series[0].asks.turn_over);
    assert!(!listing(&files(&given[..1])).series[0].asks.turn_over);
    let turned = Options { turn_over: true, gaps: Gaps::Interpolate, ..Options::default() };
    let (plan, volume) = open(&given, &turned).unwrap();
    assert_eq!(*volume.voxels(), Voxels::I16(vec![50, 35, 20, 10]));
    assert_eq!(plan.info.facts.stack.unwrap().made, [1]);
    assert!(plan.info.notes.iter().any(|note| note.code == "turned_over"));
}

#[test]
fn labels_stay_what_they_are() {
    // Grey labels are passed through; black and white stay 0 and not 0 in any kind of pixel.
    let labels = grey8([4, 1], |x, _| [0, 1, 7, 200][x as usize]);
    assert_eq!(values(&[("m.png", &labels)]).1, [0.0, 1.0, 7.0, 200.0]);
    let mask: ImageBuffer<Rgba<u8>, _> =
        ImageBuffer::from_raw(2, 1, vec![0, 0, 0, 255, 255, 255, 255, 255]).unwrap();
    assert_eq!(values(&[("m", &encoded(&mask.into(), ImageFormat::Png))]).1, [0.0, 255.0]);
}

fn tiff_of<C>(pages: &[&[C::Inner]], compression: Compression) -> Vec<u8>
where
    C: colortype::ColorType,
    [C::Inner]: tiff::encoder::TiffValue,
{
    let mut out = Cursor::new(Vec::new());
    let mut tiff = TiffEncoder::new(&mut out).unwrap().with_compression(compression);
    for page in pages {
        tiff.write_image::<C>(2, 2, page).unwrap();
    }
    out.into_inner()
}

#[test]
fn tiff_numbers_of_every_kind_and_packing() {
    use colortype::{Gray8, Gray16, Gray32, Gray32Float, GrayI8, GrayI16, GrayI32, RGB8};
    let all = |tiff: Vec<u8>| values(&[("a.tif", &tiff)]);
    for packing in [
        Compression::Uncompressed,
        Compression::Lzw,
        Compression::Deflate(tiff::encoder::DeflateLevel::Balanced),
        Compression::Packbits,
    ] {
        let (plan, found) = all(tiff_of::<GrayI16>(&[&[-1024, 0, 40, 3000]], packing));
        assert_eq!(found, [-1024.0, 0.0, 40.0, 3000.0]);
        assert_eq!(
            (plan.info.stored_type.as_ref(), plan.info.facts.units),
            ("int16", Units::Unknown)
        );
    }
    let none = Compression::Uncompressed;
    assert_eq!(all(tiff_of::<Gray8>(&[&[0, 1, 2, 255]], none)).1, [0.0, 1.0, 2.0, 255.0]);
    assert_eq!(all(tiff_of::<Gray16>(&[&[0, 1, 2, 65535]], none)).1, [0.0, 1.0, 2.0, 65535.0]);
    assert_eq!(all(tiff_of::<Gray32>(&[&[0, 1, 2, 70000]], none)).1, [0.0, 1.0, 2.0, 70000.0]);
    assert_eq!(all(tiff_of::<GrayI8>(&[&[-3, 1, 2, 3]], none)).1, [-3.0, 1.0, 2.0, 3.0]);
    assert_eq!(all(tiff_of::<GrayI32>(&[&[-3, 1, 2, 3]], none)).1, [-3.0, 1.0, 2.0, 3.0]);
    let (plan, found) = all(tiff_of::<Gray32Float>(&[&[-0.5, 1.0, 2.0, 3.25]], none));
    assert_eq!(found, [-0.5, 1.0, 2.0, 3.25]);
    assert_eq!(plan.info.facts.units, Units::Unknown);
    let (plan, found) = all(tiff_of::<RGB8>(&[&[9, 9, 9, 0, 0, 0, 255, 0, 0, 1, 1, 1]], none));
    assert_eq!(found, [9.0, 0.0, 76.0, 1.0]);
    assert_eq!(plan.info.stored_type, "rgb8");
}

#[test]
fn pages_of_a_tiff_are_a_stack() {
    let pages: [&[i16]; 3] = [&[1, 2, 3, 4], &[5, 6, 7, 8], &[9, 10, 11, 12]];
    let tiff = tiff_of::<colortype::GrayI16>(&pages, Compression::Lzw);
    let (plan, found) = values(&[("a.tif", &tiff)]);
    assert_eq!(plan.info.format, "TIFF stack");
    assert_eq!(found, (1..13).map(|n| n as f32).collect::<Vec<_>>());
    // Pages can be asked for in any order.
    let files = files(&[("a.tif", &tiff)]);
    let mut planes = hounsfield_formats::readers::reader(&plan, &files, &()).unwrap();
    for k in [2, 0, 1, 2, 1] {
        let expected = pages[k].to_vec();
        assert_eq!(planes.plane(k).unwrap(), Some(hounsfield::Slice::I16(expected)));
    }
    let archive = zip(&[("x/a", &tiff)], ::zip::CompressionMethod::Deflated);
    assert_eq!(values(&[("a.zip", &archive)]).1, found);
}

#[test]
fn colours_of_a_tiffs_table_become_brightness() {
    let reds = [0, 0, 0xffff, 0x1234];
    let table = [reds, [0, 0x0101, 0, 0x1234], [0, 0, 0, 0x1234]].concat();
    let pages: [&[u8]; 3] = [&[0b00_01_10_11], &[0b11_10_01_00], &[0b01_01_01_01]];
    for big_endian in [false, true] {
        let tiff = Indexed { big_endian, width: 4, bits: 2, pages: &pages, table: &table }.tiff();
        let (plan, found) = values(&[("a.tif", &tiff)]);
        assert_eq!(found, [0., 1., 76., 18., 18., 76., 1., 0., 1., 1., 1., 1.]);
        assert_eq!((plan.file_size, plan.info.stored_type.as_ref()), ([4, 1, 3], "rgb8"));
        // The same page again, and one before.
        let files = files(&[("a.tif", &tiff)]);
        let mut planes = hounsfield_formats::readers::reader(&plan, &files, &()).unwrap();
        for k in [1, 1, 0, 2, 1] {
            let expected = found[4 * k..4 * k + 4].iter().map(|value| *value as i16).collect();
            assert_eq!(planes.plane(k).unwrap(), Some(hounsfield::Slice::I16(expected)));
        }
    }
    let old: Vec<u16> = table.iter().map(|part| part >> 8).collect();
    let old = Indexed { big_endian: false, width: 4, bits: 2, pages: &pages[..1], table: &old };
    assert_eq!(values(&[("a.tif", &old.tiff())]).1, [0.0, 1.0, 76.0, 18.0]);
    let short = Indexed { table: &table[1..], ..old };
    let reason = &listing(&files(&[("a.tif", &short.tiff())])).left_out[0].reason;
    assert!(reason.contains("ColorMap is 11 numbers"), "{reason}");
}

#[test]
fn a_resolution_is_taken_where_it_can_be_believed() {
    let mut png = grey8([1, 1], |_, _| 5);
    // Behind the header: pixels per metre, its checksum aside (decoders skip what is not needed).
    let phys = |x: u32, y: u32| {
        let body = [b"pHYs".as_slice(), &x.to_be_bytes(), &y.to_be_bytes(), &[1]].concat();
        let mut crc = flate2::Crc::new();
        crc.update(&body);
        [9u32.to_be_bytes().as_slice(), &body, &crc.sum().to_be_bytes()].concat()
    };
    let plain = png.clone();
    png.splice(33..33, phys(1250, 2000));
    let (plan, _) = values(&[("a.png", &png)]);
    assert_eq!(plan.info.spacing_mm, [0.8, 0.5, 1.0]);
    let mut screen = plain;
    screen.splice(33..33, phys(2835, 2835));
    assert_eq!(values(&[("a.png", &screen)]).0.info.spacing_mm, [1.0; 3]);
}

#[test]
fn lies_are_refused_before_anything_is_allocated() {
    // A PNG, a BMP and a TIFF of 60 000 × 60 000 and of 11 000 × 11 000 pixels in a few bytes.
    let small = grey8([4, 4], |x, _| x as u8);
    let resized = |size: u32| {
        let mut png = small.clone();
        png[16..20].copy_from_slice(&size.to_be_bytes());
        png[20..24].copy_from_slice(&size.to_be_bytes());
        let mut crc = flate2::Crc::new();
        crc.update(&png[12..29]);
        png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        png
    };
    let huge = listing(&files(&[("a", &resized(60_000))]));
    assert!(huge.left_out[0].reason.contains("60000"), "{huge:?}");
    let error = open(&[("a", &resized(11_000))], &Options::default()).unwrap_err();
    assert_eq!(error.code(), "truncated");
    let tiff = tiff_of::<colortype::Gray8>(&[&[1, 2, 3, 4]], Compression::Uncompressed);
    let ifd = u64::from_le_bytes([tiff[4], tiff[5], tiff[6], tiff[7], 0, 0, 0, 0]) as usize;
    let mut wide = tiff;
    for entry in 0..usize::from(wide[ifd]) {
        let at = ifd + 2 + 12 * entry;
        if matches!(wide[at..at + 2], [0, 1] | [1, 1]) {
            wide[at + 8..at + 12].copy_from_slice(&11_000u32.to_le_bytes());
        }
    }
    assert!(open(&[("a", &wide)], &Options::default()).is_err());
}

#[test]
fn every_prefix_and_every_changed_byte_gives_pictures_or_a_sentence() {
    let png = grey8([5, 4], |x, y| (x * y) as u8);
    let rgb: ImageBuffer<Rgb<u8>, _> =
        ImageBuffer::from_fn(8, 8, |x, y| Rgb([x as u8, y as u8, 100]));
    let rgb = DynamicImage::from(rgb);
    let tiff = tiff_of::<colortype::GrayI16>(&[&[1, 2, 3, 4], &[5, 6, 7, 8]], Compression::Lzw);
    let (bmp, jpeg) = (encoded(&rgb, ImageFormat::Bmp), encoded(&rgb, ImageFormat::Jpeg));
    let table: Vec<u16> = (0..12).map(|n| n * 5000).collect();
    let pages: [&[u8]; 2] = [&[0b00_01_10_11], &[0b11_10_01_00]];
    let palette = Indexed { big_endian: false, width: 4, bits: 2, pages: &pages, table: &table };
    for file in [png, tiff, bmp, jpeg, palette.tiff()] {
        for n in 0..file.len() {
            let mut changed = file.clone();
            changed[n] ^= [1, 0x10, 0x80, 0xff][n % 4];
            for bytes in [&file[..n], &changed] {
                let files = files(&[("a", bytes)]).within(1 << 28);
                if let Ok(plan) = catalogue(&files).plan("1", &Options::default())
                    && let Ok(mut planes) = hounsfield_formats::readers::reader(&plan, &files, &())
                {
                    for k in 0..plan.planes.len().min(10) {
                        let _ = planes.plane(k);
                    }
                }
            }
        }
    }
}
