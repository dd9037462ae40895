//! A 3MF back into surfaces.
//!
//! ```text
//! build:  item ─▶ object with a mesh                  one surface for each way from an item to a mesh
//!         item ─▶ object of components ─▶ object …    (moved as item and components say)
//! ```

use std::io::BufReader;

use hounsfield::{
    Error,
    surface::{MOST_TRIANGLES, Surface},
};

use crate::{
    archive::Entry,
    bytes::Bytes,
    files::Files,
    item::Place,
    surfaces::{
        damaged,
        transform::Transform,
        unsupported,
        xml::{Attributes, Tag, for_each_tag},
    },
};

/// Where writers put it; the standard would allow another name, told in another file.
const MODEL: &str = "3D/3dmodel.model";
/// Text of numbers is some 5 times as long as it is packed; what promises much more is a bomb.
const MOST_RATIO: u64 = 100;
/// Objects, colours, components and items, of each.
const MOST_PARTS: usize = 10_000;
const DEEPEST: usize = 16;
/// A printer's part without a colour.
const GREY: [u8; 3] = [200; 3];
const BUFFER_BYTES: usize = 1 << 16;

/// The surfaces of a 3MF that is the first of these files.
pub(in crate::surfaces) fn decode<B: Bytes>(files: &Files<B>) -> Result<Vec<Surface>, Error> {
    let table = files.table(0)?;
    let is_model = |entry: &Entry| entry.name.trim_start_matches('/').eq_ignore_ascii_case(MODEL);
    let named = table.iter().position(is_model);
    let any = || table.iter().position(|entry| entry.name.ends_with(".model"));
    let entry = named.or_else(any).ok_or_else(|| unsupported("no 3MF model in a zip"))?;
    if let Some(Entry { bytes, packed_bytes, .. }) = table.get(entry)
        && *bytes > packed_bytes.saturating_add(1 << 14).saturating_mul(MOST_RATIO)
    {
        return Err(unsupported(&format!("a model of {bytes} bytes, packed into {packed_bytes}")));
    }
    let text = files.stream(&Place { file: 0, entry: Some(entry) })?;
    let mut model = Model { mm: 1.0, ..Model::default() };
    for_each_tag(BufReader::with_capacity(BUFFER_BYTES, text), |tag| model.take(tag))?;
    model.build()
}

#[derive(Default)]
struct Model {
    /// Millimetres of its unit.
    mm: f64,
    /// Lists of colours by their identifiers.
    colours: Vec<(String, Vec<[u8; 3]>)>,
    objects: Vec<Object>,
    /// Is the last object still open?
    is_open: bool,
    /// Is what comes now the description?
    is_description: bool,
    /// The model's description, in our files how the CT check came out.
    description: String,
    items: Vec<Component>,
    vertices: u64,
    triangles: u64,
}

#[derive(Default)]
struct Object {
    id: String,
    name: String,
    colour: Option<[u8; 3]>,
    positions: Vec<[f32; 3]>,
    triangles: Vec<[u32; 3]>,
    components: Vec<Component>,
}

/// An object's use.
struct Component {
    id: String,
    place: Transform,
}

impl Model {
    fn take(&mut self, tag: Tag<'_>) -> Result<(), Error> {
        let (name, attributes, is_empty) = match tag {
            Tag::End { name } => {
                self.is_open &= name != "object";
                self.is_description = false;
                return Ok(());
            }
            Tag::Text(text) => {
                if self.is_description {
                    self.description = text.into();
                }
                return Ok(());
            }
            Tag::Start { name, attributes, is_empty } => (name, attributes, is_empty),
        };
        match name {
            "vertex" => self.vertex(&attributes),
            "triangle" => self.triangle(&attributes),
            "model" => self.unit(&attributes),
            "basematerials" | "colorgroup" => {
                let id = attributes.get("id").unwrap_or_default();
                push(&mut self.colours, (id, Vec::new()))
            }
            "base" | "color" => {
                let written = attributes.get("displaycolor").or_else(|| attributes.get("color"));
                let colour = written.and_then(|text| colour(&text)).unwrap_or(GREY);
                match self.colours.last_mut() {
                    Some((_, colours)) => push(colours, colour),
                    None => Ok(()),
                }
            }
            "metadata" => {
                let is_description = attributes.get("name").as_deref() == Some("Description");
                self.is_description = is_description && !is_empty;
                Ok(())
            }
            "object" => self.object(&attributes, is_empty),
            "component" => {
                let component = component(&attributes)?;
                match self.objects.last_mut().filter(|_| self.is_open) {
                    Some(object) => push(&mut object.components, component),
                    None => Ok(()),
                }
            }
            "item" => push(&mut self.items, component(&attributes)?),
            _ => Ok(()),
        }
    }

    fn unit(&mut self, attributes: &Attributes<'_>) -> Result<(), Error> {
        self.mm = match attributes.get("unit").as_deref() {
            None | Some("millimeter") => 1.0,
            Some("micron") => 1e-3,
            Some("centimeter") => 10.0,
            Some("inch") => 25.4,
            Some("foot") => 304.8,
            Some("meter") => 1000.0,
            Some(_) => return Err(damaged("its unit is none that 3MF knows")),
        };
        if attributes.get("requiredextensions").is_some_and(|text| !text.trim().is_empty()) {
            return Err(unsupported("3MF extensions that it requires"));
        }
        Ok(())
    }

