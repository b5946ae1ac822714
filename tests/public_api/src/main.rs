//! Lists a library's public API, a line for each item: `public_api RUSTDOC.json`.

use std::env;
use std::error::Error;

use public_api::Builder;

fn main() -> Result<(), Box<dyn Error>> {
    let (Some(json), None) = (env::args_os().nth(1), env::args_os().nth(2)) else {
        return Err("usage: public_api RUSTDOC.json".into());
    };
    // What every type has by itself is no promise of ours.
    let api = Builder::from_rustdoc_json(json)
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()?;
    for item in api.items() {
        println!("{item}");
    }
    Ok(())
}
