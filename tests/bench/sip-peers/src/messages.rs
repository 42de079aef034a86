//! What is measured: messages as carriers and phones send them.

use bytes::Bytes;

/// As a carrier's session border controller sends it.
pub const INVITE: &str = concat!(
    "INVITE sip:+441632960960@sbc.carrier.example:5060;transport=udp;user=phone SIP/2.0\r\n",
    "Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK3c1d8e7a-5b2f-4f4e-9c61-0f3f6c1d7a20;rport\r\n",
    "Via: SIP/2.0/UDP 10.20.30.40:5062;received=203.0.113.9;branch=z9hG4bK-d8754z-1f2e3d4c5b6a7988\r\n",
    "Record-Route: <sip:198.51.100.7;lr;ftag=8f7e6d5c>\r\n",
    "Max-Forwards: 69\r\n",
    "From: \"Alice Example\" <sip:+441632960123@pbx.example.com;user=phone>;tag=8f7e6d5c4b3a2910\r\n",
    "To: <sip:+441632960960@sbc.carrier.example;user=phone>\r\n",
    "Call-ID: 7d1f0c9a-4b7e-4d0c-8a55-2f9f3e1b6c88@198.51.100.7\r\n",
    "CSeq: 20461 INVITE\r\n",
    "Contact: <sip:+441632960123@198.51.100.7:5060;transport=udp>\r\n",
    "Date: Sat, 13 Nov 2010 23:29:00 GMT\r\n",
    "User-Agent: Example-SBC/7.2.4 (build 20461)\r\n",
    "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, UPDATE, INFO, REFER, NOTIFY\r\n",
    "Supported: timer, 100rel, replaces, histinfo\r\n",
    "Session-Expires: 1800;refresher=uac\r\n",
    "Min-SE: 90\r\n",
    "P-Asserted-Identity: \"Alice Example\" <sip:+441632960123@pbx.example.com;user=phone>\r\n",
    "Privacy: none\r\n",
    "X-Correlation-Id: 4f1c7a52-9a0e-4c9e-b7c1-6b0d5a3e2f10\r\n",
    "Content-Type: application/sdp\r\n",
    "Content-Disposition: session\r\n",
    "Content-Length: 209\r\n",
    "\r\n",
    "v=0\r\no=- 3747 3747 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n",
    "m=audio 31246 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n",
    "a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n",
);

/// As a phone sends it once it has been challenged.
pub const REGISTER: &str = concat!(
    "REGISTER sip:registrar.biloxi.example.com SIP/2.0\r\n",
    "Via: SIP/2.0/TCP client.biloxi.example.com:5060;branch=z9hG4bKnashds7.4f2a;rport;alias\r\n",
    "Max-Forwards: 70\r\n",
    "From: Bob <sip:bob@biloxi.example.com>;tag=a73kszlfl\r\n",
    "To: Bob <sip:bob@biloxi.example.com>\r\n",
    "Call-ID: 1j9FpLxk3uxtm8tn@biloxi.example.com\r\n",
    "CSeq: 2 REGISTER\r\n",
    "Contact: <sip:bob@client.biloxi.example.com:5060;transport=tcp>\r\n",
    "Authorization: Digest username=\"bob\", realm=\"biloxi.example.com\",",
    " nonce=\"ea9c8e88df84f1cec4341ae6cbe5a359\", opaque=\"5ccc069c403ebaf9\", uri=\"sip:registrar.biloxi.example.com\",",
    " response=\"dfe56131d1958046689d83306477ecca\", algorithm=MD5, cnonce=\"0a4f113b\", qop=auth, nc=00000001\r\n",
    "User-Agent: Deskphone 4.1\r\n",
    "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY\r\n",
    "Supported: path, outbound\r\n",
    "Expires: 3600\r\n",
    "Content-Length: 0\r\n",
    "\r\n",
);

/// The answer to a call, with its description.
pub const OK: &str = concat!(
    "SIP/2.0 200 OK\r\n",
    "Via: SIP/2.0/UDP ss1.atlanta.example.com:5060;branch=z9hG4bK2d4790.1;received=192.0.2.111\r\n",
    "Via: SIP/2.0/UDP client.atlanta.example.com:5060;branch=z9hG4bK74b43;received=192.0.2.101\r\n",
    "Record-Route: <sip:ss2.biloxi.example.com;lr>, <sip:ss1.atlanta.example.com;lr>\r\n",
    "From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl\r\n",
    "To: Bob <sip:bob@biloxi.example.com>;tag=314159\r\n",
    "Call-ID: 2xTb9vxSit55XU7p8@atlanta.example.com\r\n",
    "CSeq: 1 INVITE\r\n",
    "Contact: <sip:bob@client.biloxi.example.com:5060;transport=udp>\r\n",
    "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, PRACK, UPDATE\r\n",
    "Supported: timer, 100rel\r\n",
    "Server: Example-PBX/18.4\r\n",
    "Content-Type: application/sdp\r\n",
    "Content-Length: 147\r\n",
    "\r\n",
    "v=0\r\no=bob 2890844527 2890844527 IN IP4 client.biloxi.example.com\r\ns=-\r\nc=IN IP4 192.0.2.201\r\n",
    "t=0 0\r\nm=audio 3456 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n",
);

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Invite,
    Register,
    Ok,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Invite, Self::Register, Self::Ok];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Register => "register",
            Self::Ok => "ok",
        }
    }

    pub const fn wire(self) -> Bytes {
        Bytes::from_static(match self {
            Self::Invite => INVITE.as_bytes(),
            Self::Register => REGISTER.as_bytes(),
            Self::Ok => OK.as_bytes(),
        })
    }
}
