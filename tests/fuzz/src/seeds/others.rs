//! Seeds of the targets that go the whole way: a good file of every kind that each can be.

use std::{fs, io::Cursor, path::Path};

use image::{DynamicImage, ImageFormat};

use crate::{
    dicom::{BIG_ENDIAN, Built, EXPLICIT, IMPLICIT, text},
    hostile::build::{self, gz},
    zip::{self, Entry},
};

pub(crate) fn save(corpus: &Path) -> std::io::Result<()> {
    for (target, seeds) in [
        ("nrrd", nrrd()),
        ("metaimage", metaimage()),
        ("picture", pictures()),
        ("plan", plans()),
        ("series", series()),
        ("zip", zips()),
    ] {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        for (n, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(n.to_string()), seed)?;
        }
        println!("{} seeds in {}", seeds.len(), folder.display());
    }
    Ok(())
}

/// Header, voxels, and the byte that says where the second file begins.
fn apart(header: &str, voxels: &[u8]) -> Vec<u8> {
    // The cut is at a 16th, so the header is filled up to one.
    let whole = 16 * voxels.len().max(header.len()).div_ceil(8) * 2;
    let sixteenths = (16 * voxels.len()).div_ceil(whole).max(1);
    let rest = sixteenths * whole / 16;
    let mut bytes = header.as_bytes().to_vec();
    bytes.resize(whole - rest, b'\n');
    bytes.extend(voxels);
    bytes.resize(whole, 0);
    bytes.push(sixteenths as u8);
    bytes
}

fn attached(header: &str, voxels: &[u8]) -> Vec<u8> {
    [header.as_bytes(), voxels, &[0]].concat()
}

fn nrrd() -> Vec<Vec<u8>> {
    let voxels: Vec<u8> = (0..120u8).collect();
    let space = "space: left-posterior-superior\nspace directions: (0.7,0,0) (0,0.7,0) (0,0,2.5)\nspace origin: (-90,-80,70)\nkinds: domain domain domain\n";
    let mut seeds = Vec::new();
    for kind in ["uint8", "int16", "ushort", "float", "double", "int64"] {
        for encoding in ["raw", "gzip", "ascii"] {
            let header = format!(
                "NRRD0004\n# Complete NRRD file\ntype: {kind}\ndimension: 3\nsizes: 3 4 5\nendian: little\nencoding: {encoding}\n{space}\n"
            );
            let packed = match encoding {
                "gzip" => gz(&voxels),
                "ascii" => b"1 2 3 4 5 -6 7.5 ".repeat(9),
                _ => voxels.repeat(4),
            };
            seeds.push(attached(&header, &packed));
        }
    }
    let spacings = "NRRD0001\ntype: short\ndimension: 3\nsizes: 3 4 5\nspacings: 1 1 NaN\nencoding: raw\nendian: big\nbyte skip: -1\ndata file: a.raw\n";
    seeds.push(apart(spacings, &voxels));
    seeds.push(attached(
        "NRRD0005\ntype: uchar\ndimension: 4\nsizes: 3 4 5 2\nspace dimension: 3\nspace directions: (1,0,0) (0,0,1) (0,1,0) none\nkinds: domain domain domain list\nencoding: raw\n\n",
        &voxels,
    ));
    seeds.push(apart(
        "NRRD0005\ntype: uchar\ndimension: 3\nsizes: 3 4 2\nencoding: raw\ndata file: LIST\na.raw\na.raw\n",
        &voxels,
    ));
    seeds
}

fn metaimage() -> Vec<Vec<u8>> {
    let voxels: Vec<u8> = (0..120u8).collect();
    let mut seeds = Vec::new();
    for kind in ["MET_UCHAR", "MET_SHORT", "MET_FLOAT", "MET_DOUBLE"] {
        for compressed in ["False", "True"] {
            let header = format!(
                "ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = {compressed}\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = -90 -80 70\nElementSpacing = 0.7 0.7 2.5\nDimSize = 3 4 5\nElementType = {kind}\nElementDataFile = LOCAL\n"
            );
            let packed =
                if compressed == "True" { zlib(&voxels.repeat(4)) } else { voxels.repeat(4) };
            seeds.push(attached(&header, &packed));
        }
    }
    seeds.push(apart(
        "NDims = 3\nDimSize = 3 4 5\nElementType = MET_SHORT\nElementByteOrderMSB = True\nHeaderSize = -1\nElementDataFile = a.raw\n",
        &voxels,
    ));
    seeds.push(apart(
        "NDims = 3\nDimSize = 3 4 2\nElementType = MET_UCHAR\nElementDataFile = LIST 2\na.raw\na.raw\n",
        &voxels,
    ));
    seeds
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn pictures() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    let grey = DynamicImage::new_luma8(5, 4);
    for picture in [
        grey.clone(),
        grey.to_luma16().into(),
        grey.to_rgb8().into(),
        grey.to_rgba8().into(),
        grey.to_rgb32f().into(),
    ] {
        for format in [ImageFormat::Png, ImageFormat::Bmp, ImageFormat::Jpeg, ImageFormat::Tiff] {
            let mut file = Cursor::new(Vec::new());
            if picture.write_to(&mut file, format).is_ok() {
                for mode in [0, 1] {
                    seeds.push([file.get_ref().as_slice(), &[mode]].concat());
                }
            }
        }
    }
    seeds
}

/// One slice, or two of a series in one input: the last byte says where the first ends, in 16ths.
fn series() -> Vec<Vec<u8>> {
    let slice = |n: usize, z: &str| {
        Built::default()
            .put((0x0008, 0x0018), text(b"UI", &format!("1.2.3.4.{n}")))
            .put((0x0020, 0x0032), text(b"DS", &format!("-10.5\\-20\\{z}")))
    };
    let mut seeds = Vec::new();
    for z in ["32.75", "40", "30.25"] {
        for syntax in [EXPLICIT, IMPLICIT, BIG_ENDIAN] {
            let first = slice(1, "30.25").in_syntax(syntax).bytes();
            let second = slice(2, z).in_syntax(syntax).bytes();
            // Both are as long, so the cut is at 8 sixteenths.
            let mut both = second;
            both.resize(first.len(), 0);
            both.extend(&first);
            both.push(8);
            seeds.push(both);
            seeds.push([first.as_slice(), &[0]].concat());
        }
    }
    seeds.push([Built::enhanced().bytes().as_slice(), &[0]].concat());
    seeds
}

/// Bytes to make headers of: the same each time.
fn plans() -> Vec<Vec<u8>> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (1..40).map(|n| (0..n * 40).map(|_| next()).collect()).collect()
}

fn zips() -> Vec<Vec<u8>> {
    let scan = build::Built::default().bytes();
    let inner = zip::archive(&[Entry::stored("scan.nii", &scan)]);
    let mut seeds = vec![
        zip::archive(&[]),
        zip::archive(&[Entry::stored("scan.nii", &scan)]),
        zip::archive(&[Entry::deflated("a/scan.nii", &scan), Entry::stored("a/", b"")]),
        zip::archive(&[Entry::deflated("scan.nii.gz", &gz(&scan))]),
        zip::archive(&[Entry::deflated("inner.zip", &inner)]),
        zip::overlapping(&Entry::deflated("scan.nii", &scan), 9),
    ];
    for mut file in nrrd().into_iter().chain(metaimage()).chain(pictures()).step_by(5) {
        file.pop();
        seeds.push(zip::archive(&[Entry::deflated("file", &file)]));
    }
    seeds
}
