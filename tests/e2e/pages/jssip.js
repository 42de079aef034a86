// A phone made of JsSIP. The test steers it by `phone` and reads its state off the document.
import JsSIP from 'jssip';
import { level, listen, tell, voice } from './sound.js';

let agent, domain, microphone, session;

const uri = (user) => `sip:${user}@${domain}`;
const media = () => ({ mediaStream: microphone, pcConfig: { iceServers: [] } });

function take(taken, originator) {
  session = taken;
  tell('call', 'ringing');
  taken.on('confirmed', () => tell('call', 'open'));
  taken.on('hold', ({ originator }) => tell('call', `held by ${originator}`));
  taken.on('unhold', () => tell('call', 'open'));
  for (const end of ['ended', 'failed']) {
    taken.on(end, ({ cause }) => {
      console.log(`call ${end}: ${cause}`);
      if (taken === session) tell('call', 'ended');
    });
  }
  taken.on('refer', ({ accept }) => accept(null, media()));
  if (taken.connection) listen(taken.connection);
  else taken.on('peerconnection', ({ peerconnection }) => listen(peerconnection));
  if (originator === 'remote') taken.answer(media());
}

window.phone = {
  async start({ server, user, password, hz, ...rest }) {
    domain = rest.domain;
    microphone = await voice(hz);
    agent = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(server)], uri: uri(user), password });
    agent.on('registered', () => tell('registered', 'yes'));
    agent.on('unregistered', () => tell('registered', 'no'));
    agent.on('registrationFailed', ({ cause }) => tell('registered', cause));
    agent.on('newRTCSession', ({ session: taken, originator }) => take(taken, originator));
    agent.start();
  },
  call: (user) => void agent.call(uri(user), media()),
  hold: () => void session.hold(),
  resume: () => void session.unhold(),
  refer(user) {
    const told = (state) => () => tell('transfer', state);
    session.refer(uri(user), { eventHandlers: { accepted: told('accepted'), failed: told('failed') } });
  },
  hangUp: () => session.terminate(),
  unregister: () => agent.unregister(),
  level: (ms) => level(session.connection, ms),
};
