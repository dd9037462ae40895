//! What scanner and protocol are called, as far as it tells how to take the numbers.

use dicom_core::Tag;

use super::{header::Header, value};

/// X-Ray 3D Angiographic and Craniofacial Image Storage.
const CONE_BEAM_CLASSES: [&str; 2] =
    ["1.2.840.10008.5.1.4.1.1.13.1.1", "1.2.840.10008.5.1.4.1.1.13.1.2"];

/// Words that only cone-beam scans carry.
const WORDS: [&str; 5] = ["CBCT", "CONE BEAM", "CONEBEAM", "CONE-BEAM", "CONE_BEAM"];

/// Models that make nothing but cone-beam scans: dental and ear scanners, and the imagers on
/// radiotherapy machines.
const MODELS: [&str; 22] = [
    "I-CAT",
    "NEWTOM",
    "ACCUITOMO",
    "VERAVIEW",
    "GALILEOS",
    "ORTHOPHOS",
    "SCANORA",
    "CRANEX",
    "PROMAX",
    "VISO G",
    "CS 9300",
    "CS 9600",
    "CS 8100",
    "CS 8200",
    "KODAK 9000",
    "KODAK 9500",
    "GXCB",
    "ORTHOPANTOMOGRAPH",
    "ON-BOARD IMAGER",
    "XVI",
    "MINICAT",
    "VEREX",
];

/// Names that were met on the way.
#[derive(Debug, Default)]
pub(crate) struct Words {
    model: String,
    protocol: String,
}

impl Words {
    pub(crate) fn take(&mut self, tag: Tag, bytes: &[u8]) {
        match tag {
            Tag(0x0008, 0x1090) => self.model = value::text(bytes).to_uppercase(),
            Tag(0x0018, 0x1030) => self.protocol = value::text(bytes).to_uppercase(),
            _ => {}
        }
    }

    /// Is it from a cone-beam scanner? Only where something says so plainly.
    pub(crate) fn cone_beam(&self, header: &Header) -> bool {
        let description = header.description.to_uppercase();
        let image_type = header.image_type.join(" ").to_uppercase();
        let texts = [&self.model, &self.protocol, &description, &image_type];
        let said = WORDS.iter().any(|word| texts.iter().any(|text| has_word(text, word)));
        CONE_BEAM_CLASSES.contains(&header.sop_class.as_str())
            || said
            || MODELS.iter().any(|model| has_word(&self.model, model))
    }
}

/// Is `word` in `text`, not as a part of a longer one?
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphabetic)
    })
}

/// Is that the name of a contrast agent, not a way to say that there was none?
pub(crate) fn is_agent(bytes: &[u8]) -> bool {
    let agent = value::text(bytes).to_uppercase();
    !matches!(
        agent.as_str(),
        "" | "NONE"
            | "NO"
            | "N"
            | "NON"
            | "0"
            | "-"
            | "WITHOUT"
            | "NO CONTRAST"
            | "WITHOUT CONTRAST"
            | "NATIV"
            | "NATIVE"
            | "UNENHANCED"
            | "NON CONTRAST"
            | "N/A"
            | "NA"
    )
}
