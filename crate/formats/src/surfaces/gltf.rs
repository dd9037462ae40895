//! Binary glTF 2.0 back into surfaces: meshes of plain triangles in the file's own buffer.
//!
//! By `serde_json` and bounds of our own: the crate for it (`gltf`) checks how parts refer to each
//! other, but reads numbers by slices that panic where a buffer is shorter than it says.

use hounsfield::{
    Error,
    error::try_with_capacity,
    surface::{MOST_TRIANGLES, Surface},
};
use serde_json::Value;

use super::{damaged, transform::Transform, unsupported};

/// From metres with y up and z to the front: the inverse of what is written.
const RAS_MM_FROM_GLTF: Transform =
    Transform([[-1000.0, 0.0, 0.0, 0.0], [0.0, 0.0, 1000.0, 0.0], [0.0, 1000.0, 0.0, 0.0]]);
/// Nodes that are gone through: children can be shared, so a small file can describe a huge tree.
const MOST_NODES: usize = 10_000;
const DEEPEST: usize = 64;
/// Of the description; the numbers are beside it.
const MOST_JSON_BYTES: usize = 64 << 20;
const JSON: &[u8; 4] = b"JSON";
const NUMBERS: &[u8; 4] = b"BIN\0";
/// Triangles one by one, which is what a primitive is when it does not say; strips and fans are rare.
const TRIANGLES: u64 = 4;
const FLOAT: u64 = 5126;

/// Every primitive of every node is a surface, with the name of its node, or else of its mesh, and the
/// base colour of its material.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Surface>, Error> {
    let (json, numbers) = chunks(bytes)?;
    let json: Value = serde_json::from_slice(json)
        .map_err(|error| damaged(&format!("its description is no JSON: {error}")))?;
    let mut file = File {
        json: &json,
        numbers,
        left: MOST_NODES,
        triangles: 0,
        vertices: 0,
        found: Vec::new(),
    };
    file.refuse_extensions()?;
    let scene = &json["scenes"][index(&json["scene"]).unwrap_or(0)];
    match scene["nodes"].as_array() {
        Some(roots) => file.nodes(roots, &RAS_MM_FROM_GLTF, 0)?,
        // A file without a scene is a library of meshes: each stands where it is.
        None => {
            for mesh in 0..json["meshes"].as_array().map_or(0, Vec::len) {
                file.mesh(mesh, "", &RAS_MM_FROM_GLTF)?;
            }
        }
    }
    if file.found.is_empty() {
        return Err(damaged("it has no triangles"));
    }
    Ok(file.found)
}

/// The description, and the numbers beside it.
fn chunks(bytes: &[u8]) -> Result<(&[u8], &[u8]), Error> {
    let word = |at: usize| -> Option<u32> {
        bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four))
    };
    if word(4) != Some(2) {
        return Err(unsupported("another version of glTF than 2"));
    }
    let (mut at, mut json, mut numbers) = (12usize, None, &[][..]);
    while let (Some(length), Some(kind)) = (word(at), bytes.get(at + 4..at + 8)) {
        let chunk = (at + 8).checked_add(length as usize).and_then(|end| bytes.get(at + 8..end));
        let chunk = chunk.ok_or_else(|| damaged("it is cut off"))?;
        if kind == JSON && json.is_none() {
            json = Some(chunk);
        } else if kind == NUMBERS && numbers.is_empty() {
            numbers = chunk;
        }
        at += 8 + chunk.len();
    }
    match json {
        Some(json) if json.len() <= MOST_JSON_BYTES => Ok((json, numbers)),
        Some(_) => Err(unsupported("a description of more than 64 MB")),
        None => Err(damaged("it does not describe what is in it")),
    }
}

struct File<'a> {
    json: &'a Value,
    numbers: &'a [u8],
    /// Nodes that may still be gone through.
    left: usize,
    triangles: u64,
    vertices: u64,
    found: Vec<Surface>,
}

impl<'a> File<'a> {
    fn refuse_extensions(&self) -> Result<(), Error> {
        let required = self.json["extensionsRequired"].as_array().and_then(|all| all.first());
        match required.and_then(Value::as_str) {
            Some(name) => {
                let shown: String = name.chars().filter(|c| !c.is_control()).take(60).collect();
                Err(unsupported(&format!("the extension {shown}")))
            }
            None => Ok(()),
        }
    }

