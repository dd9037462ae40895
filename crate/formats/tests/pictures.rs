//! Pictures: what becomes of their pixels, how they become stacks, what is said about them.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::io::Cursor;

use hounsfield::{
    Error, Volume, Voxels,
    facts::{PixelSpacing, Placement, Units},
    labels::{About, Label, split},
};
use hounsfield_formats::plan::{Gaps, Options, Plan};
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, Rgba};
use tiff::encoder::{Compression, TiffEncoder, colortype};

mod common;
use common::{catalogue, files, gzip, listing, zip};

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn grey8(size: [u32; 2], value: impl Fn(u32, u32) -> u8) -> Vec<u8> {
    let picture = ImageBuffer::from_fn(size[0], size[1], |x, y| Luma([value(x, y)]));
    encoded(&picture.into(), ImageFormat::Png)
}

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

/// The masks of pictures of labels, drawn, each with its number and colour; and the notes.
fn masks(given: &[(&str, &[u8])], turn_over: bool) -> Result<Masks, Error> {
    let options = Options { labels: true, ..Options::default() };
    let (plan, volume) = open(given, &options)?;
    let coding = plan.labels.unwrap();
    let about = About { placed: false, turn_over, coding };
    let labels = split(&volume, volume.grid(), &about)?;
    let draw = |one: &Label| {
        let mask = &one.mask;
        let [nx, ny, nz] = mask.size_voxel();
        let row = |y: usize, z: usize| {
            (0..nx).map(move |x| if mask.get(nx - 1 - x, ny - 1 - y, z) { '#' } else { '.' })
        };
        let slice = |z| (0..ny).map(|y| row(y, z).collect::<String>()).collect::<Vec<_>>();
        let drawn = (0..nz).map(|z| slice(z).join("/")).collect::<Vec<_>>().join(" ");
        (one.label, one.colour, drawn)
    };
    let notes = plan.info.notes.iter().chain(&labels.notes).map(|note| note.code.to_string());
    Ok((labels.found.iter().map(draw).collect(), notes.collect()))
}

type Masks = (Vec<(i32, Option<[u8; 3]>, String)>, Vec<String>);

const RED: [u8; 3] = [200, 0, 0];
const BLUE: [u8; 3] = [0, 0, 255];

fn rgb8(width: u32, pixels: &[[u8; 3]]) -> DynamicImage {
    let height = pixels.len() as u32 / width;
    let picture: ImageBuffer<Rgb<u8>, _> =
        ImageBuffer::from_raw(width, height, pixels.concat()).unwrap();
    picture.into()
}

/// A PNG of palette indices; each row fits a byte.
fn palette_png(bits: u8, width: u32, rows: &[u8], palette: &[u8], alphas: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut png = png::Encoder::new(&mut out, width, rows.len() as u32);
    png.set_color(png::ColorType::Indexed);
    png.set_depth(png::BitDepth::from_u8(bits).unwrap());
    png.set_palette(palette.to_vec());
    if !alphas.is_empty() {
        png.set_trns(alphas.to_vec());
    }
    png.write_header().unwrap().write_image_data(rows).unwrap();
    out
}

#[test]
fn each_colour_of_a_mask_is_a_label() {
    let a = rgb8(2, &[RED, [0; 3], BLUE, BLUE]);
    let b = encoded(&rgb8(2, &[[0; 3], [0; 3], [0; 3], RED]), ImageFormat::Bmp);
    // A program that makes pictures small: white and black need one bit.
    let c: ImageBuffer<Luma<u8>, _> = ImageBuffer::from_raw(2, 2, vec![255, 0, 0, 0]).unwrap();
    let (a, c) = (encoded(&a, ImageFormat::Png), encoded(&c.into(), ImageFormat::Png));
    let given: [(&str, &[u8]); 3] = [("m1", &a), ("m2", &b), ("m3", &c)];
    let (found, notes) = masks(&given, false).unwrap();
    let expected = [
        (1, Some(BLUE), "../## ../.. ../..".to_owned()),
        (2, Some(RED), "#./.. ../.# ../..".to_owned()),
        (3, Some([255; 3]), "../.. ../.. #./..".to_owned()),
    ];
    assert_eq!(found, expected);
    assert_eq!(notes, ["colours"]);
    let (turned, _) = masks(&given, true).unwrap();
    assert_eq!(turned[1].2, "../.. ../.# #./..");
}

#[test]
fn what_is_transparent_is_outside() {
    let of = |pixels: Vec<u8>| {
        let picture: ImageBuffer<Rgba<u8>, _> = ImageBuffer::from_raw(3, 1, pixels).unwrap();
        masks(&[("m", &encoded(&picture.into(), ImageFormat::Png))], false).unwrap().0
    };
    let found = of(vec![200, 0, 0, 0, 200, 0, 0, 9, 0, 0, 0, 255]);
    assert_eq!(found, [(1, Some(RED), ".#.".to_owned())]);
    let black = of(vec![0, 0, 0, 255, 0, 0, 0, 0, 9, 9, 9, 0]);
    assert_eq!(black, [(1, Some([0; 3]), "#..".to_owned())]);
}

