//! A PLY back into surfaces: ASCII or binary of either byte order, whatever fields it has besides.
//!
//! ```text
//! header ─▶ elements in order, each with a count and properties ─▶ one value after the other
//!           vertex: x y z (red green blue)   face: a list of corners   everything else: passed by
//! ```
//! Greg Turk, *The PLY Polygon File Format*, 1994.

use super::{
    PART, REMARK,
    stream::{Body, Element, Header, Kind, Property, index, split},
};
use crate::{
    Error,
    surface::{
        BONE, Surface,
        encode::{damaged, push, surface},
    },
};

/// Every part that our own comments tell apart; of other files one surface. Faces of more corners become
/// fans.
pub(in crate::surface::encode) fn decode(bytes: &[u8]) -> Result<Vec<Surface>, Error> {
    let (header, rest) = split(bytes)?;
    let Header { elements, order } = Header::read(header)?;
    let mut body = Body::new(rest, order);
    let mut found = Found::default();
    for element in &elements {
        match element.name {
            "vertex" => found.vertices(element, &mut body)?,
            "face" => found.faces(element, &mut body)?,
            _ => element.pass_by(&mut body)?,
        }
    }
    if found.triangles.is_empty() {
        return Err(damaged("it has no faces"));
    }
    found.into_parts(&parts(header))
}

/// What the file holds, before it is parted.
#[derive(Default)]
struct Found {
    positions: Vec<[f32; 3]>,
    /// Of each vertex, where the file has colours.
    colours: Vec<[u8; 3]>,
    triangles: Vec<[u32; 3]>,
}

impl Found {
    fn vertices(&mut self, element: &Element<'_>, body: &mut Body<'_>) -> Result<(), Error> {
        let place = |names: &[&str]| element.place(names);
        let [Some(x), Some(y), Some(z)] = ["x", "y", "z"].map(|name| place(&[name])) else {
            return Err(damaged("its vertices have no x, y and z"));
        };
        let colour = [["red", "r"], ["green", "g"], ["blue", "b"]].map(|names| place(&names));
        let is_float = |k: &Option<usize>| {
            let property = k.and_then(|k| element.properties.get(k));
            matches!(property, Some(Property { kind: Kind::F32 | Kind::F64, .. }))
        };
        let scale = if colour.iter().any(is_float) { 255.0 } else { 1.0 };
        let numbers = std::cell::Cell::new(([0f32; 3], [0u8; 3]));
        element.for_each(
            body,
            |k, value| {
                let (mut at, mut rgb) = numbers.get();
                for (axis, place) in [x, y, z].into_iter().enumerate() {
                    if place == k {
                        at[axis] = value as f32;
                    }
                }
                for (part, place) in colour.into_iter().enumerate() {
                    if place == Some(k) {
                        rgb[part] = (value * scale).round() as u8;
                    }
                }
                numbers.set((at, rgb));
                Ok(())
            },
            || {
                let (at, rgb) = numbers.get();
                if colour.iter().all(Option::is_some) {
                    push(&mut self.colours, rgb)?;
                }
                push(&mut self.positions, at)
            },
        )
    }

    fn faces(&mut self, element: &Element<'_>, body: &mut Body<'_>) -> Result<(), Error> {
        let corners = element
            .place(&["vertex_indices", "vertex_index"])
            .ok_or_else(|| damaged("its faces have no corners"))?;
        // First corner, the one before, and how many there were.
        let fan = std::cell::Cell::new((0, 0, 0u32));
        element.for_each(
            body,
            |k, value| {
                if k != corners {
                    return Ok(());
                }
                let (corner, (first, before, count)) = (index(value)?, fan.get());
                match count {
                    0 => fan.set((corner, corner, 1)),
                    1 => fan.set((first, corner, 2)),
                    _ => {
                        push(&mut self.triangles, [first, before, corner])?;
                        fan.set((first, corner, count.saturating_add(1)));
                    }
                }
                Ok(())
            },
            || {
                fan.set((0, 0, 0));
                Ok(())
            },
        )
    }

    /// By our own comments; where they are not there, or wrong, all of it is one.
    fn into_parts(self, parts: &[Part<'_>]) -> Result<Vec<Surface>, Error> {
        let colour = |vertex: usize| self.colours.get(vertex).copied().unwrap_or(BONE);
        let mut surfaces = Vec::new();
        let (mut vertices, mut triangles) = (0usize, 0usize);
        for part in parts {
            let (from, first) = (vertices, triangles);
            vertices = vertices.saturating_add(part.vertices);
            triangles = triangles.saturating_add(part.triangles);
            let (Some(positions), Some(own)) =
                (self.positions.get(from..vertices), self.triangles.get(first..triangles))
            else {
                break;
            };
            let mut made = surface(part.name.to_owned(), Vec::new(), Vec::new());
            made.set_ct_check(part.remark);
            made.colour = colour(from);
            for position in positions {
                push(&mut made.positions, *position)?;
            }
            for triangle in own {
                // Wraps where a corner is another part's, and is then none of this one's.
                let moved = triangle.map(|vertex| vertex.wrapping_sub(from as u32));
                if moved.iter().any(|vertex| *vertex as usize >= positions.len()) {
                    break;
                }
                push(&mut made.triangles, moved)?;
            }
            surfaces.push(made);
        }
        let kept: usize = surfaces.iter().map(|surface| surface.triangles.len()).sum();
        if kept == self.triangles.len() && vertices == self.positions.len() {
            return Ok(surfaces);
        }
        let mut whole = surface(String::new(), Vec::new(), Vec::new());
        whole.colour = colour(0);
        (whole.positions, whole.triangles) = (self.positions, self.triangles);
        Ok(vec![whole])
    }
}

/// A part, as its lines in our own header say.
struct Part<'a> {
    vertices: usize,
    triangles: usize,
    name: &'a str,
    remark: &'a str,
}

fn parts(header: &str) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for line in header.lines() {
        if let Some(part) = line.strip_prefix(PART).and_then(Part::read) {
            parts.push(part);
        } else if let Some((text, part)) = line.strip_prefix(REMARK).zip(parts.last_mut()) {
            part.remark = text;
        }
    }
    parts
}

impl<'a> Part<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let mut words = line.splitn(3, ' ');
        let mut count = || words.next()?.parse().ok();
        let (vertices, triangles) = (count()?, count()?);
        Some(Self { vertices, triangles, name: words.next()?, remark: "" })
    }
}
