// Runs in every page before its own scripts: keeps the page's peer connections within reach and
// records what a call sounds like to its listener.
(() => {
  const connections = [];
  const sockets = [];

  window.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args);
      sockets.push(this);
    }
  };

  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(...args) {
      super(...args);
      connections.push(this);
    }
  };

  // Echo cancellation, noise suppression and gain control take a steady tone for noise.
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  const devices = navigator.mediaDevices;
  if (devices) {
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = ({ audio, ...rest }) =>
      open({ ...rest, audio: audio && { ...(audio === true ? {} : audio), ...plain } });
  }

  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  // The newest connection's: an older one may be a call that waits in silence.
  const remoteTrack = async (limit) => {
    for (const end = performance.now() + limit; performance.now() < end; await wait(20)) {
      const newest = connections.findLast(({ connectionState }) => connectionState !== 'closed');
      const tracks = newest?.connectionState === 'connected' ? newest.getReceivers().map(({ track }) => track) : [];
      const track = tracks.findLast(({ readyState }) => readyState === 'live');
      if (track) return track;
    }
    const states = connections.map((one) => `${one.iceConnectionState}/${one.connectionState}`);
    throw new Error(`no connected peer connection with a remote track, only [${states}]`);
  };

  const toBase64 = (samples) => {
    const bytes = new Uint8Array(samples.buffer);
    let text = '';
    for (let at = 0; at < bytes.length; at += 32768) {
      text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    }
    return btoa(text);
  };

  // Blocks (10 ms each) stand one behind the other, and one that was not played is a hole of its length. Their time
  // stamps tell of it, but shiver: a block that was placed by its own alone would bend a tone's phase.
  const SLACK_S = 0.009;

  // A slow machine takes its time to begin; a sound that plays does not pause so long.
  const [FIRST_MS, NEXT_MS] = [10_000, 3_000];

  const record = async (track, ms) => {
    const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1000 }).readable.getReader();
    let [rate, start, next, samples] = [0, 0, 0, null];
    for (;;) {
      const silent = wait(samples ? NEXT_MS : FIRST_MS).then(() => ({ done: true }));
      const { value, done } = await Promise.race([reader.read(), silent]);
      if (done) break;
      if (!samples) [rate, start, samples] = [value.sampleRate, value.timestamp, new Int16Array((value.sampleRate * ms) / 1000)];
      const stamped = Math.round(((value.timestamp - start) * rate) / 1e6);
      const at = Math.abs(stamped - next) > rate * SLACK_S ? stamped : next;
      const block = new Float32Array(value.numberOfFrames);
      value.copyTo(block, { planeIndex: 0, format: 'f32-planar' });
      value.close();
      for (let i = 0; i < block.length && at + i < samples.length; i++) {
        samples[at + i] = Math.max(-1, Math.min(1, block[i])) * 32767;
      }
      next = at + block.length;
      if (next >= samples.length) break;
    }
    await reader.cancel();
    if (!samples) throw new Error(`the remote track plays nothing: ${track.readyState}, muted ${track.muted}`);
    return { rate, samples: toBase64(samples) };
  };

  window.offhookEar = {
    send: (frame) => sockets.findLast((socket) => socket.readyState === WebSocket.OPEN).send(JSON.stringify(frame)),
    hear: async ({ ms, limit }) => record(await remoteTrack(limit), ms),
  };
})();
