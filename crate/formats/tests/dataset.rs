//! A dataset as training scripts find it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use hounsfield::{
    Slice,
    prepare::{Step, Values},
};
use hounsfield_formats::dataset::{
    About, DataFile, DatasetWriter, Format, Label, Options, Window, zip::DatasetZip,
};
use serde_json::Value;
use tiff::{
    decoder::{Decoder, DecodingResult, ifd},
    tags::Tag,
};

fn labels() -> Vec<Label> {
    let label = |value, name: &str, rgb| Label { value, name: name.into(), rgb };
    vec![label(1, "left lung", [1, 2, 3]), label(7, "nodule", [255, 0, 9])]
}

fn about(id: &str) -> About {
    About {
        id: id.into(),
        original: "Mueller, \"Eva\"/ct.nii.gz".into(),
        size_voxel: [3, 2, 2],
        ras_from_voxel: [[0.7, 0.0, 0.0, 1.0], [0.0, 0.8, 0.0, 2.0], [0.0, 0.0, 2.5, 3.0]],
        values: Values::HU,
        check: "CT check: pass".into(),
    }
}

fn writer(format: Format) -> DatasetWriter {
    let window = Some(Window { centre_hu: 0.0, width_hu: 510.0 });
    let options = Options { format, window, ..Options::default() };
    DatasetWriter::new(options, vec![Step::Crop { margin_mm: 5.0 }], labels()).unwrap()
}

const HU: [i16; 6] = [-2048, -255, -254, 0, 255, 3000];
const LABELS: [u8; 6] = [0, 1, 1, 7, 0, 0];

/// One case of two equal slices.
fn written(format: Format, values: &Slice) -> (Vec<DataFile>, Value, String) {
    let mut writer = writer(format);
    writer.begin(&about("c1")).unwrap();
    let mut files = writer.put(0, values, Some(&LABELS)).unwrap();
    files.extend(writer.put(1, values, Some(&[0; 6])).unwrap());
    writer.end().unwrap();
    let [manifest, map] = writer.finish().unwrap();
    let json = serde_json::from_slice(&manifest.bytes).unwrap();
    (files, json, String::from_utf8(map.bytes).unwrap())
}

