//! The command as a person meets it: each test is a session in a fresh folder.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod shell;

use std::{
    fs,
    process::{Command, Stdio},
};

use shell::{Done, Session};

#[test]
fn from_a_phantom_to_its_bones() {
    let shell = Session::new();
    shell.run("phantom -o ct.nii.gz --truth truth --size 96,96,64").succeeds();
    assert_eq!(shell.files(), ["ct.nii.gz", "truth"]);
    assert!(shell.path("truth/bones.nii.gz").exists() && shell.path("truth/heart.nii.gz").exists());

    shell
        .run("info ct.nii.gz")
        .succeeds()
        .prints("ct.nii.gz: NIfTI-1, int16 voxels, axes RAS")
        .prints("size      96 × 96 × 64 voxels")
        .prints("spacing   4.0000 × 4.0000 × 5.0000 mm");

    shell
        .run("bones ct.nii.gz -o bones.nii.gz")
        .succeeds()
        .prints("threshold ")
        .prints(" ml in ")
        .prints("not a medical device");
    shell.run("info bones.nii.gz").succeeds().prints("uint8 voxels").prints("96 × 96 × 64");
    assert_eq!(shell.files(), ["bones.nii.gz", "ct.nii.gz", "truth"]);
}

#[test]
fn json_has_units_in_its_names() {
    let shell = Session::new();
    shell.run("phantom -o ct.nii.gz --size 48,48,32 --seed 3 --no-contrast --noise 5").succeeds();

    let info = shell.run("info ct.nii.gz --json").succeeds().json();
    assert_eq!(info["name"], "ct.nii.gz");
    assert_eq!(info["sizeVoxel"], serde_json::json!([48, 48, 32]));
    assert_eq!(info["rasFromVoxel"].as_array().unwrap().len(), 12);
    assert_eq!(info["heldAs"], "i16");
    assert_eq!(info["volumeBytes"], 48 * 48 * 32 * 2);
    for key in ["format", "spacingMm", "fileAxes", "storedType", "notes", "peakBytes", "limitBytes"]
    {
        assert!(!info[key].is_null(), "{key}");
    }

    let line = "bones ct.nii.gz --json --method threshold --threshold 200 --keep largest --no-fill";
    let report = shell.run(line).succeeds().json();
    assert_eq!(report["thresholdHu"], 200);
    assert_eq!(report["choice"]["rule"], "given");
    assert_eq!(report["params"]["keep"], "largest");
    assert_eq!(report["params"]["fill"], false);
    assert_eq!(report["curve"]["components"].as_array().unwrap().len(), 351);
    let (voxels, ml) = (report["voxels"].as_f64().unwrap(), report["volumeMl"].as_f64().unwrap());
    assert!((ml - voxels * 8.0 * 8.0 * 10.0 / 1000.0).abs() < 1e-6 * ml);

    let curve = shell.run("curve ct.nii.gz --json --neighbourhood 6").succeeds().json();
    assert_eq!(curve["curve"]["neighbourhood"], 6);
    assert!(curve["choice"]["thresholdHu"].is_number());

    let csv = shell.run("curve ct.nii.gz --csv").succeeds().out();
    assert_eq!(csv.lines().count(), 352);
    assert!(csv.starts_with("thresholdHu,components,voxels,largestVoxels,ctCheck\n150,"), "{csv}");
    shell.run("curve ct.nii.gz").succeeds().prints("chosen ");
}

#[test]
fn a_pipe_in_and_a_pipe_out() {
    let shell = Session::new();
    let ct = shell.run("phantom -o - --size 48,48,32").succeeds().output.stdout;
    shell.pipe(&ct, "info -").succeeds().prints("48 × 48 × 32 voxels");
    let mask = shell.pipe(&ct, "bones - -o -").succeeds().output.stdout;
    shell.pipe(&mask, "info -").succeeds().prints("uint8 voxels");
    assert_eq!(shell.files(), [""; 0]);
    shell.pipe(&ct, "bones - -o - --json").exits_with(2).complains("cannot both write");
}

#[test]
fn one_thread_gives_the_same_bytes_as_many() {
    let shell = Session::new();
    shell.run("phantom -o ct.nii.gz --size 64,64,40 --threads 2").succeeds();
    shell.run("phantom -o ct1.nii.gz --size 64,64,40 --threads 1").succeeds();
    shell.run("bones ct.nii.gz -o many.nii.gz --threads 3").succeeds();
    shell.run("bones ct.nii.gz -o one.nii.gz --threads 1").succeeds();
    let read = |name: &str| fs::read(shell.path(name)).unwrap();
    assert!(read("ct.nii.gz") == read("ct1.nii.gz"));
    assert!(read("many.nii.gz") == read("one.nii.gz"));
}

#[test]
fn what_cannot_be_used_is_said_in_one_sentence() {
    let shell = Session::new();
    shell.run("info nowhere.nii.gz").exits_with(1).complains("nowhere.nii.gz: No such file");
    shell.run("info .").exits_with(1).complains(".: Nothing here can be opened.");

    fs::write(shell.path("photo.nii"), b"\xff\xd8\xff\xe0 and so on").unwrap();
    let photo = shell.run("info photo.nii").exits_with(1);
    assert_eq!(photo.err().lines().count(), 1);
    photo.complains("hounsfield: photo.nii: ");

    shell.run("phantom -o ct.nii.gz --size 48,48,32").succeeds();
    let whole = fs::read(shell.path("ct.nii.gz")).unwrap();
    fs::write(shell.path("half.nii.gz"), &whole[..whole.len() / 2]).unwrap();
    shell.run("bones half.nii.gz -o mask.nii.gz").exits_with(1).complains("truncated");
    shell
        .run("bones ct.nii.gz -o no/such/folder/mask.nii.gz")
        .exits_with(1)
        .complains("mask.nii.gz");
    shell.run("bones ct.nii.gz --close=-3").exits_with(2).complains("hounsfield: closeMm is -3");
    assert_eq!(shell.files(), ["ct.nii.gz", "half.nii.gz", "photo.nii"]);
}

