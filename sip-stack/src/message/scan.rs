//! Looking for a byte that is near, sixteen at a time: a call of `memchr` would cost more than the search.

const ONES: u128 = u128::MAX / 0xff;
const HIGH_BITS: u128 = ONES << 7;
const STEP: usize = size_of::<u128>();

/// No known name is longer than 31 bytes, and a line without a colon must not cost a look at all that follows.
const NAME_STEPS_MAX: usize = 2;

/// Where the first colon is, if it can be that behind a known name; the last few bytes are not looked at.
#[inline]
pub(super) fn colon(bytes: &[u8]) -> Option<usize> {
    let (chunks, _) = bytes.as_chunks::<STEP>();
    let has_colon = |chunk: &[u8; STEP]| chunk.iter().fold(false, |any, byte| any | (*byte == b':'));
    let found = chunks.iter().take(NAME_STEPS_MAX).position(has_colon)?;
    let chunk = u128::from_le_bytes(chunks[found]) ^ (ONES * b':' as u128);
    Some(found * STEP + first_below::<1>(chunk))
}

/// Where the first control character up to CR is; the last few bytes are not looked at.
#[inline(never)]
pub(super) fn line_end(bytes: &[u8]) -> Option<usize> {
    let (chunks, _) = bytes.as_chunks::<STEP>();
    let has_control = |chunk: &[u8; STEP]| chunk.iter().fold(false, |any, byte| any | (*byte <= b'\r'));
    let found = chunks.iter().position(has_control)?;
    Some(found * STEP + first_below::<{ b'\r' + 1 }>(u128::from_le_bytes(chunks[found])))
}

/// The place of the first byte of the word that is less than a limit of 128 at most, if there is one.
#[inline]
const fn first_below<const LIMIT: u8>(word: u128) -> usize {
    // A borrow can mark a wrong byte, but only behind a right one.
    let marks = word.wrapping_sub(ONES * LIMIT as u128) & !word & HIGH_BITS;
    marks.trailing_zeros() as usize / 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_all_is_found_wherever_it_is() {
        for at in 0..40 {
            let mut bytes = [b'a'; 64];
            bytes[at..].fill(b'\r');
            bytes[at] = b'\n';
            assert_eq!(line_end(&bytes), Some(at));
            bytes[at] = b':';
            assert_eq!(colon(&bytes), Some(at).filter(|at| *at < NAME_STEPS_MAX * STEP));
        }
        assert_eq!(line_end(&[b' '; 64]), None);
        assert_eq!((line_end(b"\r\n"), colon(b":")), (None, None));
    }

    #[test]
    fn bytes_beside_the_limit_are_told_apart() {
        let mut bytes = [0xff, b'9', b';', 0x8d, 0xba, 0x0e, b' ', 0x80].repeat(4);
        assert_eq!((line_end(&bytes), colon(&bytes)), (None, None));
        (bytes[17], bytes[18]) = (b':', b'\t');
        assert_eq!((line_end(&bytes), colon(&bytes)), (Some(18), Some(17)));
    }
}
