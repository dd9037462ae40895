//! Pictures that hold labels: colours, palettes, soft edges, masks stored with losses.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use hounsfield::{
    Error,
    labels::{About, Label, split},
};
use hounsfield_formats::plan::Options;
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, Rgb, Rgba};

#[path = "common/pictures.rs"]
mod built;
mod common;
use built::{Indexed, encoded, grey8};
use common::files;

/// The masks of pictures of labels, drawn, each with its number and colour; and the notes.
fn masks(given: &[(&str, &[u8])], turn_over: bool) -> Result<Masks, Error> {
    let options = Options { labels: true, ..Options::default() };
    let (plan, volume) = common::open(&files(given), &options)?;
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
        let by_number = || plan.palette.get(usize::try_from(one.label).ok()?).copied();
        (one.label, one.colour.or_else(by_number), drawn)
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

/// A PNG of palette indices.
fn palette_png(bits: u8, width: u32, rows: &[u8], palette: &[u8], alphas: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let row_bytes = (width * u32::from(bits)).div_ceil(8);
    let mut png = png::Encoder::new(&mut out, width, rows.len() as u32 / row_bytes);
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
fn numbers_of_one_palette_are_the_labels() {
    let colours = |given: &[[u8; 3]]| given.concat();
    let same = colours(&[[0; 3], RED, BLUE]);
    let a = palette_png(2, 3, &[0b00_01_10_00], &same, &[]);
    let b = palette_png(2, 3, &[0b10_00_00_00], &same, &[0]);
    let (found, notes) = masks(&[("m1.png", &a), ("m2.png", &b)], false).unwrap();
    let expected = [(1, Some(RED), ".#. ...".to_owned()), (2, Some(BLUE), "..# #..".to_owned())];
    assert_eq!((found.as_slice(), notes.len()), (expected.as_slice(), 0));
    // What makes pictures small gives each a palette of its own: only colours are alike then.
    let other = palette_png(2, 3, &[0b01_00_00_00], &colours(&[[0; 3], BLUE]), &[]);
    let (found, notes) = masks(&[("m1.png", &a), ("m2.png", &other)], false).unwrap();
    let expected = [(1, Some(BLUE), "..# #..".to_owned()), (2, Some(RED), ".#. ...".to_owned())];
    assert_eq!((found, notes), (expected.to_vec(), vec!["colours".to_owned()]));
    // As a dataset of ours is written: 256 colours, most of them black.
    let mut table = vec![[0; 3]; 256];
    (table[2], table[7]) = (BLUE, RED);
    let ours = palette_png(8, 3, &[7, 2, 0], &colours(&table), &[]);
    let (found, _) = masks(&[("m.png", &ours)], false).unwrap();
    assert_eq!(found, [(2, Some(BLUE), ".#.".to_owned()), (7, Some(RED), "#..".to_owned())]);
}

/// Colours as a TIFF has them: all reds, all greens, all blues, of 16 bits.
fn table(colours: &[[u8; 3]], bits: u16) -> Vec<u16> {
    let part = |part: usize| {
        let colours = colours.iter().map(move |colour| 257 * u16::from(colour[part]));
        colours.chain(std::iter::repeat(0)).take(1 << bits)
    };
    part(0).chain(part(1)).chain(part(2)).collect()
}

#[test]
fn a_palette_of_a_tiff_gives_the_same() {
    let of = |big_endian, bits, page: &[u8], colours: &[[u8; 3]]| {
        let table = table(colours, bits);
        let tiff = Indexed { big_endian, width: 3, bits, pages: &[page], table: &table }.tiff();
        masks(&[("m.tif", &tiff)], false).unwrap().0
    };
    let both = [(1, Some(RED), ".#.".to_owned()), (2, Some(BLUE), "..#".to_owned())];
    for big_endian in [false, true] {
        assert_eq!(of(big_endian, 8, &[0, 1, 2], &[[0; 3], RED, BLUE]), both);
        assert_eq!(of(big_endian, 4, &[0x01, 0x20], &[[0; 3], RED, BLUE]), both);
        assert_eq!(of(big_endian, 2, &[0b0001_1000], &[[0; 3], RED, BLUE]), both);
    }
    // The rest of the table is black; what it begins with is outside all the same.
    assert_eq!(of(false, 8, &[0, 1, 2], &[[9; 3], RED, BLUE]), both);
    let grey = of(false, 8, &[0, 1, 2], &[[0; 3], [1; 3], [2; 3]]);
    assert_eq!(grey, [(1, None, ".#.".to_owned()), (2, None, "..#".to_owned())]);
}

#[test]
fn a_soft_edge_is_one_mask() {
    // A disc of radius 9 in a stack of three, bright by the share of each pixel within.
    let share = |x: u32, y: u32, radius: i32| {
        let off = |pixel: u32, part: i32| 16 * pixel as i32 + 2 * part + 1 - 192;
        let within = |n: &i32| off(x, n % 8).pow(2) + off(y, n / 8).pow(2) < 256 * radius * radius;
        ((0..64).filter(within).count() * 255 / 64) as u8
    };
    let pictures: Vec<Vec<u8>> =
        [5, 9, 6].into_iter().map(|radius| grey8([24, 24], |x, y| share(x, y, radius))).collect();
    let given: Vec<(&str, &[u8])> = ["m1.png", "m2.png", "m3.png"]
        .into_iter()
        .zip(pictures.iter().map(Vec::as_slice))
        .collect();
    let (found, notes) = masks(&given, false).unwrap();
    assert_eq!(notes, ["soft_mask"]);
    let [(1, None, drawn)] = found.as_slice() else { panic!("{found:?}") };
    let bright = |y: u32| -> String {
        (0..24).map(|x| if share(x, y, 9) >= 128 { '#' } else { '.' }).collect()
    };
    assert_eq!(drawn.split(' ').nth(1).unwrap(), (0..24).map(bright).collect::<Vec<_>>().join("/"));
    // The same picture of a few organs stays what it is.
    let organs = grey8([24, 24], |x, y| (1 + x / 8 + 3 * (y / 8)) as u8);
    let (found, notes) = masks(&[("m.png", &organs)], false).unwrap();
    assert_eq!((found.len(), notes.len()), (9, 0));
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
    let pages: [&[u8]; 1] = [&[0b1010_0000, 0b0110_0000]];
    let tiff = Indexed { big_endian: false, width: 3, bits: 1, pages: &pages, table: &[] }.tiff();
    assert_eq!(masks(&[("m", &tiff)], false).unwrap().0, [(1, None, "#.#/.##".to_owned())]);
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
