//! `hounsfield`: CT scans in, bones and numbers out.

mod args;
mod bones;
mod convert;
mod curve;
mod failure;
mod info;
mod labels;
mod lungs;
mod mask;
mod measure;
mod output;
mod phantom;
mod prepare;
mod progress;
mod recipe;
mod resample;
mod scan;
mod source;
mod surface;

use std::process::ExitCode;

use args::{Args, Command};
use clap::Parser;

fn main() -> ExitCode {
    let args = Args::parse();
    let done = progress::listen_for_ctrl_c()
        .and_then(|()| scan::use_threads(args.threads))
        .and_then(|()| match &args.command {
            Command::Info(what) => info::run(what, args.quiet),
            Command::Convert(what) => convert::run(what, args.quiet),
            Command::Bones(what) => bones::run(what, args.quiet),
            Command::Lungs(what) => lungs::run(what, args.quiet),
            Command::Curve(what) => curve::run(what, args.quiet),
            Command::Surface(what) => surface::run(what, args.quiet),
            Command::Measure(what) => measure::run(what, args.quiet),
            Command::Resample(what) => resample::run(what, args.quiet),
            Command::Prepare(what) => prepare::run(what, args.quiet),
            Command::Phantom(what) => phantom::run(what, args.quiet),
        });
    failure::exit_code(done)
}
