//! Files of any format: what is in them, and their planes.

use std::{
    cell::RefCell,
    io::{self, Read},
    rc::Rc,
};

use hounsfield::{Error, error::try_vec, nifti::Limits};
use hounsfield_codecs::{Codec, Shape};
use hounsfield_formats::{
    bytes::Bytes,
    catalogue, files,
    item::{Item, Place},
    plan::{self, Options, Plan},
    reader::{FrameCodec, PlaneReader as Planes},
    readers::reader,
    scan::scan,
};
use js_sys::{ArrayBuffer, Function, Uint8Array};
use self_cell::self_cell;
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::{
    error::{json, parse, to_js},
    info::info_json,
    source::{ByteSource, Pieces, Piecewise, words},
    values::{PlaneValues, plane_values},
};

/// An archive's entry that would have to be in memory as a whole may take this: half of what there
/// is.
const ENTRY_BYTES: u64 = 2 << 30;

/// The files that a person gave.
#[wasm_bindgen]
pub struct Files {
    pub(crate) files: Rc<files::Files<Piecewise>>,
    pieces: Rc<RefCell<Pieces>>,
}

#[wasm_bindgen]
impl Files {
    /// Files by their names, in the order in which places count them.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(names: Vec<String>, sources: Vec<ByteSource>) -> Self {
        let pieces = Rc::new(RefCell::new(Pieces::default()));
        let sources = sources.into_iter().enumerate();
        let sources = sources.map(|(k, source)| Piecewise::new(k, source, Rc::clone(&pieces)));
        let files = files::Files::new(names.into_iter().zip(sources).collect());
        Self { files: Rc::new(files.within(ENTRY_BYTES)), pieces }
    }

    /// What is in one file: `Item[]` as JSON.
    ///
    /// # Errors
    /// None so far.
    pub fn scan(&self, file: usize, memory_bytes: f64) -> Result<String, JsValue> {
        self.pieces.borrow_mut().expect_slices(false);
        json(&scan(&self.files, file, &limits(memory_bytes)))
    }

    /// How many bytes there are at a `Place` (as JSON), unpacked.
    ///
    /// # Errors
    /// Whatever is wrong with the archive's table; `too_large` when they are more than
    /// `memory_bytes`.
    #[wasm_bindgen(js_name = byteLength)]
    pub fn byte_length(&self, place: &str, memory_bytes: f64) -> Result<f64, JsValue> {
        let place: Place = parse("the place", place)?;
        let packed = self.files.packed(&place).map_err(|error| to_js(&error))?;
        let (needed_bytes, limit_bytes) = (packed.byte_length(), memory_bytes as u64);
        if needed_bytes > limit_bytes {
            let hint = "unpack the archive first";
            return Err(to_js(&Error::TooLarge { needed_bytes, limit_bytes, hint }));
        }
        Ok(needed_bytes as f64)
    }

    /// Fills `into` with the bytes at a `Place` (as JSON), unpacked. There is never more than a
    /// piece of them in here.
    ///
    /// # Errors
    /// Whatever is wrong with the archive.
    pub fn read(&self, place: &str, into: &Uint8Array) -> Result<(), JsValue> {
        let place: Place = parse("the place", place)?;
        unpack(&self.files, &place, into).map_err(|error| to_js(&error))
    }
}

/// Unpacked at a time.
const UNPACKED_BYTES: u32 = 1 << 20;

fn unpack(files: &files::Files<Piecewise>, place: &Place, into: &Uint8Array) -> Result<(), Error> {
    let unreadable = |error: io::Error| Error::Unreadable { reason: error.to_string() };
    let length = into.length();
    let mut piece = try_vec(0, length.min(UNPACKED_BYTES) as usize, "a file of an archive")?;
    let mut stream = files.stream(place)?;
    let mut at = 0;
    while at < length {
        let end = length.min(at + UNPACKED_BYTES);
        piece.truncate((end - at) as usize);
        stream.read_exact(&mut piece).map_err(unreadable)?;
        into.subarray(at, end).copy_from(&piece);
        at = end;
    }
    Ok(())
}

fn limits(memory_bytes: f64) -> Limits {
    Limits { memory_bytes: memory_bytes as u64, source_bytes: None }
}

/// Everything that was found, grouped into series.
#[wasm_bindgen]
pub struct Catalogue {
    catalogue: catalogue::Catalogue,
}

#[wasm_bindgen]
impl Catalogue {
    /// Of lists of items, each as JSON; their order does not matter.
    ///
    /// # Errors
    /// Items of another shape.
    #[wasm_bindgen(constructor)]
    pub fn new(lists: Vec<String>) -> Result<Self, JsValue> {
        let mut items: Vec<Item> = Vec::new();
        for list in lists {
            items.append(&mut parse("the items", &list)?);
        }
        Ok(Self { catalogue: catalogue::Catalogue::new(items) })
    }

    /// `Listing` as JSON.
    ///
    /// # Errors
    /// None so far.
    pub fn listing(&self) -> Result<String, JsValue> {
        json(&self.catalogue.listing())
    }

    /// The volume to be of a series: `Plan` as JSON; `options` is `OpenOptions` as JSON.
    ///
    /// # Errors
    /// No such series; what the options refuse.
    pub fn plan(&self, series: &str, options: &str) -> Result<String, JsValue> {
        let options: Options = parse("the options", options)?;
        json(&self.catalogue.plan(series, &options).map_err(|error| to_js(&error))?)
    }
}