#[test]
fn a_palette_gives_the_colours_and_what_is_outside() {
    let of = |png: &[u8]| masks(&[("m.png", png)], false).unwrap().0;
    let one = |colour: [u8; 3], drawn: &str| [(1, Some(colour), drawn.to_owned())];
    // Black is outside wherever it stands, and without it what the palette begins with.
    let rows = [0b01_10_00_00];
    let black_last = palette_png(2, 3, &rows, &[RED, [0; 3], BLUE].concat(), &[]);
    let found = of(&black_last);
    assert_eq!(found.iter().map(|one| &*one.2).collect::<Vec<_>>(), [".#.", "..#"]);
    let no_black = palette_png(1, 3, &[0b0100_0000], &[[9; 3], RED].concat(), &[]);
    assert_eq!(of(&no_black), one(RED, ".#."));
    let clear = palette_png(1, 3, &[0b0100_0000], &[RED, [9; 3]].concat(), &[255, 0]);
    assert_eq!(of(&clear), one(RED, "#.#"));
    // A palette of greys is a way to store grey labels.
    let grey = palette_png(2, 3, &rows, &[[0; 3], [1; 3], [2; 3]].concat(), &[]);
    assert_eq!(of(&grey), [(1, None, "#..".to_owned()), (2, None, ".#.".to_owned())]);
}

#[test]
fn grey_labels_of_any_depth() {
    let wide: ImageBuffer<Luma<u16>, _> =
        ImageBuffer::from_raw(3, 1, vec![700, 0, 60_000]).unwrap();
    let (found, notes) = masks(&[("m", &encoded(&wide.into(), ImageFormat::Png))], false).unwrap();
    assert_eq!(found, [(700, None, "#..".to_owned()), (60_000, None, "..#".to_owned())]);
    assert!(notes.is_empty(), "{notes:?}");
    let mut bit = Vec::new();
    let mut encoder = png::Encoder::new(&mut bit, 3, 1);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.write_header().unwrap().write_image_data(&[0b1010_0000]).unwrap();
    assert_eq!(masks(&[("m", &bit)], false).unwrap().0, [(255, None, "#.#".to_owned())]);
    let tiff = bilevel_tiff(&[0b1010_0000, 0b0110_0000]);
    assert_eq!(masks(&[("m", &tiff)], false).unwrap().0, [(1, None, "#.#/.##".to_owned())]);
}

/// A TIFF of one bit a pixel, three pixels wide, a byte a row.
fn bilevel_tiff(rows: &[u8]) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x08\0".to_vec();
    let tags = [(256, 3), (257, rows.len()), (258, 1), (259, 1), (262, 1), (273, 110), (278, 99)];
    for (tag, value) in tags.into_iter().chain([(279, rows.len())]) {
        tiff.extend([tag, 3].into_iter().flat_map(u16::to_le_bytes));
        tiff.extend([1, value as u32].into_iter().flat_map(u32::to_le_bytes));
    }
    tiff.extend([0; 4]);
    assert_eq!(tiff.len(), 110);
    tiff.extend(rows);
    tiff
}

#[test]
fn a_lossy_mask_is_one_mask_and_a_photograph_none() {
    let disc = |x: u32, y: u32| {
        let [x, y] = [x, y].map(|n| i64::from(n) - 32);
        x * x + y * y < 400
    };
    let jpeg = |value: &dyn Fn(u32, u32) -> [u8; 3]| {
        let picture = ImageBuffer::from_fn(64, 64, |x, y| Rgb(value(x, y)));
        let mut out = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 60);
        picture.write_with_encoder(encoder).unwrap();
        out
    };
    let mask = jpeg(&|x, y| [if disc(x, y) { 255 } else { 0 }; 3]);
    let (found, notes) = masks(&[("m.jpg", &mask)], false).unwrap();
    assert_eq!((found.len(), notes), (1, vec!["one_mask".to_owned()]));
    let drawn: Vec<char> = found[0].2.chars().filter(|letter| *letter != '/').collect();
    let wrong = (0..64u32 * 64).filter(|n| (drawn[*n as usize] == '#') != disc(n % 64, n / 64));
    assert!(wrong.count() < 40);
    let photo = jpeg(&|x, y| [(x * 2 + y) as u8; 3]);
    let error = masks(&[("m.jpg", &photo)], false).unwrap_err().to_string();
    assert!(error.contains("photograph"), "{error}");
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
    for file in [png, tiff, bmp, jpeg] {
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
