//! A scan as a dataset for training: slices as files, a manifest, a map.

use hounsfield::Slice;
use hounsfield_formats::dataset::{self, zip::DatasetZip};
use wasm_bindgen::prelude::*;

use crate::error::{parse, to_js};

/// A dataset of one case in the making, as files or as one zip.
#[wasm_bindgen]
pub struct DatasetWriter {
    writer: dataset::DatasetWriter,
    zip: Option<DatasetZip>,
}

/// A file, or (without a name) the next bytes of the zip.
#[wasm_bindgen]
pub struct DataFile {
    name: String,
    bytes: Vec<u8>,
}

#[wasm_bindgen]
impl DataFile {
    /// Its name, with folders.
    #[must_use]
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// Its bytes, once.
    #[wasm_bindgen(js_name = takeBytes)]
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

#[wasm_bindgen]
impl DatasetWriter {
    /// `options` are the writer's, `steps` are `PrepareStep[]`, `labels` and `about` the writer's
    /// again; all as JSON.
    ///
    /// # Errors
    /// Arguments of another shape; what no dataset can have.
    #[wasm_bindgen(constructor)]
    pub fn new(
        options: &str,
        steps: &str,
        labels: &str,
        about: &str,
        zip: bool,
    ) -> Result<Self, JsValue> {
        let [options, steps, labels] = [options, steps, labels];
        let mut writer = dataset::DatasetWriter::new(
            parse("the options", options)?,
            parse("the steps", steps)?,
            parse("the labels", labels)?,
        )
        .map_err(|error| to_js(&error))?;
        writer.begin(&parse("the case", about)?).map_err(|error| to_js(&error))?;
        Ok(Self { writer, zip: zip.then(DatasetZip::default) })
    }

    /// Slice `number` of whole numbers, and its labels, row by row.
    ///
    /// # Errors
    /// A slice out of turn, of another size, a label that is not known.
    #[wasm_bindgen(js_name = putI16)]
    pub fn put_i16(
        &mut self,
        number: usize,
        values: Vec<i16>,
        labels: Option<Vec<u8>>,
    ) -> Result<Vec<DataFile>, JsValue> {
        self.put(number, &Slice::I16(values), labels.as_deref())
    }

    /// See [`DatasetWriter::put_i16`].
    ///
    /// # Errors
    /// As there.
    #[wasm_bindgen(js_name = putF32)]
    pub fn put_f32(
        &mut self,
        number: usize,
        values: Vec<f32>,
        labels: Option<Vec<u8>>,
    ) -> Result<Vec<DataFile>, JsValue> {
        self.put(number, &Slice::F32(values), labels.as_deref())
    }

    /// Manifest and map. With a zip the manifest and the zip's end: who is who stays out of it.
    ///
    /// # Errors
    /// Slices are missing.
    pub fn finish(self) -> Result<Vec<DataFile>, JsValue> {
        let Self { mut writer, zip } = self;
        let files = writer.end().and_then(|()| writer.finish());
        let [manifest, map] = files.map_err(|error| to_js(&error))?;
        let Some(mut zip) = zip else { return packed(vec![manifest, map], None) };
        let mut files = packed(vec![manifest], Some(&mut zip))?;
        let bytes = zip.finish().map_err(|error| to_js(&error))?;
        files.push(DataFile { name: String::new(), bytes });
        Ok(files)
    }
}

impl DatasetWriter {
    fn put(
        &mut self,
        number: usize,
        values: &Slice,
        labels: Option<&[u8]>,
    ) -> Result<Vec<DataFile>, JsValue> {
        let files = self.writer.put(number, values, labels).map_err(|error| to_js(&error))?;
        packed(files, self.zip.as_mut())
    }
}

fn packed(
    files: Vec<dataset::DataFile>,
    mut zip: Option<&mut DatasetZip>,
) -> Result<Vec<DataFile>, JsValue> {
    let into = |file: dataset::DataFile| match &mut zip {
        Some(zip) => zip
            .add(&file)
            .map(|bytes| DataFile { name: String::new(), bytes })
            .map_err(|error| to_js(&error)),
        None => Ok(DataFile { name: file.path, bytes: file.bytes }),
    };
    files.into_iter().map(into).collect()
}
