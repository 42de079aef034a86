//! The entries themselves.

use super::Entry;

macro_rules! catalogue {
    ($($name:ident { $number:literal, $code:literal, $status:literal, $message:literal,
        causes: [$($cause:literal),* $(,)?], solutions: [$($solution:literal),* $(,)?] })*) => {
        /// One entry's name in code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorCode {
            $(#[doc = $message] $name,)*
        }

        impl ErrorCode {
            /// The whole catalogue, by number.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The entry with its texts.
            pub const fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$name => const {
                        &Entry {
                            number: $number,
                            code: $code,
                            name: stringify!($name),
                            message: $message,
                            causes: &[$($cause),*],
                            solutions: &[$($solution),*],
                            http_status: $status,
                        }
                    },)*
                }
            }
        }
    };
}

catalogue! {
    TokenMissing { 20100, "token-missing", 401, "No token was sent.",
        causes: ["The request has no Authorization header.", "The first frame was not hello with a token."],
        solutions: ["Send the token as Authorization: Bearer, or in hello."] }
    TokenInvalid { 20101, "token-invalid", 401, "The token is not valid.",
        causes: ["It was signed with another key.", "It is cut off or changed.", "It was made for another audience."],
        solutions: ["Ask your server for a new token.", "Compare the signing key with the gateway's configuration."] }
    TokenExpired { 20104, "token-expired", 401, "The token has expired.",
        causes: ["The page was open longer than the token lives.", "The clocks of the two servers differ."],
        solutions: ["Give the client a getToken function that fetches a new one."] }
    ScopeMissing { 20105, "scope-missing", 403, "The token does not carry the scope that this needs.",
        causes: ["The token was made for another purpose."],
        solutions: ["Mint a token with the scope that the message names."] }
    OriginForbidden { 20106, "origin-forbidden", 403, "Pages of this origin may not connect.",
        causes: ["The page is served from an origin that the gateway's configuration does not list."],
        solutions: ["Add the origin to http.origins in the gateway's configuration."] }

    MalformedJson { 30000, "malformed-json", 400, "The message is not JSON.",
        causes: ["The text is cut off, or not UTF-8."],
        solutions: ["Send one JSON object."] }
    InvalidMessage { 30001, "invalid-message", 422, "The message does not have the fields that its type needs.",
        causes: ["A field is missing, misspelt, of another type, or out of its range."],
        solutions: ["Compare the message with the schema."] }
    UnknownField { 30002, "unknown-field", 422, "The request has a field that is not known.",
        causes: ["The field's name is misspelt."],
        solutions: ["Compare the request with the documentation."] }
    MessageTooLarge { 30003, "message-too-large", 413, "The message is larger than the limit.",
        causes: ["A session description or header list is unusually long."],
        solutions: ["Keep to limits.message_bytes of welcome."] }
    RateExceeded { 30004, "rate-exceeded", 429, "Too many messages in too short a time.",
        causes: ["A loop sends without waiting for answers."],
        solutions: ["Keep to limits.messages_per_s of welcome.", "Wait as long as Retry-After says."] }
    HelloExpected { 30005, "hello-expected", 400, "The first message must be hello.",
        causes: ["The client sent another message first, or hello twice."],
        solutions: ["Send hello once, first."] }
    ResourceNotFound { 30006, "resource-not-found", 404, "There is nothing at this address.",
        causes: ["The path is misspelt.", "The object is gone."],
        solutions: ["Compare the path with the documentation."] }
    MethodNotAllowed { 30007, "method-not-allowed", 405, "This address does not take that method.",
        causes: ["GET was sent where POST is needed, or the other way round."],
        solutions: ["Use a method that the Allow header names."] }
    UnsupportedMediaType { 30008, "unsupported-media-type", 415, "The request's body is not application/json.",
        causes: ["The Content-Type header is missing or another."],
        solutions: ["Send Content-Type: application/json."] }

    MediaFailed { 31000, "media-failed", 502, "The sound could not be set up.",
        causes: ["A firewall blocks UDP between the browser and the gateway.", "The session description is broken."],
        solutions: ["Open the gateway's media port for UDP.", "Try another network."] }
    MediaTimeout { 31001, "media-timeout", 504, "The sound stopped coming.",
        causes: ["The far phone went away without hanging up.", "A firewall closed the path."],
        solutions: ["Call again."] }
    NoCommonCodec { 31002, "no-common-codec", 488, "Both sides share no audio codec.",
        causes: ["The trunk's list of codecs leaves out every codec that the far side speaks."],
        solutions: ["Allow PCMU or PCMA on the trunk."] }
    MediaBusy { 31003, "media-busy", 503, "The gateway has no room for more sound.",
        causes: ["Every RTP port is taken.", "The machine is at its limit."],
        solutions: ["Try again later.", "Widen the media port range."] }
    MicrophoneDenied { 31100, "microphone-denied", 403, "The browser may not use the microphone.",
        causes: ["The permission was refused.", "The page is not served over HTTPS or from localhost."],
        solutions: ["Allow the microphone in the address bar and call again."] }
    MicrophoneMissing { 31101, "microphone-missing", 404, "No microphone was found.",
        causes: ["None is plugged in.", "The system's privacy settings hide it."],
        solutions: ["Plug in a headset and call again."] }
    MicrophoneBusy { 31102, "microphone-busy", 409, "The microphone cannot be opened.",
        causes: ["Another program holds it."],
        solutions: ["Close other programs that use the microphone."] }
    MediaUnsupported { 31103, "media-unsupported", 501, "This browser has no WebRTC.",
        causes: ["The browser is old, or WebRTC is switched off."],
        solutions: ["Use a current Chrome, Edge, Firefox or Safari."] }
    MediaConnectionFailed { 31104, "media-connection-failed", 502, "No path for the sound was found between browser and gateway.",
        causes: ["A firewall or VPN blocks UDP.", "The gateway announces an address that cannot be reached."],
        solutions: ["Try another network.", "Set media.advertised in the gateway's configuration."] }

    CallNotFound { 40000, "call-not-found", 404, "There is no such call.",
        causes: ["It has ended.", "Its id is misspelt."],
        solutions: ["List the calls and take an id from there."] }
    CallExists { 40001, "call-exists", 409, "A call with this id exists already.",
        causes: ["The id was used twice."],
        solutions: ["Choose a new UUID version 7 for each call."] }
    WrongState { 40002, "wrong-state", 409, "The call is not in a state for that.",
        causes: ["The other side was faster.", "The call is not answered yet, or has ended."],
        solutions: ["Look at the call's state first."] }
    InvalidDigits { 40003, "invalid-digits", 422, "Only 0-9, *, #, A-D can be sent as digits, 64 at most.",
        causes: ["The text holds another character, or is empty or too long."],
        solutions: ["Send only those characters."] }
    InvalidNumber { 40004, "invalid-number", 422, "This is not a number that can be dialled.",
        causes: ["It holds letters or signs that numbers have not."],
        solutions: ["Write it with digits, with + and the country code in front."] }
    DestinationForbidden { 40005, "destination-forbidden", 403, "You may not call this number.",
        causes: ["The token's grants leave the number out."],
        solutions: ["Mint a token whose destinations include the number."] }
    CallerIdForbidden { 40006, "caller-id-forbidden", 403, "You may not show this caller id.",
        causes: ["The token's grants leave the caller id out."],
        solutions: ["Leave the caller id out, or mint a token that includes it."] }
    CallLimitReached { 40007, "limit-reached", 429, "There are too many calls at this time.",
        causes: ["The session, the user, the trunk or the gateway is at its limit."],
        solutions: ["End another call first.", "Raise the limit."] }
    NoRoute { 40008, "no-route", 422, "No route leads to this number.",
        causes: ["No rule of the gateway's routes matches it."],
        solutions: ["Add a route whose pattern matches the number."] }
    UserUnavailable { 40009, "user-unavailable", 409, "The user has no phone connected.",
        causes: ["The page is closed, or offline."],
        solutions: ["Open the phone page and try again."] }
    UserUnknown { 40010, "user-unknown", 422, "There is no such user.",
        causes: ["The name is misspelt, or not configured."],
        solutions: ["Add the user to the gateway's configuration."] }
    LegNotFound { 40011, "leg-not-found", 404, "The call has no such leg.",
        causes: ["Its id is misspelt, or of another call."],
        solutions: ["Take a leg's id from the call."] }

    Busy { 41000, "busy", 486, "The line is busy.",
        causes: ["The callee is in another call."],
        solutions: ["Try again later."] }
    Declined { 41001, "declined", 603, "The callee declined the call.",
        causes: ["The callee pressed decline.", "The callee's phone blocks the caller."],
        solutions: ["Try again later."] }
    NoAnswer { 41002, "no-answer", 408, "Nobody answered.",
        causes: ["The callee is away."],
        solutions: ["Try again later."] }
    NumberNotFound { 41003, "not-found", 404, "The number does not exist.",
        causes: ["A digit is wrong.", "The number is no longer in service."],
        solutions: ["Check the number."] }
    Unavailable { 41004, "unavailable", 480, "The callee cannot be reached.",
        causes: ["The phone is switched off or not connected."],
        solutions: ["Try again later."] }
    TrunkUnreachable { 41005, "trunk-unreachable", 503, "The telephone provider does not answer.",
        causes: ["The trunk's address or port is wrong.", "The provider or the network is down."],
        solutions: ["Check the trunk's address in the configuration.", "Try again later."] }
    TrunkRejected { 41006, "trunk-rejected", 502, "The telephone provider refused the call.",
        causes: ["User name or password of the trunk are wrong.", "The account has no credit."],
        solutions: ["Look at sip_code and sip_reason.", "Check the trunk's credentials."] }
    SessionLost { 41007, "session-lost", 410, "The browser went away.",
        causes: ["The page was closed.", "The network was lost."],
        solutions: ["Call again."] }

    GatewayError { 50000, "gateway-error", 500, "The gateway made a mistake.",
        causes: ["A fault in the gateway."],
        solutions: ["Report it with the request's or call's id."] }
    GatewayRestart { 50001, "gateway-restart", 503, "The gateway was restarted.",
        causes: ["It was updated, or stopped."],
        solutions: ["Call again."] }
    GatewayOverloaded { 50002, "gateway-overloaded", 503, "The gateway is overloaded.",
        causes: ["More work arrives than it can do."],
        solutions: ["Try again as Retry-After says."] }

    ConnectionFailed { 53000, "connection-failed", 502, "The gateway cannot be reached.",
        causes: ["The network is down.", "The gateway is stopped, or its address is wrong."],
        solutions: ["Check the network.", "Check the url given to Client."] }
    ConnectionLost { 53001, "connection-lost", 502, "The connection to the gateway was lost.",
        causes: ["The network changed or broke."],
        solutions: ["The client reconnects by itself."] }
    RequestTimeout { 53002, "request-timeout", 504, "The gateway did not answer in time.",
        causes: ["The network is slow or broken."],
        solutions: ["Try again."] }
    ProtocolViolation { 53003, "protocol-violation", 400, "Client and gateway do not understand each other.",
        causes: ["Their versions are far apart."],
        solutions: ["Update the client."] }
    SessionReplaced { 53004, "session-replaced", 409, "Another page took over this session.",
        causes: ["The same user opened the phone elsewhere, exclusively."],
        solutions: ["Use the other page, or connect again here."] }
}