/// `ScanInfo` of a plan, both as JSON.
///
/// # Errors
/// A plan of another shape.
#[wasm_bindgen(js_name = planInfo)]
pub fn plan_info(plan: &str) -> Result<String, JsValue> {
    info_json(&parse::<Plan>("the plan", plan)?.info)
}

/// A plane that could not be read.
#[derive(Deserialize)]
struct Broken {
    name: String,
    reason: String,
}

/// `Info` of a plan of which planes could not be read; `broken` is `Broken[]` as JSON.
///
/// # Errors
/// A plan of another shape.
#[wasm_bindgen(js_name = noteBroken)]
pub fn note_broken(plan: &str, broken: &str) -> Result<String, JsValue> {
    let mut info = parse::<Plan>("the plan", plan)?.info;
    let broken: Vec<Broken> = parse("the broken planes", broken)?;
    let failed: Vec<_> = broken.into_iter().map(|each| (each.name, each.reason)).collect();
    plan::note_broken(&mut info, &failed);
    json(&info)
}

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "
/** Samples of one compressed frame, which the next one overwrites; `codec` and `shape` as JSON. */
export type DecodeFrame = (codec: string, frame: Uint8Array, shape: string) => Uint8Array;
";

#[wasm_bindgen]
extern "C" {
    /// `(codec, frame, shape) => samples`.
    #[wasm_bindgen(typescript_type = "DecodeFrame", extends = Function)]
    pub type DecodeFrame;
}

/// The decoders lie in a wasm of their own: JavaScript carries frames there and back, each in the memory
/// of the one before.
struct Carrier {
    decode: DecodeFrame,
    /// As long as the longest frame so far.
    room: RefCell<Uint8Array>,
}

impl Carrier {
    fn new(decode: DecodeFrame) -> Self {
        Self { decode, room: RefCell::new(Uint8Array::new_with_length(0)) }
    }

    /// The frame as JavaScript sees it, until the next one.
    fn loaded(&self, frame: &[u8]) -> Uint8Array {
        let length = frame.len() as u32;
        if self.room.borrow().length() < length {
            // Frames of a series differ by a little.
            self.room.replace(Uint8Array::new_with_length(length.saturating_add(length / 8)));
        }
        let loaded = self.room.borrow().subarray(0, length);
        loaded.copy_from(frame);
        loaded
    }
}

impl FrameCodec for Carrier {
    fn decode(&self, codec: Codec, frame: &[u8], shape: &Shape) -> Result<Vec<u8>, Error> {
        let damaged = |reason| Error::Damaged { what: "a frame".into(), reason };
        let text = |error: serde_json::Error| damaged(error.to_string());
        let codec = serde_json::to_string(&codec).map_err(text)?;
        let shape = serde_json::to_string(shape).map_err(text)?;
        let samples = self
            .decode
            .call3(&JsValue::NULL, &codec.into(), &self.loaded(frame).into(), &shape.into())
            .map_err(|error| damaged(words(&error)))?;
        let samples = Uint8Array::from(samples);
        let mut bytes = try_vec(0, samples.length() as usize, "a frame's samples")?;
        samples.copy_to(&mut bytes);
        Ok(bytes)
    }
}

/// What a reader borrows.
struct Source {
    plan: Plan,
    files: Rc<files::Files<Piecewise>>,
    codec: Carrier,
}

type Reader<'a> = Result<Box<dyn Planes + 'a>, Error>;

self_cell!(
    struct Reading {
        owner: Source,
        #[not_covariant]
        dependent: Reader,
    }
);

/// Decodes planes of one plan.
#[wasm_bindgen]
pub struct PlaneReader {
    reading: Reading,
}

#[wasm_bindgen]
impl PlaneReader {
    /// For a `Plan` as JSON.
    ///
    /// # Errors
    /// A plan of another shape.
    #[wasm_bindgen(constructor)]
    pub fn new(files: &Files, plan: &str, codec: DecodeFrame) -> Result<Self, JsValue> {
        files.pieces.borrow_mut().expect_slices(true);
        let (plan, codec) = (parse("the plan", plan)?, Carrier::new(codec));
        let source = Source { plan, files: Rc::clone(&files.files), codec };
        let reading =
            Reading::new(source, |source| reader(&source.plan, &source.files, &source.codec));
        Ok(Self { reading })
    }

    /// The values of plane `k`, in `room` where they fit exactly (fresh memory costs as much as to
    /// decode an uncompressed plane); `undefined` when no slice covers it.
    ///
    /// # Errors
    /// What is wrong with the slice; the other planes can still be read.
    pub fn plane(
        &mut self,
        k: usize,
        room: Option<ArrayBuffer>,
    ) -> Result<Option<PlaneValues>, JsValue> {
        let plane = self.reading.with_dependent_mut(|_, reader| match reader {
            Ok(reader) => reader.plane(k),
            Err(error) => Err(error.clone()),
        });
        let plane = plane.map_err(|error| to_js(&error))?;
        Ok(plane.map(|slice| plane_values(&slice, room)))
    }

    /// What the slices of plane `k` are called.
    #[must_use]
    pub fn name(&self, k: usize) -> String {
        let source = self.reading.borrow_owner();
        let parts = source.plan.planes.get(k).map(|plane| plane.parts.as_slice()).unwrap_or(&[]);
        let names: Vec<String> = parts.iter().map(|part| source.files.name(&part.place)).collect();
        names.join(", ")
    }
}
