//! NIfTI and Analyze files built field by field, for tests: any value may be wrong.

/// A file to be. [`Built::default`] is a good NIfTI-1 file: 3 × 4 × 5 `int16` voxels, sform.
#[derive(Debug, Clone)]
pub struct Built {
    /// 0: Analyze, 1: NIfTI-1, 2: NIfTI-2.
    pub version: u8,
    pub big_endian: bool,
    /// Header and voxels in one file.
    pub single: bool,
    pub sizeof_hdr: i32,
    pub dim: [i64; 8],
    pub intent_code: i32,
    pub datatype: i16,
    pub bitpix: i16,
    pub pixdim: [f64; 8],
    /// `None`: right behind header and extension (single), or 0 (pair).
    pub vox_offset: Option<f64>,
    pub scl_slope: f64,
    pub scl_inter: f64,
    pub xyzt_units: u8,
    pub qform_code: i32,
    pub sform_code: i32,
    pub quatern: [f64; 3],
    pub qoffset: [f64; 3],
    pub srow: [[f64; 4]; 3],
    pub magic: Option<[u8; 4]>,
    /// The content of a header extension (code 6), or nothing.
    pub extension: Vec<u8>,
    /// Voxel bytes, in the file's byte order.
    pub voxels: Vec<u8>,
}

impl Default for Built {
    fn default() -> Self {
        let mut built = Self {
            version: 1,
            big_endian: false,
            single: true,
            sizeof_hdr: 348,
            dim: [3, 3, 4, 5, 1, 1, 1, 1],
            intent_code: 0,
            datatype: 4,
            bitpix: 16,
            pixdim: [1.0, 0.7, 0.7, 2.5, 0.0, 0.0, 0.0, 0.0],
            vox_offset: None,
            scl_slope: 1.0,
            scl_inter: 0.0,
            xyzt_units: 2,
            qform_code: 0,
            sform_code: 1,
            quatern: [0.0; 3],
            qoffset: [0.0; 3],
            srow: [[-0.7, 0.0, 0.0, 90.0], [0.0, -0.7, 0.0, 80.0], [0.0, 0.0, 2.5, -70.0]],
            magic: None,
            extension: Vec::new(),
            voxels: Vec::new(),
        };
        let values: Vec<f64> = (0..60).map(|n| f64::from(n * 37 % 2000 - 1000)).collect();
        built.store(&values);
        built
    }
}

impl Built {
    /// The same in NIfTI-2.
    pub fn nifti2() -> Self {
        Self { version: 2, sizeof_hdr: 540, ..Self::default() }
    }

    /// The same as the two files of an Analyze 7.5 pair.
    pub fn analyze() -> Self {
        Self { version: 0, single: false, ..Self::default() }
    }

    /// Sets the voxels: `values` as `self.datatype` in `self.big_endian` order, not scaled.
    pub fn store(&mut self, values: &[f64]) {
        self.voxels.clear();
        for value in values {
            let value = *value;
            let mut bytes = match self.datatype {
                2 => (value as u8).to_le_bytes().to_vec(),
                256 => (value as i8).to_le_bytes().to_vec(),
                512 => (value as u16).to_le_bytes().to_vec(),
                4 => (value as i16).to_le_bytes().to_vec(),
                768 => (value as u32).to_le_bytes().to_vec(),
                8 => (value as i32).to_le_bytes().to_vec(),
                1280 => (value as u64).to_le_bytes().to_vec(),
                1024 => (value as i64).to_le_bytes().to_vec(),
                16 => (value as f32).to_le_bytes().to_vec(),
                _ => value.to_le_bytes().to_vec(),
            };
            self.bitpix = 8 * bytes.len() as i16;
            if self.big_endian {
                bytes.reverse();
            }
            self.voxels.extend(bytes);
        }
    }

