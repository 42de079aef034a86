// A phone made of SIP.js. The test steers it by `phone` and reads its state off the document.
import { Inviter, Registerer, RegistererState, SessionState, UserAgent, Web } from 'sip.js';
import { level, listen, tell, voice } from './sound.js';

let agent, domain, registerer, session;

const uri = (user) => UserAgent.makeURI(`sip:${user}@${domain}`);
const connection = () => session.sessionDescriptionHandler.peerConnection;

function take(taken) {
  session = taken;
  tell('call', 'ringing');
  taken.delegate = {
    onSessionDescriptionHandler: (handler) => listen(handler.peerConnection),
    onRefer: async (referral) => {
      await referral.accept();
      const next = referral.makeInviter();
      take(next);
      await next.invite();
    },
  };
  taken.stateChange.addListener((state) => {
    if (taken !== session) return;
    if (state === SessionState.Established) tell('call', 'open');
    if (state === SessionState.Terminated) tell('call', 'ended');
  });
}

// SIP.js has no word for hold: it is a re-INVITE with an option of its media.
async function renegotiate(hold) {
  session.sessionDescriptionHandlerOptionsReInvite = { hold };
  await session.invite({
    requestDelegate: { onAccept: () => tell('call', hold ? 'held by local' : 'open') },
  });
}

window.phone = {
  async start({ server, user, password, hz, ...rest }) {
    domain = rest.domain;
    const microphone = await voice(hz);
    // SIP.js stops the tracks of a call that ends.
    const microphoneOfCall = async () => microphone.clone();
    agent = new UserAgent({
      uri: uri(user),
      transportOptions: { server },
      authorizationUsername: user,
      authorizationPassword: password,
      logLevel: 'warn',
      sessionDescriptionHandlerFactory: Web.defaultSessionDescriptionHandlerFactory(microphoneOfCall),
      sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] } },
      delegate: {
        onInvite: async (invitation) => {
          take(invitation);
          await invitation.accept();
        },
      },
    });
    await agent.start();
    registerer = new Registerer(agent);
    registerer.stateChange.addListener((state) => {
      tell('registered', { [RegistererState.Registered]: 'yes', [RegistererState.Unregistered]: 'no' }[state] ?? state);
    });
    await registerer.register();
  },
  call(user) {
    const inviter = new Inviter(agent, uri(user));
    take(inviter);
    const onReject = ({ message }) => console.log(`call refused: ${message.statusCode} ${message.reasonPhrase}`);
    return inviter.invite({ requestDelegate: { onReject } }).then(() => undefined);
  },
  hold: () => renegotiate(true),
  resume: () => renegotiate(false),
  async refer(user) {
    const told = (state) => () => tell('transfer', state);
    const requestDelegate = { onReject: told('failed') };
    const onNotify = async (notification) => {
      await notification.accept();
      if (notification.request.body.startsWith('SIP/2.0 200')) tell('transfer', 'accepted');
    };
    await session.refer(uri(user), { requestDelegate, onNotify });
  },
  async hangUp() {
    await session.bye();
  },
  async unregister() {
    await registerer.unregister();
  },
  level: (ms) => level(connection(), ms),
};
