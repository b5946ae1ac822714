use sha2::{Digest as _, Sha256};

use super::StoreError;
use crate::text::hex;

/// Makes so many random bytes, as hex digits.
pub(super) fn random<const BYTES: usize>() -> Result<String, StoreError> {
    let mut random = [0; BYTES];
    getrandom::fill(&mut random).map_err(|_| StoreError::NoRandomness)?;
    Ok(hex(&random))
}

/// What is kept of a secret. One of 256 random bits needs no slow hash.
pub(super) fn hash_of(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}
