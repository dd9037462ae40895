//! Names of DICOM objects that hold no image.

/// Media Storage Directory Storage (PS3.4 annex B).
pub(crate) fn is_directory(class: &str) -> bool {
    class == "1.2.840.10008.1.3.10"
}

/// Half a sentence for an object without pixels.
pub(crate) fn name(modality: &str, class: &str, has_size: bool) -> String {
    let storage = class.strip_prefix("1.2.840.10008.5.1.4.1.1.").unwrap_or("");
    let what = match modality {
        "RTSTRUCT" => "structures drawn for a radiotherapy (RTSTRUCT)",
        "RTPLAN" => "a plan of a radiotherapy (RTPLAN)",
        "RTRECORD" => "a record of a radiotherapy (RTRECORD)",
        "SR" => "a structured report (SR)",
        "PR" => "a presentation state (PR): how images are to be shown",
        "KO" => "a list of key images (KO)",
        "REG" => "a registration (REG)",
        "DOC" => "a document (DOC)",
        "PLAN" => "a plan of a treatment (PLAN)",
        "ECG" | "EPS" | "HD" | "RESP" | "AU" | "EEG" | "EMG" | "EOG" => {
            "a recorded curve (waveform)"
        }
        _ if storage.starts_with("9.") => "a recorded curve (waveform)",
        _ if storage.starts_with("88.") => "a structured report (SR)",
        _ if storage.starts_with("11.") => "a presentation state",
        _ if storage.starts_with("104.") => "a document",
        _ if storage == "66" || storage.starts_with("66.") => "raw or derived data",
        _ if has_size => "an image whose pixels are missing from the file",
        _ => "an object without an image",
    };
    format!("this is DICOM, but {what}")
}
