//! 3MF, which slicers print from: a zip with a model of XML, in millimetres.
//!
//! Written by hand around the `zip` that is here anyway, and read tag by tag with `quick-xml`: the
//! crates for it (`threemf2`, `lib3mf`) hold the whole model as a tree of strings and numbers first,
//! several times the surface.

mod read;

use std::{
    fmt::Write as _,
    io::{Cursor, Write},
};

use hounsfield::{
    Error, Progress,
    progress::checkpoint,
    surface::{Surface, ct_check_of_parts},
};
pub(super) use read::decode;
use zip::{ZipWriter, write::SimpleFileOptions};

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Target="/3D/3dmodel.model" Id="model" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>"#;
const MODEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<model unit="millimeter" xml:lang="en" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02"><metadata name="Application">Hounsfield</metadata>"#;
const RESOURCES: &str = r#"<resources><basematerials id="1">"#;
/// Lines between two hand-overs to the zip.
const LINES: usize = 1 << 12;

/// One file with all surfaces as named objects, each with its colour. Coordinates are RAS millimetres.
///
/// Reports stage `"3MF"`. Memory: the file.
///
/// # Errors
/// [`Error::BadParameter`] without a surface, [`Error::Unwritable`] where the zip says no,
/// [`Error::Stopped`].
pub(super) fn encode(surfaces: &[Surface], progress: &mut dyn Progress) -> Result<Vec<u8>, Error> {
    if surfaces.is_empty() {
        return Err(Error::BadParameter {
            name: "surfaces",
            value: "none".into(),
            expected: "a file needs at least one",
        });
    }
    let mut file = File { zip: ZipWriter::new(Cursor::new(Vec::new())), text: String::new() };
    file.begin("[Content_Types].xml")?;
    file.put(CONTENT_TYPES)?;
    file.begin("_rels/.rels")?;
    file.put(RELATIONS)?;
    file.begin("3D/3dmodel.model")?;
    file.put(MODEL)?;
    let check = ct_check_of_parts(surfaces);
    if !check.is_empty() {
        file.put(&format!("<metadata name=\"Description\">{}</metadata>", escaped(&check)))?;
    }
    file.put(RESOURCES)?;
    for surface in surfaces {
        let ([red, green, blue], name) = (surface.colour, escaped(&surface.name));
        file.put(&format!(
            "<base name=\"{name}\" displaycolor=\"#{red:02X}{green:02X}{blue:02X}\"/>"
        ))?;
    }
    file.put("</basematerials>")?;
    for (k, surface) in surfaces.iter().enumerate() {
        checkpoint(progress, "3MF", k as f64 / surfaces.len() as f64)?;
        file.object(k, surface)?;
    }
    file.put("</resources><build>")?;
    for k in 0..surfaces.len() {
        file.put(&format!("<item objectid=\"{}\"/>", k + 2))?;
    }
    file.put("</build></model>")?;
    file.zip.finish().map(Cursor::into_inner).map_err(|error| unwritable(&error))
}

struct File {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    text: String,
}

impl File {
    fn begin(&mut self, name: &str) -> Result<(), Error> {
        self.zip.start_file(name, SimpleFileOptions::default()).map_err(|error| unwritable(&error))
    }

    fn put(&mut self, text: &str) -> Result<(), Error> {
        self.zip.write_all(text.as_bytes()).map_err(|error| unwritable(&error))
    }

    fn object(&mut self, k: usize, surface: &Surface) -> Result<(), Error> {
        self.put(&format!(
            "<object id=\"{}\" type=\"model\" name=\"{}\" pid=\"1\" pindex=\"{k}\"><mesh><vertices>",
            k + 2,
            escaped(&surface.name)
        ))?;
        for some in surface.positions().chunks(LINES) {
            self.text.clear();
            for [x, y, z] in some {
                // A String takes everything.
                let _ = write!(self.text, "<vertex x=\"{x}\" y=\"{y}\" z=\"{z}\"/>");
            }
            self.hand_over()?;
        }
        self.put("</vertices><triangles>")?;
        for some in surface.triangles().chunks(LINES) {
            self.text.clear();
            for [a, b, c] in some {
                let _ = write!(self.text, "<triangle v1=\"{a}\" v2=\"{b}\" v3=\"{c}\"/>");
            }
            self.hand_over()?;
        }
        self.put("</triangles></mesh></object>")
    }

    fn hand_over(&mut self) -> Result<(), Error> {
        self.zip.write_all(self.text.as_bytes()).map_err(|error| unwritable(&error))
    }
}

fn escaped(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            '<' => text.push_str("&lt;"),
            '&' => text.push_str("&amp;"),
            '"' => text.push_str("&quot;"),
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    text
}

fn unwritable(error: &dyn std::fmt::Display) -> Error {
    Error::Unwritable { reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may")]

    use std::io::Read;

    use hounsfield::{
        Grid, Mask,
        surface::{SurfaceParams, of_mask},
    };

    use super::*;

    #[test]
    fn a_zip_with_a_model_in_millimetres() {
        let grid = Grid::from_spacing([1; 3], [1.0; 3]).unwrap();
        let params = SurfaceParams { cap_border: true, ..SurfaceParams::default() };
        let mut surface = of_mask(&Mask::drawn("#"), &grid, &params, &mut ()).unwrap();
        surface.name = "a <b> & \"c\"".into();
        surface.colour = [255, 0, 16];
        let bytes = encode(&[surface], &mut ()).unwrap();
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        zip.by_name("3D/3dmodel.model").unwrap().read_to_string(&mut text).unwrap();
        for part in
            ["unit=\"millimeter\"", "a &lt;b> &amp; &quot;c&quot;", "#FF0010", "objectid=\"2\""]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert_eq!(text.matches("<vertex ").count(), 6);
        assert_eq!(text.matches("<triangle ").count(), 8);
        assert!(zip.by_name("_rels/.rels").is_ok() && zip.by_name("[Content_Types].xml").is_ok());
        assert!(encode(&[], &mut ()).is_err());
    }
}