fn png(file: &DataFile) -> (png::Info<'static>, Vec<u8>) {
    let mut reader = png::Decoder::new(Cursor::new(&file.bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    (reader.info().clone(), pixels)
}

#[test]
fn eight_bits_are_a_window_and_masks_are_numbers() {
    let (files, manifest, map) = written(Format::Png8, &Slice::I16(HU.to_vec()));
    let names: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let expected =
        ["images/c1_000.png", "masks/c1_000.png", "images/c1_001.png", "masks/c1_001.png"];
    assert_eq!(names, expected);
    let (info, pixels) = png(&files[0]);
    assert_eq!(pixels, [0, 0, 1, 128, 255, 255]);
    assert_eq!((info.width, info.height), (3, 2));
    let dims = info.pixel_dims.unwrap();
    assert_eq!((dims.xppu, dims.yppu), (1429, 1250));
    let (info, pixels) = png(&files[1]);
    assert_eq!((info.color_type, pixels), (png::ColorType::Grayscale, LABELS.to_vec()));

    let case = &manifest["cases"][0];
    assert_eq!(manifest["format"], "hounsfield-dataset");
    assert_eq!(manifest["steps"][0]["op"], "crop");
    assert_eq!(manifest["labels"][1]["name"], "nodule");
    assert_eq!(case["huFromStored"]["slope"], 2.0);
    assert_eq!(case["huFromStored"]["intercept"], -255.0);
    assert_eq!(case["slices"][0]["labelVoxels"]["1"], 2);
    assert_eq!(case["labelVoxels"]["7"], 1);
    assert_eq!(case["slices"][1]["labelVoxels"], serde_json::json!({}));
    assert_eq!(case["check"], "CT check: pass");
    // Column 0 is the patient's right, row 0 anterior.
    assert_eq!(case["rasFromPixel"][0], serde_json::json!([-0.7, 0.0, 0.0, 1.0 + 0.7 * 2.0]));
    // Who it is stands in the map alone.
    assert!(!manifest.to_string().contains("Mueller"));
    assert_eq!(map, "caseId,original,outcome\nc1,\"Mueller, \"\"Eva\"\"/ct.nii.gz\",prepared\n");
}

#[test]
fn sixteen_bits_are_hu_and_an_offset() {
    let values = Slice::F32(vec![-32768.0, -1024.4, 0.6, 3000.0, 40_000.0, f32::NAN]);
    let (files, manifest, _) = written(Format::Png16, &values);
    let (_, pixels) = png(&files[0]);
    let stored: Vec<u16> =
        pixels.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    assert_eq!(stored, [0, 31744, 32769, 35768, 65535, 0]);
    assert_eq!(manifest["cases"][0]["huFromStored"]["intercept"], -32768.0);
}

#[test]
fn tiffs_hold_what_the_scan_holds() {
    let floats = vec![0.0, 0.25, -1.5, 1e-9, 1.0, 7.0];
    for (values, sample) in [(Slice::I16(HU.to_vec()), 2), (Slice::F32(floats.clone()), 3)] {
        let (files, manifest, _) = written(Format::Tiff16, &values);
        assert_eq!(files[0].path, "images/c1_000.tif");
        let mut tiff = Decoder::new(Cursor::new(&files[0].bytes)).unwrap();
        assert_eq!(tiff.dimensions().unwrap(), (3, 2));
        match tiff.read_image().unwrap() {
            DecodingResult::I16(read) => assert_eq!(read, HU),
            DecodingResult::F32(read) => assert_eq!(read, floats),
            other => panic!("{other:?}"),
        }
        assert_eq!(tiff.find_tag_unsigned::<u16>(Tag::SampleFormat).unwrap(), Some(sample));
        let Some(ifd::Value::Rational(n, d)) = tiff.find_tag(Tag::XResolution).unwrap() else {
            panic!("no resolution");
        };
        assert!((10.0 / (f64::from(n) / f64::from(d)) - 0.7).abs() < 1e-5);
        assert_eq!(manifest["cases"][0]["huFromStored"]["slope"], 1.0);
    }
}

#[test]
fn scaled_scans_come_back_in_hu() {
    let mut writer = writer(Format::Png8);
    let values = Values { slope: 1400.0, intercept: -1000.0 };
    writer.begin(&About { values, ..about("c1") }).unwrap();
    // 0 HU is grey 128 of −255 … 255.
    let zero = Slice::F32(vec![1000.0 / 1400.0; 6]);
    let files = writer.put(0, &zero, None).unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(png(&files[0]).1, [128; 6]);
}

#[test]
fn a_palette_shows_colours_and_keeps_numbers() {
    let options = Options { palette: true, ..Options::default() };
    let mut writer = DatasetWriter::new(options, Vec::new(), labels()).unwrap();
    writer.begin(&about("c1")).unwrap();
    let files = writer.put(0, &Slice::I16(vec![0; 6]), Some(&LABELS)).unwrap();
    let mut decoder = png::Decoder::new(Cursor::new(&files[1].bytes));
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    assert_eq!(pixels, LABELS);
    assert_eq!(reader.info().palette.as_ref().unwrap()[3 * 7..3 * 8], [255, 0, 9]);
}

#[test]
fn what_does_not_belong_is_refused() {
    let mut one = writer(Format::Png8);
    let values = Slice::I16(vec![0; 6]);
    assert!(one.put(0, &values, None).is_err());
    for id in ["", ".x", "a/b", "a b", "ä", &"x".repeat(65)] {
        assert_eq!(one.begin(&about(id)).unwrap_err().code(), "bad_parameter", "{id}");
    }
    one.begin(&about("c1")).unwrap();
    assert!(one.put(1, &values, None).is_err());
    assert!(one.put(0, &Slice::I16(vec![0; 5]), None).is_err());
    let error = one.put(0, &values, Some(&[2; 6])).unwrap_err().to_string();
    assert!(error.contains("mask is 2"), "{error}");
    one.put(0, &values, None).unwrap();
    assert!(one.end().unwrap_err().to_string().contains("slices"));
    // Names that some disks cannot tell apart.
    assert!(one.begin(&about("C1")).is_err());

    let new = |options, labels| DatasetWriter::new(options, Vec::new(), labels);
    let flat =
        Options { window: Some(Window { centre_hu: 0.0, width_hu: 0.0 }), ..Options::default() };
    assert!(new(flat, Vec::new()).is_err());
    let zero = Label { value: 0, name: String::new(), rgb: [0; 3] };
    assert!(new(Options::default(), vec![zero]).is_err());
}

#[test]
fn volumes_and_what_was_left_out() {
    let mut writer = writer(Format::Nifti);
    writer.begin(&about("c1")).unwrap();
    let (image, mask) = writer.volume(Some(BTreeMap::from([(7, 3)]))).unwrap();
    assert_eq!((image.as_str(), mask.as_deref()), ("images/c1.nii.gz", Some("masks/c1.nii.gz")));
    writer.end().unwrap();
    writer.begin(&about("c2")).unwrap();
    writer.leave_out("c2", "b.nii", "the disk was full").unwrap();
    writer.leave_out("c3", "c.nii", "no scan").unwrap();
    let [manifest, map] = writer.finish().unwrap();
    let manifest: Value = serde_json::from_slice(&manifest.bytes).unwrap();
    assert_eq!(manifest["cases"].as_array().unwrap().len(), 1);
    assert_eq!(manifest["cases"][0]["image"], "images/c1.nii.gz");
    let map = String::from_utf8(map.bytes).unwrap();
    assert!(map.contains("c2,b.nii,left out: the disk was full\nc3,c.nii,left out: no scan\n"));
}

#[test]
fn a_zip_leaves_piece_by_piece() {
    let file = |path: &str, n: usize| DataFile { path: path.into(), bytes: vec![n as u8; n] };
    let files = [file("images/a.png", 70_000), file("masks/a.png", 0), file("manifest.json", 9)];
    let made = || {
        let mut zip = DatasetZip::default();
        let mut bytes = Vec::new();
        for (k, file) in files.iter().enumerate() {
            let piece = zip.add(file).unwrap();
            // A file leaves when the next one comes.
            assert_eq!(piece.is_empty(), k == 0);
            bytes.extend(piece);
        }
        bytes.extend(zip.finish().unwrap());
        bytes
    };
    let bytes = made();
    assert_eq!(bytes, made());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for file in &files {
        let mut read = Vec::new();
        archive.by_name(&file.path).unwrap().read_to_end(&mut read).unwrap();
        assert_eq!(read, file.bytes);
    }
}
