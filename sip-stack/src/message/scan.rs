//! Looking for a byte that is near, sixteen at a time: a call of `memchr` would cost more than the search.

const ONES: u128 = u128::MAX / 0xff;
const HIGH_BITS: u128 = ONES << 7;
const STEP: usize = size_of::<u128>();

/// Where the first colon is; the last few bytes are not looked at.
#[inline]
pub(super) fn colon(bytes: &[u8]) -> Option<usize> {
    let differ = |byte: u8| byte ^ b':';
    let (chunks, _) = bytes.as_chunks::<STEP>();
    let found =
        chunks.iter().position(|chunk| chunk.iter().fold(false, |any, byte| any | (differ(*byte) == 0)))?;
    let chunk = u128::from_le_bytes(chunks[found]) ^ (ONES * b':' as u128);
    Some(found * STEP + first_below::<1>(chunk))
}

/// Where the first control character up to CR is; the last few bytes are not looked at.
#[inline(never)]
pub(super) fn line_end(bytes: &[u8]) -> Option<usize> {
    let (chunks, _) = bytes.as_chunks::<STEP>();
    let found =
        chunks.iter().position(|chunk| chunk.iter().fold(false, |any, byte| any | (*byte <= b'\r')))?;
    Some(found * STEP + first_below::<{ b'\r' + 1 }>(u128::from_le_bytes(chunks[found])))
}

/// The place of the first byte of the word that is less than a limit of 128 at most, if there is one.
#[inline]
const fn first_below<const LIMIT: u8>(word: u128) -> usize {
    // A borrow can mark a wrong byte, but only behind a right one.
    let marks = word.wrapping_sub(ONES * LIMIT as u128) & !word & HIGH_BITS;
    marks.trailing_zeros() as usize / 8
}
