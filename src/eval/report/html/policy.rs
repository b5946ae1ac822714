use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// The content security policy of a page with one inline style and one inline script: everything
/// else is refused, so text that became markup by mistake would neither run nor fetch anything.
///
/// Sources are named by their hash (Content Security Policy Level 3, section 2.3.1).
pub(super) fn policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        source(style),
        source(script)
    )
}

fn source(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_the_base64_of_its_hash() {
        // printf %s 'doSomething();' | openssl dgst -sha256 -binary | base64
        assert_eq!(
            source("doSomething();"),
            "sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc="
        );
    }
}
