// What a page says and how loud it hears: both libraries are given the same voice.

// A tone at a quarter of full scale, as every instrument of these tests speaks.
const LEVEL = 0.251;

/** A microphone that hears a tone. */
export async function voice(hz) {
  // A page that may use a microphone tells its peers its addresses themselves, not names for them.
  await navigator.mediaDevices.getUserMedia({ audio: true });
  const context = new AudioContext({ sampleRate: 48000 });
  const [oscillator, gain] = [context.createOscillator(), context.createGain()];
  oscillator.frequency.value = hz;
  gain.gain.value = LEVEL;
  const microphone = context.createMediaStreamDestination();
  oscillator.connect(gain).connect(microphone);
  oscillator.start();
  return microphone.stream;
}

// Chromium may collect a speaker that nobody names before its track has sound, and the track then plays nothing.
const speakers = new Set();

/** Plays what a peer connection receives. */
export function listen(connection) {
  connection.addEventListener('track', ({ track }) => {
    const speaker = new Audio();
    speaker.srcObject = new MediaStream([track]);
    speakers.add(speaker);
    speaker.play().catch((error) => console.log(`the speaker does not play: ${error}`));
    track.addEventListener('ended', () => speakers.delete(speaker));
  });
}

/** The level (RMS, 0 to 1) of what a peer connection receives in the next while. */
export async function level(connection, ms) {
  const heard = async () => {
    const reports = [...(await connection.getStats()).values()];
    const inbound = reports.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
    return [inbound?.totalAudioEnergy ?? 0, inbound?.totalSamplesDuration ?? 0];
  };
  const [energy, duration] = await heard();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const [energyNow, durationNow] = await heard();
  return Math.sqrt(Math.max(0, energyNow - energy) / Math.max(0.001, durationNow - duration));
}

/** Tells the test, in an attribute of the document. */
export function tell(name, value) {
  document.documentElement.dataset[name] = value;
}
