//! Sets of ASCII bytes as tables: every octet of a message runs through one.

/// Which bytes a rule of the grammar permits.
pub(crate) struct ByteSet([bool; 256]);

impl ByteSet {
    /// These marks.
    pub(crate) const fn only(marks: &[u8]) -> Self {
        Self([false; 256]).and(marks)
    }

    /// Letters, digits and these marks.
    pub(crate) const fn alphanumeric_and(marks: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            table[byte] = (byte as u8).is_ascii_alphanumeric();
            byte += 1;
        }
        Self(table).and(marks)
    }

    /// The digits of a hexadecimal number and these marks.
    pub(crate) const fn hexadecimal_and(marks: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            table[byte] = (byte as u8).is_ascii_hexdigit();
            byte += 1;
        }
        Self(table).and(marks)
    }

    /// All bytes but the control characters of ASCII and these marks.
    pub(crate) const fn all_but_controls_and(marks: &[u8]) -> Self {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = !(byte as u8).is_ascii_control();
            byte += 1;
        }
        let mut index = 0;
        while index < marks.len() {
            table[marks[index] as usize] = false;
            index += 1;
        }
        Self(table)
    }

    /// The same set with more marks; ASCII only, so that a run of them ends between two characters.
    pub(crate) const fn and(mut self, marks: &[u8]) -> Self {
        let mut index = 0;
        while index < marks.len() {
            assert!(marks[index].is_ascii());
            self.0[marks[index] as usize] = true;
            index += 1;
        }
        self
    }

    /// Whether the byte is one of them.
    #[inline]
    pub(crate) const fn contains(&self, byte: u8) -> bool {
        self.0[byte as usize]
    }

    /// The length of the run that the bytes begin with.
    #[inline]
    pub(crate) fn run(&self, bytes: &[u8]) -> usize {
        let (fours, rest) = bytes.as_chunks::<4>();
        for (index, four) in fours.iter().enumerate() {
            if let Some(at) = self.first_other(four) {
                return index * four.len() + at;
            }
        }
        bytes.len() - rest.len() + self.first_other(rest).unwrap_or(rest.len())
    }

    #[inline(always)]
    fn first_other(&self, bytes: &[u8]) -> Option<usize> {
        bytes.iter().position(|byte| !self.contains(*byte))
    }
}