    fn object(&mut self, attributes: &Attributes<'_>, is_empty: bool) -> Result<(), Error> {
        let group = attributes.get("pid");
        let at = attributes.get("pindex").and_then(|text| text.trim().parse::<usize>().ok());
        let colours = self.colours.iter().find(|(id, _)| Some(id) == group.as_ref());
        let colour = colours.and_then(|(_, colours)| colours.get(at.unwrap_or(0)).copied());
        self.is_open = !is_empty;
        let name = attributes.get("name").unwrap_or_default().replace(char::is_control, " ");
        let id = attributes.get("id").unwrap_or_default();
        push(&mut self.objects, Object { id, name, colour, ..Object::default() })
    }

    fn vertex(&mut self, attributes: &Attributes<'_>) -> Result<(), Error> {
        let place = attributes
            .numbers::<f32, 3>(["x", "y", "z"])
            .ok_or_else(|| damaged("a vertex is not three numbers"))?;
        self.vertices += 1;
        match self.objects.last_mut().filter(|_| self.is_open) {
            Some(object) => grow(&mut object.positions, place, self.vertices),
            None => Ok(()),
        }
    }

    fn triangle(&mut self, attributes: &Attributes<'_>) -> Result<(), Error> {
        let corners = attributes
            .numbers::<u32, 3>(["v1", "v2", "v3"])
            .ok_or_else(|| damaged("a triangle is not three whole numbers"))?;
        self.triangles += 1;
        match self.objects.last_mut().filter(|_| self.is_open) {
            Some(object) => grow(&mut object.triangles, corners, self.triangles),
            None => Ok(()),
        }
    }

    fn build(self) -> Result<Vec<Surface>, Error> {
        let scale = self.mm;
        let unit = Transform(Transform::IDENTITY.0.map(|row| row.map(|entry| entry * scale)));
        let mut builder =
            Builder { objects: &self.objects, left: MOST_PARTS, numbers: 0, found: Vec::new() };
        for item in &self.items {
            builder.place(item, &unit, 0)?;
        }
        if builder.found.is_empty() {
            return Err(damaged("it has no triangles"));
        }
        for surface in &mut builder.found {
            surface.set_ct_check(self.description.trim());
        }
        Ok(builder.found)
    }
}

struct Builder<'a> {
    objects: &'a [Object],
    /// Uses of objects that may still be followed.
    left: usize,
    /// Vertices and triangles that were made.
    numbers: u64,
    found: Vec<Surface>,
}

impl Builder<'_> {
    fn place(&mut self, used: &Component, outer: &Transform, depth: usize) -> Result<(), Error> {
        self.left = match self.left.checked_sub(1) {
            Some(left) if depth <= DEEPEST => left,
            _ => return Err(unsupported("components within components without end")),
        };
        let objects = self.objects;
        let object = objects
            .iter()
            .find(|object| object.id == used.id)
            .ok_or_else(|| damaged("an object is missing"))?;
        let place = outer.after(&used.place);
        for component in &object.components {
            self.place(component, &place, depth + 1)?;
        }
        if object.triangles.is_empty() {
            return Ok(());
        }
        self.numbers += (object.positions.len() + object.triangles.len()) as u64;
        if self.numbers > 2 * MOST_TRIANGLES {
            return Err(unsupported("more than 50 million triangles"));
        }
        let refused = |_| Error::OutOfMemory {
            bytes: 12 * (object.positions.len() + object.triangles.len()) as u64,
            purpose: "a part of a 3MF",
        };
        let (mut positions, mut triangles) = (Vec::new(), Vec::new());
        positions.try_reserve_exact(object.positions.len()).map_err(refused)?;
        positions.extend(object.positions.iter().map(|at| place.place(*at)));
        triangles.try_reserve_exact(object.triangles.len()).map_err(refused)?;
        let mirrors = place.mirrors();
        triangles.extend(object.triangles.iter().map(|each| Transform::order(*each, mirrors)));
        let colour = object.colour.unwrap_or(GREY);
        self.found.push(Surface::from_parts(object.name.clone(), colour, positions, triangles)?);
        Ok(())
    }
}

fn component(attributes: &Attributes<'_>) -> Result<Component, Error> {
    let id = attributes.get("objectid").unwrap_or_default();
    let Some(text) = attributes.get("transform") else {
        return Ok(Component { id, place: Transform::IDENTITY });
    };
    // By rows of its transpose: the shift comes last.
    let mut numbers = text.split_ascii_whitespace().map(str::parse::<f64>);
    let mut rows = [[0.0; 4]; 3];
    for column in 0..4 {
        for row in &mut rows {
            let number = numbers.next().and_then(Result::ok).filter(|number| number.is_finite());
            let number = number.ok_or_else(|| damaged("a transform is not twelve numbers"))?;
            if let Some(entry) = row.get_mut(column) {
                *entry = number;
            }
        }
    }
    Ok(Component { id, place: Transform(rows) })
}

/// `#RRGGBB`, or with an opacity behind it.
fn colour(text: &str) -> Option<[u8; 3]> {
    let part = |at: usize| u8::from_str_radix(text.strip_prefix('#')?.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

fn push<T>(list: &mut Vec<T>, one: T) -> Result<(), Error> {
    if list.len() == MOST_PARTS {
        return Err(unsupported("more than 10000 objects, colours or components"));
    }
    list.push(one);
    Ok(())
}

fn grow<T>(list: &mut Vec<T>, one: T, all: u64) -> Result<(), Error> {
    if all > MOST_TRIANGLES {
        return Err(unsupported("more than 50 million triangles or vertices"));
    }
    list.try_reserve(1).map_err(|_| Error::OutOfMemory {
        bytes: all.saturating_mul(size_of::<T>() as u64),
        purpose: "the numbers of a 3MF",
    })?;
    list.push(one);
    Ok(())
}
