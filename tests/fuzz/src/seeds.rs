//! Writes the corpus that the fuzzer starts from: good files of every kind, and the hostile ones.

#[path = "../../hostile/dicom.rs"]
mod dicom;
#[path = "../../hostile/mod.rs"]
mod hostile;
#[path = "seeds/others.rs"]
mod others;
#[path = "seeds/surfaces.rs"]
mod surfaces;
#[path = "../../hostile/zip.rs"]
mod zip;

use std::{fs, path::Path};

use hostile::{
    build::{Built, gz},
    files,
};

const SINGLE: u8 = 0;
const PAIR: u8 = 1;

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/nifti");
    fs::create_dir_all(&folder)?;
    let mut count = 0;
    let mut save = |name: String, mut bytes: Vec<u8>, mode: u8| {
        bytes.push(mode);
        count += 1;
        fs::write(folder.join(name), bytes)
    };
    for datatype in [2, 256, 512, 4, 768, 8, 1280, 1024, 16, 64] {
        for big_endian in [false, true] {
            for version in [1, 2] {
                let base = if version == 2 { Built::nifti2() } else { Built::default() };
                let mut built = Built { datatype, big_endian, ..base };
                built.store(&(0..60).map(|n| f64::from(n) * 1.5).collect::<Vec<_>>());
                let name = format!("type{datatype}_{version}_{big_endian}");
                save(name.clone(), built.bytes(), SINGLE)?;
                save(format!("{name}_gz"), gz(&built.bytes()), SINGLE)?;
            }
        }
    }
    let mut others = vec![
        (
            "qform",
            Built { sform_code: 0, qform_code: 1, quatern: [0.0, 1.0, 0.0], ..Built::default() },
        ),
        ("pixdim", Built { sform_code: 0, ..Built::default() }),
        ("scaled", Built { scl_slope: 0.5, scl_inter: -3.0, ..Built::default() }),
        ("extended", Built { extension: b"<xml/>".repeat(9), ..Built::default() }),
        ("4d", Built { dim: [4, 3, 4, 1, 5, 1, 1, 1], ..Built::default() }),
        ("metres", Built { xyzt_units: 1, ..Built::nifti2() }),
    ];
    let turned = [[0.0, 0.0, 2.5, -70.0], [-0.7, 0.0, 0.1, 90.0], [0.0, -0.7, 0.0, 80.0]];
    others.push(("turned", Built { srow: turned, ..Built::default() }));
    for (name, built) in others {
        save(name.to_owned(), built.bytes(), SINGLE)?;
    }
    for (name, built) in
        [("analyze", Built::analyze()), ("pair", Built { single: false, ..Built::default() })]
    {
        let mut bytes = built.header();
        // The target cuts behind the bare header.
        bytes.truncate(348);
        bytes.extend(&built.voxels);
        save(name.to_owned(), bytes, PAIR)?;
    }
    for file in files::files() {
        save(format!("hostile_{}", file.name), file.bytes, SINGLE)?;
    }
    println!("{count} seeds in {}", folder.display());
    dicom_seeds()?;
    surfaces::save(&folder.with_file_name(""))?;
    others::save(&folder.with_file_name(""))
}

fn dicom_seeds() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/dicom");
    fs::create_dir_all(&folder)?;
    let syntaxes = [dicom::EXPLICIT, dicom::IMPLICIT, dicom::BIG_ENDIAN, dicom::DEFLATED];
    let frame: Vec<u8> = (0..24).collect();
    let packed = dicom::pack(&frame, 2);
    for (name, base) in [("slice", dicom::Built::default()), ("enhanced", dicom::Built::enhanced())]
    {
        for syntax in syntaxes {
            let built = base.clone().in_syntax(syntax);
            fs::write(folder.join(format!("{name}_{syntax}")), built.bytes())?;
            let bare = dicom::Built { preamble: false, meta: false, ..built };
            fs::write(folder.join(format!("{name}_{syntax}_bare")), bare.bytes())?;
        }
        for syntax in [dicom::RLE, dicom::JPEG, dicom::JPEG2000] {
            for table in [vec![], vec![0, u32::try_from(packed.len() + 8).unwrap()]] {
                let count = table.len();
                let pixels = dicom::Pixels::Fragments(table, vec![packed.clone(), packed.clone()]);
                let built = dicom::Built { pixels, ..base.clone() }.in_syntax(syntax);
                fs::write(folder.join(format!("{name}_{syntax}_{count}")), built.bytes())?;
            }
        }
    }
    println!("DICOM seeds in {}", folder.display());
    Ok(())
}