#[test]
fn a_pair_is_found_by_either_name() {
    let shell = Session::new();
    shell.run("phantom -o ct.nii.gz --size 16,16,8").succeeds();
    // The same scan as a pair: another magic word, the voxels in a file of their own.
    let mut whole = Vec::new();
    let zipped = fs::read(shell.path("ct.nii.gz")).unwrap();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(zipped.as_slice()), &mut whole)
        .unwrap();
    whole[344..348].copy_from_slice(b"ni1\0");
    whole[108..112].copy_from_slice(&0f32.to_le_bytes());
    fs::write(shell.path("pair.hdr"), &whole[..348]).unwrap();
    shell
        .run("bones pair.hdr")
        .exits_with(1)
        .complains("(pair.img) is missing; open both together");

    fs::write(shell.path("pair.img"), &whole[352..]).unwrap();
    let single = shell.run("bones ct.nii.gz --json").succeeds().json();
    for name in ["pair.hdr", "pair.img"] {
        let pair = shell.run(&format!("bones {name} --json")).succeeds().json();
        assert_eq!(pair["voxels"], single["voxels"]);
    }
    fs::remove_file(shell.path("pair.hdr")).unwrap();
    shell.run("bones pair.img").exits_with(1).complains("the header pair.hdr is missing");
}

#[test]
fn wrong_arguments_are_status_2() {
    let shell = Session::new();
    shell.run("").exits_with(2).complains("Usage");
    shell.run("bones").exits_with(2);
    shell
        .run("bones ct.nii.gz -o mask.nii")
        .exits_with(2)
        .complains("must end in .nii.gz, .dcm or .seg.nrrd");
    shell.run("bones ct.nii.gz --neighbourhood 7").exits_with(2).complains("26");
    shell.run("curve ct.nii.gz --csv --json").exits_with(2);
    shell.run("phantom -o ct.nii.gz --size 1,2").exits_with(2).complains("three numbers");
    shell.run("--version").succeeds().prints("hounsfield 0.");
    shell.run("--help").succeeds().prints("not a medical device");
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_leaves_nothing_half_written() {
    let shell = Session::new();
    let line = "phantom -o ct.nii.gz --size 512,512,600 --threads 1";
    let child = shell.command(line).stdin(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    // Bit 1 of the caught signals is SIGINT: from then on it listens.
    let listens = || {
        let status = fs::read_to_string(&status).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap().trim();
        u64::from_str_radix(caught, 16).unwrap() & 2 != 0
    };
    while !listens() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert!(
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success()
    );
    let done = Done { line: line.to_owned(), output: child.wait_with_output().unwrap() };
    done.exits_with(130).complains("hounsfield: interrupted");
    assert_eq!(shell.files(), [""; 0]);
}

#[test]
fn from_masks_to_surfaces() {
    let shell = Session::new();
    shell.run("phantom -o ct.nii.gz --truth truth --size 64,64,40").succeeds();

    let level =
        shell.run("surface ct.nii.gz --level 300 --cap --json -o bone.stl").succeeds().json();
    assert_eq!(level["parts"][0]["watertight"], true);
    let triangles = level["parts"][0]["triangles"].as_u64().unwrap();
    let stl = fs::read(shell.path("bone.stl")).unwrap();
    assert_eq!(stl.len() as u64, 84 + 50 * triangles);
    assert!(stl.starts_with(b"Hounsfield RAS mm CT check: "), "{:?}", &stl[..80]);

    let line = "surface ct.nii.gz --mask truth/bones.nii.gz --mask truth/heart.nii.gz --smooth-by-hu \
                --cap --largest --smooth 5 --triangles 2000 --json -o both.glb";
    let both = shell.run(line).succeeds().json();
    let names: Vec<&str> = both["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["bones", "heart"]);
    for part in both["parts"].as_array().unwrap() {
        assert!(part["triangles"].as_u64().unwrap() <= 2000 && part["components"] == 1);
        assert!(part["watertight"] == true && part["volumeMm3"].as_f64().unwrap() > 0.0);
        assert!(part["deviationMm"].as_f64().unwrap() > 0.0);
    }
    assert_eq!(&fs::read(shell.path("both.glb")).unwrap()[..4], b"glTF");

    shell.run("surface truth/heart.nii.gz -o heart.3mf").succeeds();
    assert_eq!(&fs::read(shell.path("heart.3mf")).unwrap()[..2], b"PK");
    shell
        .run("surface truth/heart.nii.gz -o heart.obj")
        .succeeds()
        .prints("heart ")
        .prints("closed")
        .prints("not a medical device");
    let heart = fs::read_to_string(shell.path("heart.obj")).unwrap();
    assert!(!heart.contains("CT check"), "labels by themselves are no scan that could be checked");
    shell.run("surface ct.nii.gz --level 9999").exits_with(2).complains("there is nothing to draw");
    shell
        .run("surface ct.nii.gz --level 300 -o bone.txt")
        .exits_with(2)
        .complains(".stl, .obj, .ply");
}
