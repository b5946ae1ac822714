//! Writes what JavaScript calls the module by, and the module, compressed: `bindgen MODULE.wasm FOLDER`.
//!
//! It is wasm-bindgen's own program without what that brings for running tests in browsers.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;
use zopfli::{Format, Options};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let (Some(module), Some(folder), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: bindgen MODULE.wasm FOLDER".into());
    };
    let mut output = Bindgen::new()
        .input_path(module)
        .web(true)?
        .typescript(false)
        // Bundlers would look for a module of the usual name; ours is compressed, and the package says where it lies.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()?;
    let folder = Path::new(&folder);
    let mut compressed = Vec::new();
    let bytes = output.wasm_mut().emit_wasm();
    zopfli::compress(
        Options::default(),
        Format::Gzip,
        bytes.as_slice(),
        &mut compressed,
    )?;
    fs::write(folder.join("core.wasm.gz"), compressed)?;
    fs::write(folder.join("core.js"), output.js())?;
    Ok(())
}