    fn nodes(&mut self, numbers: &[Value], place: &Transform, depth: usize) -> Result<(), Error> {
        if depth > DEEPEST {
            return Err(damaged("its nodes are nested too deeply"));
        }
        for number in numbers.iter().filter_map(index) {
            self.left =
                self.left.checked_sub(1).ok_or_else(|| unsupported("more than 10000 nodes"))?;
            let node = &self.json["nodes"][number];
            let place = place.after(&of_node(node));
            if let Some(mesh) = index(&node["mesh"]) {
                let before = self.found.len();
                self.mesh(mesh, node["name"].as_str().unwrap_or_default(), &place)?;
                let check = node["extras"]["ctCheck"].as_str().unwrap_or_default();
                for surface in self.found.iter_mut().skip(before) {
                    surface.set_ct_check(check);
                }
            }
            if let Some(children) = node["children"].as_array() {
                self.nodes(children, &place, depth + 1)?;
            }
        }
        Ok(())
    }

    fn mesh(&mut self, mesh: usize, name: &str, place: &Transform) -> Result<(), Error> {
        let mesh = &self.json["meshes"][mesh];
        let name = if name.is_empty() { mesh["name"].as_str().unwrap_or_default() } else { name };
        let name: String = name.replace(char::is_control, " ");
        for primitive in mesh["primitives"].as_array().into_iter().flatten() {
            if primitive["mode"].as_u64().unwrap_or(TRIANGLES) != TRIANGLES {
                return Err(unsupported("points, lines, strips or fans"));
            }
            let surface = self.primitive(primitive, &name, place)?;
            self.found.extend(surface);
        }
        Ok(())
    }

    fn primitive(
        &mut self,
        primitive: &Value,
        name: &str,
        place: &Transform,
    ) -> Result<Option<Surface>, Error> {
        let accessor = index(&primitive["attributes"]["POSITION"])
            .ok_or_else(|| damaged("a mesh has no positions"))?;
        let from = self.accessor(accessor, 3)?;
        if from.kind != FLOAT {
            return Err(unsupported("positions that are no floats"));
        }
        let corners = match index(&primitive["indices"]) {
            Some(accessor) => Some(self.accessor(accessor, 1)?),
            None => None,
        };
        let count = corners.as_ref().map_or(from.count, |corners| corners.count) / 3;
        self.triangles += count as u64;
        self.vertices += from.count as u64;
        if self.triangles.max(self.vertices) > MOST_TRIANGLES {
            return Err(unsupported("more than 50 million triangles or vertices"));
        }
        if count == 0 {
            return Ok(None);
        }
        let mut positions = try_with_capacity(from.count, "vertices")?;
        positions.extend((0..from.count).map(|k| {
            let coordinate = |axis: usize| f32::from_bits(from.value(k, axis));
            place.place([coordinate(0), coordinate(1), coordinate(2)])
        }));
        let mut triangles = try_with_capacity(count, "triangles")?;
        let mirrors = place.mirrors();
        triangles.extend((0..count).map(|triangle| {
            let corner = |k: usize| match &corners {
                Some(corners) => corners.value(3 * triangle + k, 0),
                None => (3 * triangle + k) as u32,
            };
            Transform::order([corner(0), corner(1), corner(2)], mirrors)
        }));
        let colour = self.colour(&primitive["material"]);
        let mut surface = Surface::from_parts(name.into(), colour, positions, triangles)?;
        // Where normals or colours part, programs write a vertex twice.
        surface.weld()?;
        Ok(Some(surface))
    }

    /// A material's base colour; its light is linear, see the core's writer. White without one.
    fn colour(&self, material: &Value) -> [u8; 3] {
        let none = Value::Null;
        let material = index(material).map_or(&none, |n| &self.json["materials"][n]);
        let factor = &material["pbrMetallicRoughness"]["baseColorFactor"];
        [0, 1, 2].map(|k| {
            let part = factor[k].as_f64().unwrap_or(1.0).clamp(0.0, 1.0);
            (part.sqrt() * 255.0).round() as u8
        })
    }