    /// A single file, or the header of a pair followed by nothing.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.header();
        if self.single {
            bytes.extend(&self.voxels);
        }
        bytes
    }

    /// Header and extensions.
    pub fn header(&self) -> Vec<u8> {
        let mut header = if self.version == 2 { self.header2() } else { self.header1() };
        if self.version == 0 {
            return header;
        }
        if self.extension.is_empty() {
            header.extend([0; 4]);
        } else {
            header.extend([1, 0, 0, 0]);
            let esize = self.esize();
            let mut extension = Out { bytes: vec![0; esize], big_endian: self.big_endian };
            extension.i32(0, esize as i32);
            extension.i32(4, 6);
            extension.bytes[8..8 + self.extension.len()].copy_from_slice(&self.extension);
            header.extend(extension.bytes);
        }
        header
    }

    /// Extensions come in multiples of 16 bytes, their own 8 bytes of header included.
    fn esize(&self) -> usize {
        if self.extension.is_empty() { 0 } else { (self.extension.len() + 8).next_multiple_of(16) }
    }

    fn offset(&self, header_bytes: usize) -> f64 {
        let behind = if self.single { header_bytes + 4 + self.esize() } else { 0 };
        self.vox_offset.unwrap_or(behind as f64)
    }

    fn header1(&self) -> Vec<u8> {
        let mut out = Out { bytes: vec![0; 348], big_endian: self.big_endian };
        out.i32(0, self.sizeof_hdr);
        for i in 0..8 {
            out.i16(40 + 2 * i, self.dim[i] as i16);
            out.f32(76 + 4 * i, self.pixdim[i]);
        }
        out.i16(68, self.intent_code as i16);
        out.i16(70, self.datatype);
        out.i16(72, self.bitpix);
        out.f32(108, self.offset(348));
        out.f32(112, self.scl_slope);
        out.f32(116, self.scl_inter);
        if self.version == 0 {
            return out.bytes;
        }
        out.bytes[123] = self.xyzt_units;
        out.i16(252, self.qform_code as i16);
        out.i16(254, self.sform_code as i16);
        for i in 0..3 {
            out.f32(256 + 4 * i, self.quatern[i]);
            out.f32(268 + 4 * i, self.qoffset[i]);
            for j in 0..4 {
                out.f32(280 + 16 * i + 4 * j, self.srow[i][j]);
            }
        }
        let magic = self.magic.unwrap_or(if self.single { *b"n+1\0" } else { *b"ni1\0" });
        out.bytes[344..].copy_from_slice(&magic);
        out.bytes
    }

    fn header2(&self) -> Vec<u8> {
        let mut out = Out { bytes: vec![0; 540], big_endian: self.big_endian };
        out.i32(0, self.sizeof_hdr);
        let magic = self.magic.unwrap_or(if self.single { *b"n+2\0" } else { *b"ni2\0" });
        out.bytes[4..8].copy_from_slice(&magic);
        out.bytes[8..12].copy_from_slice(b"\r\n\x1a\n");
        out.i16(12, self.datatype);
        out.i16(14, self.bitpix);
        for i in 0..8 {
            out.i64(16 + 8 * i, self.dim[i]);
            out.f64(104 + 8 * i, self.pixdim[i]);
        }
        out.i64(168, self.offset(540) as i64);
        out.f64(176, self.scl_slope);
        out.f64(184, self.scl_inter);
        out.i32(344, self.qform_code);
        out.i32(348, self.sform_code);
        for i in 0..3 {
            out.f64(352 + 8 * i, self.quatern[i]);
            out.f64(376 + 8 * i, self.qoffset[i]);
            for j in 0..4 {
                out.f64(400 + 32 * i + 8 * j, self.srow[i][j]);
            }
        }
        out.i32(500, i32::from(self.xyzt_units));
        out.i32(504, self.intent_code);
        out.bytes
    }
}

struct Out {
    bytes: Vec<u8>,
    big_endian: bool,
}

impl Out {
    fn number<const N: usize>(&mut self, at: usize, mut little: [u8; N]) {
        if self.big_endian {
            little.reverse();
        }
        self.bytes[at..at + N].copy_from_slice(&little);
    }

    fn i16(&mut self, at: usize, value: i16) {
        self.number(at, value.to_le_bytes());
    }

    fn i32(&mut self, at: usize, value: i32) {
        self.number(at, value.to_le_bytes());
    }

    fn i64(&mut self, at: usize, value: i64) {
        self.number(at, value.to_le_bytes());
    }

    fn f32(&mut self, at: usize, value: f64) {
        self.number(at, (value as f32).to_le_bytes());
    }

    fn f64(&mut self, at: usize, value: f64) {
        self.number(at, value.to_le_bytes());
    }
}

/// Gzips, as most files come.
pub fn gz(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
