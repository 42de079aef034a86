use super::report::{ReportBlock, SenderInfo};
use super::voip::VoipMetrics;
use super::{
    BYE, CNAME, EXTENDED_REPORT, RECEIVER_REPORT, RtcpError, SENDER_REPORT, SOURCE_DESCRIPTION, VERSION,
};

/// The count field's room.
const COUNT_MAX: usize = 31;

/// Writes a compound packet: a report first, then a CNAME, then perhaps BYE (RFC 3550 §6.1).
#[derive(Debug)]
pub struct CompoundWriter<'a> {
    out: &'a mut [u8],
    len: usize,
}

impl<'a> CompoundWriter<'a> {
    /// Starts at the beginning of `out`.
    pub fn new(out: &'a mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    /// A sender report, or without `info` a receiver report.
    pub fn report(
        &mut self,
        ssrc: u32,
        info: Option<&SenderInfo>,
        blocks: &[ReportBlock],
    ) -> Result<&mut Self, RtcpError> {
        let packet_type = if info.is_some() { SENDER_REPORT } else { RECEIVER_REPORT };
        let start = self.begin(packet_type, blocks.len(), ssrc)?;
        if let Some(info) = info {
            self.put(&info.to_bytes())?;
        }
        blocks.iter().try_for_each(|block| self.put(&block.to_bytes()))?;
        self.finish(start)
    }

    /// The source's lasting name, at most 255 bytes.
    pub fn cname(&mut self, ssrc: u32, cname: &str) -> Result<&mut Self, RtcpError> {
        let len = u8::try_from(cname.len()).map_err(|_| RtcpError::BufferTooSmall)?;
        let start = self.begin(SOURCE_DESCRIPTION, 1, ssrc)?;
        self.put(&[CNAME, len])?;
        self.put(cname.as_bytes())?;
        // The list of items ends in at least one zero, and on a word's edge.
        let zeros = 4 - (self.len - start) % 4;
        self.put(&[0; 4][..zeros])?;
        self.finish(start)
    }

    /// An extended report (RFC 3611 §2) of VoIP metrics.
    pub fn voip_metrics(&mut self, ssrc: u32, metrics: &VoipMetrics) -> Result<&mut Self, RtcpError> {
        let start = self.begin(EXTENDED_REPORT, 0, ssrc)?;
        self.put(&metrics.to_bytes())?;
        self.finish(start)
    }

    /// The source leaves.
    pub fn bye(&mut self, ssrc: u32) -> Result<&mut Self, RtcpError> {
        let start = self.begin(BYE, 1, ssrc)?;
        self.finish(start)
    }

    /// Bytes written.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Tells whether nothing is written yet.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn begin(&mut self, packet_type: u8, count: usize, ssrc: u32) -> Result<usize, RtcpError> {
        if count > COUNT_MAX {
            return Err(RtcpError::BufferTooSmall);
        }
        let start = self.len;
        self.put(&[VERSION << 6 | count as u8, packet_type, 0, 0])?;
        self.put(&ssrc.to_be_bytes())?;
        Ok(start)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), RtcpError> {
        let free = self.out.get_mut(self.len..).and_then(|free| free.get_mut(..bytes.len()));
        free.ok_or(RtcpError::BufferTooSmall)?.copy_from_slice(bytes);
        self.len += bytes.len();
        Ok(())
    }

    /// The length field counts words after the first.
    fn finish(&mut self, start: usize) -> Result<&mut Self, RtcpError> {
        let words = ((self.len - start) / 4 - 1) as u16;
        self.out[start + 2..start + 4].copy_from_slice(&words.to_be_bytes());
        Ok(self)
    }
}