    /// Where `parts` numbers at a time lie, all of them within the buffer.
    fn accessor(&self, accessor: usize, parts: usize) -> Result<Numbers<'a>, Error> {
        let accessor = &self.json["accessors"][accessor];
        let of_type = if parts == 3 { "VEC3" } else { "SCALAR" };
        if accessor["type"].as_str() != Some(of_type) {
            return Err(damaged("an accessor is of the wrong type, or missing"));
        }
        if !accessor["sparse"].is_null() {
            return Err(unsupported("sparse accessors"));
        }
        let kind = accessor["componentType"].as_u64().unwrap_or(0);
        let width = match kind {
            5121 => 1,
            5123 => 2,
            5125 | FLOAT => 4,
            _ => return Err(unsupported("numbers of an unusual type")),
        };
        let view = index(&accessor["bufferView"])
            .map(|n| &self.json["bufferViews"][n])
            .ok_or_else(|| unsupported("accessors without numbers"))?;
        let buffer = index(&view["buffer"]).unwrap_or(usize::MAX);
        if buffer != 0 || !self.json["buffers"][0]["uri"].is_null() {
            return Err(unsupported("numbers in another file"));
        }
        let optional = |value: &Value| match value {
            Value::Null => Ok(0),
            value => index(value).ok_or_else(|| damaged("an offset is no number")),
        };
        let count = index(&accessor["count"]).ok_or_else(|| damaged("a count is missing"))?;
        let (start, inner) = (optional(&view["byteOffset"])?, optional(&accessor["byteOffset"])?);
        let length = index(&view["byteLength"]).ok_or_else(|| damaged("a length is missing"))?;
        let stride = match optional(&view["byteStride"])? {
            0 => width * parts,
            stride => stride,
        };
        let bytes = start
            .checked_add(length)
            .and_then(|end| self.numbers.get(start..end))
            .and_then(|view| view.get(inner..))
            .ok_or_else(|| damaged("its buffer is shorter than it says"))?;
        // The last one needs no more than its own bytes.
        let needed = count
            .checked_sub(1)
            .map_or(Some(0), |last| last.checked_mul(stride)?.checked_add(width * parts));
        if needed.is_none_or(|needed| needed > bytes.len()) || stride < width * parts {
            return Err(damaged("its buffer is shorter than it says"));
        }
        Ok(Numbers { bytes, count, stride, width, kind })
    }
}

/// Numbers in a buffer, as bits.
struct Numbers<'a> {
    bytes: &'a [u8],
    count: usize,
    stride: usize,
    width: usize,
    kind: u64,
}

impl Numbers<'_> {
    /// Part `part` of number `k`; whole numbers are widened.
    fn value(&self, k: usize, part: usize) -> u32 {
        let at = k * self.stride + part * self.width;
        let bytes = self.bytes.get(at..at + self.width).unwrap_or(&[]);
        bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte))
    }
}

fn index(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|n| usize::try_from(n).ok())
}

/// Where a node stands in its parent: a matrix by columns, or shift, turn and scale.
fn of_node(node: &Value) -> Transform {
    let entry = |name: &str, k: usize, otherwise: f64| node[name][k].as_f64().unwrap_or(otherwise);
    if node["matrix"].is_array() {
        let Transform(identity) = Transform::IDENTITY;
        let mut rows = identity;
        for (k, row) in rows.iter_mut().enumerate() {
            for (column, value) in row.iter_mut().enumerate() {
                *value = entry("matrix", 4 * column + k, *value);
            }
        }
        return Transform(rows);
    }
    let [x, y, z, w] = [0.0, 0.0, 0.0, 1.0].map({
        let mut k = 0;
        move |otherwise| {
            k += 1;
            entry("rotation", k - 1, otherwise)
        }
    });
    let turn = [
        [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)],
        [2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w)],
        [2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y)],
    ];
    let scale = [0, 1, 2].map(|k| entry("scale", k, 1.0));
    let mut rows = [[0.0; 4]; 3];
    for (k, (row, [a, b, c])) in rows.iter_mut().zip(turn).enumerate() {
        let [sx, sy, sz] = scale;
        *row = [a * sx, b * sy, c * sz, entry("translation", k, 0.0)];
    }
    Transform(rows)
}
