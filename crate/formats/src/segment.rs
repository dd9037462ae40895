//! What a mask is of: its name, its codes and its colour in exports.

use hounsfield::Error;
use serde::{Deserialize, Serialize};

/// Longest label in DICOM (value representation LO), in characters.
const LABEL_CHARACTERS: usize = 64;

/// What a mask is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Anatomy {
    /// Bones, marrow included.
    Bone,
    /// Lungs.
    Lung,
    /// The left lung.
    LeftLung,
    /// The right lung.
    RightLung,
    /// The heart.
    Heart,
    /// Trachea and bronchi.
    Airway,
    /// Anything else.
    #[default]
    Other,
}

/// A concept of SNOMED CT, as DICOM's Code Sequence Macro holds it (PS3.3 section 8.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// Code Value (0008,0100).
    pub value: &'static str,
    /// Code Meaning (0008,0104).
    pub meaning: &'static str,
}

impl Code {
    /// Coding Scheme Designator (0008,0102) of all codes here.
    pub const SCHEME: &'static str = "SCT";
}

const TISSUE: Code = Code { value: "85756007", meaning: "Tissue" };
const LUNG: Code = Code { value: "39607008", meaning: "Lung" };
const ANATOMICAL_STRUCTURE: Code = Code { value: "91723000", meaning: "Anatomical Structure" };

impl Anatomy {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Bone,
        Self::Lung,
        Self::LeftLung,
        Self::RightLung,
        Self::Heart,
        Self::Airway,
        Self::Other,
    ];

    /// For people, where nobody gave a name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bone => "Bone",
            Self::Lung => "Lung",
            Self::LeftLung => "Left lung",
            Self::RightLung => "Right lung",
            Self::Heart => "Heart",
            Self::Airway => "Airway",
            Self::Other => "Segment",
        }
    }

    /// Segmented Property Category (0062,0003), of PS3.16 CID 7150.
    #[must_use]
    pub fn category(self) -> Code {
        match self {
            Self::Bone | Self::Other => TISSUE,
            Self::Lung | Self::LeftLung | Self::RightLung | Self::Heart | Self::Airway => {
                ANATOMICAL_STRUCTURE
            }
        }
    }

    /// Segmented Property Type (0062,000F): of PS3.16 CID 7192 for organs and of CID 7191 for
    /// tissue. For bone the structure (CID 6202), as 3D Slicer and dcmqi have it, not CID 7191's
    /// 3138006: the mask is of bones with their marrow.
    #[must_use]
    pub fn property(self) -> Code {
        match self {
            Self::Bone => Code { value: "272673000", meaning: "Bone" },
            Self::Lung => LUNG,
            Self::LeftLung => Code { value: "44029006", meaning: "Left lung" },
            Self::RightLung => Code { value: "3341006", meaning: "Right lung" },
            Self::Heart => Code { value: "80891009", meaning: "Heart" },
            Self::Airway => Code { value: "89187006", meaning: "Airway structure" },
            Self::Other => TISSUE,
        }
    }

    /// Recommended colour, sRGB: those that 3D Slicer gives by itself, but for the parts of a map of
    /// lungs, which colour-blind readers can tell apart, too.
    #[must_use]
    pub fn rgb(self) -> [u8; 3] {
        match self {
            Self::Bone => [241, 214, 145],
            Self::Lung => [197, 165, 145],
            Self::LeftLung => [91, 192, 235],
            Self::RightLung => [58, 134, 200],
            Self::Heart => [206, 110, 84],
            Self::Airway => [123, 211, 137],
            Self::Other => [128, 174, 128],
        }
    }

    /// [`Anatomy::rgb`] as Recommended Display `CIELab` Value (0062,000D): L*, a*, b* (D65) scaled to
    /// 16 bits as PS3.3 C.10.7.1.1 says.
    #[must_use]
    pub fn cielab(self) -> [u16; 3] {
        match self {
            Self::Bone => [56639, 32898, 42536],
            Self::Lung => [45910, 35126, 36687],
            Self::Heart => [37351, 42014, 40961],
            Self::LeftLung => [48163, 28551, 25143],
            Self::RightLung => [35488, 32486, 22360],
            Self::Airway => [50882, 22117, 40244],
            Self::Other => [43803, 26564, 37724],
        }
    }

    /// How 3D Slicer names it in a `.seg.nrrd` (`Segment0_Tags`, `TerminologyEntry`): its word lists
    /// still have the category's older code, and a side is a modifier there.
    #[must_use]
    pub fn slicer_terminology(self) -> String {
        let list = match self {
            Self::Airway => "DICOM master list",
            _ => "3D Slicer General Anatomy list",
        };
        let category = match self.category() {
            ANATOMICAL_STRUCTURE => Code { value: "123037004", ..ANATOMICAL_STRUCTURE },
            category => category,
        };
        let word = |code: Code| format!("{}^{}^{}", Code::SCHEME, code.value, code.meaning);
        let (property, side) = match self {
            Self::LeftLung => (LUNG, word(Code { value: "7771000", meaning: "Left" })),
            Self::RightLung => (LUNG, word(Code { value: "24028007", meaning: "Right" })),
            _ => (self.property(), "^^".into()),
        };
        format!(
            "Segmentation category and type - {list}~{}~{}~{side}~Anatomic codes - DICOM master list~^^~^^",
            word(category),
            word(property),
        )
    }
}

