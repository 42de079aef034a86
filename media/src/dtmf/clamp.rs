/// What becomes of tones in the sound that are digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clamp {
    /// The other side and recordings hear them.
    #[default]
    Off,
    /// They are left out from where they are recognised, within 20 ms of their beginning; who needs the digit gets it as
    /// an event.
    On,
}