/// A mask's place in an export.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Segment {
    /// For people; empty: that of the anatomy.
    pub name: String,
    /// What it is.
    pub anatomy: Anatomy,
}

impl Segment {
    /// The name as any format can hold it: one line of at most 64 characters, without the
    /// backslash that separates values in DICOM; that of the anatomy where nothing is left.
    #[must_use]
    pub fn label(&self) -> String {
        let clean = |c: char| if c.is_control() || c == '\\' { ' ' } else { c };
        let name: String = self.name.chars().map(clean).collect();
        let name: String = name.trim().chars().take(LABEL_CHARACTERS).collect();
        match name.trim_end() {
            "" => self.anatomy.name().into(),
            name => name.into(),
        }
    }
}

/// # Errors
/// [`Error::BadParameter`] when labels of one byte cannot number them.
pub(crate) fn check_count(segments: &[Segment]) -> Result<(), Error> {
    if (1..=usize::from(u8::MAX)).contains(&segments.len()) {
        return Ok(());
    }
    Err(Error::BadParameter {
        name: "segments",
        value: segments.len().to_string(),
        expected: "there must be 1 to 255",
    })
}

/// Has each label a segment? With a single one, anything but 0 is inside.
///
/// # Errors
/// [`Error::BadParameter`] with the label.
pub(crate) fn check_labels(voxels: &[u8], segments: usize) -> Result<(), Error> {
    match voxels.iter().max() {
        Some(most) if segments > 1 && usize::from(*most) > segments => Err(Error::BadParameter {
            name: "a label",
            value: most.to_string(),
            expected: "each label must have a segment, the first of which is label 1",
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_fit_every_format() {
        let label = |name: &str| Segment { name: name.into(), anatomy: Anatomy::Bone }.label();
        assert_eq!(label(" Rippen\\links\n"), "Rippen links");
        assert_eq!(label("\n \\"), "Bone");
        assert_eq!(label(&"ä".repeat(65)), "ä".repeat(64));
    }

    #[test]
    fn json_has_camel_case_words() {
        let segment: Segment = serde_json::from_str(r#"{"anatomy":"airway"}"#).unwrap();
        assert_eq!(segment, Segment { name: String::new(), anatomy: Anatomy::Airway });
        assert_eq!(segment.label(), "Airway");
        let words = serde_json::to_string(&[Anatomy::LeftLung, Anatomy::RightLung]).unwrap();
        assert_eq!(words, r#"["leftLung","rightLung"]"#);
    }

    /// IEC 61966-2-1 and CIE 15, the D65 white point.
    #[test]
    fn the_lab_values_are_those_of_the_colours() {
        for anatomy in Anatomy::ALL {
            let [r, g, b] = anatomy.rgb().map(|value| {
                let v = f64::from(value) / 255.0;
                if v > 0.04045 { ((v + 0.055) / 1.055).powf(2.4) } else { v / 12.92 }
            });
            let x = (0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047;
            let y = 0.212671 * r + 0.715160 * g + 0.072169 * b;
            let z = (0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883;
            let [x, y, z] =
                [x, y, z].map(|t| if t > 0.008856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 });
            let lab = [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)];
            let scaled = [
                lab[0] * 655.35,
                (lab[1] + 128.0) * 65535.0 / 255.0,
                (lab[2] + 128.0) * 65535.0 / 255.0,
            ];
            for (found, expected) in anatomy.cielab().into_iter().zip(scaled) {
                assert!((f64::from(found) - expected).abs() <= 1.0, "{anatomy:?}: {scaled:?}");
            }
        }
    }

    #[test]
    fn slicer_finds_its_own_words() {
        assert_eq!(
            Anatomy::Lung.slicer_terminology(),
            "Segmentation category and type - 3D Slicer General Anatomy list~SCT^123037004^Anatomical Structure~SCT^39607008^Lung~^^~Anatomic codes - DICOM master list~^^~^^"
        );
        let left = Anatomy::LeftLung.slicer_terminology();
        assert!(left.contains("~SCT^39607008^Lung~SCT^7771000^Left~"), "{left}");
    }
}
