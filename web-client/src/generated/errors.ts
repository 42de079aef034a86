// Generated from gateway/api/errors.json by `npm run generate`. Do not edit.

/** Every error, by its code. */
export const CATALOGUE = {
  "token-missing": {
    "number": 20100,
    "name": "TokenMissing",
    "description": "No token was sent.",
    "causes": [
      "The request has no Authorization header.",
      "The first frame was not hello with a token."
    ],
    "solutions": [
      "Send the token as Authorization: Bearer, or in hello."
    ]
  },
  "token-invalid": {
    "number": 20101,
    "name": "TokenInvalid",
    "description": "The token is not valid.",
    "causes": [
      "It was signed with another key.",
      "It is cut off or changed.",
      "It was made for another audience."
    ],
    "solutions": [
      "Ask your server for a new token.",
      "Compare the signing key with the gateway's configuration."
    ]
  },
  "token-expired": {
    "number": 20104,
    "name": "TokenExpired",
    "description": "The token has expired.",
    "causes": [
      "The page was open longer than the token lives.",
      "The clocks of the two servers differ."
    ],
    "solutions": [
      "Give the client a getToken function that fetches a new one."
    ]
  },
  "scope-missing": {
    "number": 20105,
    "name": "ScopeMissing",
    "description": "The token does not carry the scope that this needs.",
    "causes": [
      "The token was made for another purpose."
    ],
    "solutions": [
      "Mint a token with the scope that the message names."
    ]
  },
  "origin-forbidden": {
    "number": 20106,
    "name": "OriginForbidden",
    "description": "Pages of this origin may not connect.",
    "causes": [
      "The page is served from an origin that the gateway's configuration does not list."
    ],
    "solutions": [
      "Add the origin to http.origins in the gateway's configuration."
    ]
  },
  "malformed-json": {
    "number": 30000,
    "name": "MalformedJson",
    "description": "The message is not JSON.",
    "causes": [
      "The text is cut off, or not UTF-8."
    ],
    "solutions": [
      "Send one JSON object."
    ]
  },
  "invalid-message": {
    "number": 30001,
    "name": "InvalidMessage",
    "description": "The message does not have the fields that its type needs.",
    "causes": [
      "A field is missing, misspelt, of another type, or out of its range."
    ],
    "solutions": [
      "Compare the message with the schema."
    ]
  },
  "unknown-field": {
    "number": 30002,
    "name": "UnknownField",
    "description": "The request has a field that is not known.",
    "causes": [
      "The field's name is misspelt."
    ],
    "solutions": [
      "Compare the request with the documentation."
    ]
  },
  "message-too-large": {
    "number": 30003,
    "name": "MessageTooLarge",
    "description": "The message is larger than the limit.",
    "causes": [
      "A session description or header list is unusually long."
    ],
    "solutions": [
      "Keep to limits.message_bytes of welcome."
    ]
  },
  "rate-exceeded": {
    "number": 30004,
    "name": "RateExceeded",
    "description": "Too many messages in too short a time.",
    "causes": [
      "A loop sends without waiting for answers."
    ],
    "solutions": [
      "Keep to limits.messages_per_s of welcome.",
      "Wait as long as Retry-After says."
    ]
  },
  "hello-expected": {
    "number": 30005,
    "name": "HelloExpected",
    "description": "The first message must be hello.",
    "causes": [
      "The client sent another message first, or hello twice."
    ],
    "solutions": [
      "Send hello once, first."
    ]
  },
  "resource-not-found": {
    "number": 30006,
    "name": "ResourceNotFound",
    "description": "There is nothing at this address.",
    "causes": [
      "The path is misspelt.",
      "The object is gone."
    ],
    "solutions": [
      "Compare the path with the documentation."
    ]
  },
  "method-not-allowed": {
    "number": 30007,
    "name": "MethodNotAllowed",
    "description": "This address does not take that method.",
    "causes": [
      "GET was sent where POST is needed, or the other way round."
    ],
    "solutions": [
      "Use a method that the Allow header names."
    ]
  },
  "unsupported-media-type": {
    "number": 30008,
    "name": "UnsupportedMediaType",
    "description": "The request's body is not application/json.",
    "causes": [
      "The Content-Type header is missing or another."
    ],
    "solutions": [
      "Send Content-Type: application/json."
    ]
  },
  "media-failed": {
    "number": 31000,
    "name": "MediaFailed",
    "description": "The sound could not be set up.",
    "causes": [
      "A firewall blocks UDP between the browser and the gateway.",
      "The session description is broken."
    ],
    "solutions": [
      "Open the gateway's media port for UDP.",
      "Try another network."
    ]
  },
  "media-timeout": {
    "number": 31001,
    "name": "MediaTimeout",
    "description": "The sound stopped coming.",
    "causes": [
      "The far phone went away without hanging up.",
      "A firewall closed the path."
    ],
    "solutions": [
      "Call again."
    ]
  },
  "no-common-codec": {
    "number": 31002,
    "name": "NoCommonCodec",
    "description": "Both sides share no audio codec.",
    "causes": [
      "The trunk's list of codecs leaves out every codec that the far side speaks."
    ],
    "solutions": [
      "Allow PCMU or PCMA on the trunk."
    ]
  },
  "media-busy": {
    "number": 31003,
    "name": "MediaBusy",
    "description": "The gateway has no room for more sound.",
    "causes": [
      "Every RTP port is taken.",
      "The machine is at its limit."
    ],
    "solutions": [
      "Try again later.",
      "Widen the media port range."
    ]
  },
  "microphone-denied": {
    "number": 31100,
    "name": "MicrophoneDenied",
    "description": "The browser may not use the microphone.",
    "causes": [
      "The permission was refused.",
      "The page is not served over HTTPS or from localhost."
    ],
    "solutions": [
      "Allow the microphone in the address bar and call again."
    ]
  },
  "microphone-missing": {
    "number": 31101,
    "name": "MicrophoneMissing",
    "description": "No microphone was found.",
    "causes": [
      "None is plugged in.",
      "The system's privacy settings hide it."
    ],
    "solutions": [
      "Plug in a headset and call again."
    ]
  },
  "microphone-busy": {
    "number": 31102,
    "name": "MicrophoneBusy",
    "description": "The microphone cannot be opened.",
    "causes": [
      "Another program holds it."
    ],
    "solutions": [
      "Close other programs that use the microphone."
    ]
  },
  "media-unsupported": {
    "number": 31103,
    "name": "MediaUnsupported",
    "description": "This browser has no WebRTC.",
    "causes": [
      "The browser is old, or WebRTC is switched off."
    ],
    "solutions": [
      "Use a current Chrome, Edge, Firefox or Safari."
    ]
  },
  "media-connection-failed": {
    "number": 31104,
    "name": "MediaConnectionFailed",
    "description": "No path for the sound was found between browser and gateway.",
    "causes": [
      "A firewall or VPN blocks UDP.",
      "The gateway announces an address that cannot be reached."
    ],
    "solutions": [
      "Try another network.",
      "Set media.advertised in the gateway's configuration."
    ]
  },
  "call-not-found": {
    "number": 40000,
    "name": "CallNotFound",
    "description": "There is no such call.",
    "causes": [
      "It has ended.",
      "Its id is misspelt."
    ],
    "solutions": [
      "List the calls and take an id from there."
    ]
  },
  "call-exists": {
    "number": 40001,
    "name": "CallExists",
    "description": "A call with this id exists already.",
    "causes": [
      "The id was used twice."
    ],
    "solutions": [
      "Choose a new UUID version 7 for each call."
    ]
  },
  "wrong-state": {
    "number": 40002,
    "name": "WrongState",
    "description": "The call is not in a state for that.",
    "causes": [
      "The other side was faster.",
      "The call is not answered yet, or has ended."
    ],
    "solutions": [
      "Look at the call's state first."
    ]
  },
  "invalid-digits": {
    "number": 40003,
    "name": "InvalidDigits",
    "description": "Only 0-9, *, #, A-D can be sent as digits, 64 at most.",
    "causes": [
      "The text holds another character, or is empty or too long."
    ],
    "solutions": [
      "Send only those characters."
    ]
  },
  "invalid-number": {
    "number": 40004,
    "name": "InvalidNumber",
    "description": "This is not a number that can be dialled.",
    "causes": [
      "It holds letters or signs that numbers have not."
    ],
    "solutions": [
      "Write it with digits, with + and the country code in front."
    ]
  },
  "destination-forbidden": {
    "number": 40005,
    "name": "DestinationForbidden",
    "description": "You may not call this number.",
    "causes": [
      "The token's grants leave the number out."
    ],
    "solutions": [
      "Mint a token whose destinations include the number."
    ]
  },
  "caller-id-forbidden": {
    "number": 40006,
    "name": "CallerIdForbidden",
    "description": "You may not show this caller id.",
    "causes": [
      "The token's grants leave the caller id out."
    ],
    "solutions": [
      "Leave the caller id out, or mint a token that includes it."
    ]
  },
  "limit-reached": {
    "number": 40007,
    "name": "CallLimitReached",
    "description": "There are too many calls at this time.",
    "causes": [
      "The session, the user, the trunk or the gateway is at its limit."
    ],
    "solutions": [
      "End another call first.",
      "Raise the limit."
    ]
  },
  "no-route": {
    "number": 40008,
    "name": "NoRoute",
    "description": "No route leads to this number.",
    "causes": [
      "No rule of the gateway's routes matches it."
    ],
    "solutions": [
      "Add a route whose pattern matches the number."
    ]
  },
  "user-unavailable": {
    "number": 40009,
    "name": "UserUnavailable",
    "description": "The user has no phone connected.",
    "causes": [
      "The page is closed, or offline."
    ],
    "solutions": [
      "Open the phone page and try again."
    ]
  },
  "user-unknown": {
    "number": 40010,
    "name": "UserUnknown",
    "description": "There is no such user.",
    "causes": [
      "The name is misspelt, or not configured."
    ],
    "solutions": [
      "Add the user to the gateway's configuration."
    ]
  },
  "leg-not-found": {
    "number": 40011,
    "name": "LegNotFound",
    "description": "The call has no such leg.",
    "causes": [
      "Its id is misspelt, or of another call."
    ],
    "solutions": [
      "Take a leg's id from the call."
    ]
  },
  "busy": {
    "number": 41000,
    "name": "Busy",
    "description": "The line is busy.",
    "causes": [
      "The callee is in another call."
    ],
    "solutions": [
      "Try again later."
    ]
  },
  "declined": {
    "number": 41001,
    "name": "Declined",
    "description": "The callee declined the call.",
    "causes": [
      "The callee pressed decline.",
      "The callee's phone blocks the caller."
    ],
    "solutions": [
      "Try again later."
    ]
  },
  "no-answer": {
    "number": 41002,
    "name": "NoAnswer",
    "description": "Nobody answered.",
    "causes": [
      "The callee is away."
    ],
    "solutions": [
      "Try again later."
    ]
  },
  "not-found": {
    "number": 41003,
    "name": "NumberNotFound",
    "description": "The number does not exist.",
    "causes": [
      "A digit is wrong.",
      "The number is no longer in service."
    ],
    "solutions": [
      "Check the number."
    ]
  },
  "unavailable": {
    "number": 41004,
    "name": "Unavailable",
    "description": "The callee cannot be reached.",
    "causes": [
      "The phone is switched off or not connected."
    ],
    "solutions": [
      "Try again later."
    ]
  },
  "trunk-unreachable": {
    "number": 41005,
    "name": "TrunkUnreachable",
    "description": "The telephone provider does not answer.",
    "causes": [
      "The trunk's address or port is wrong.",
      "The provider or the network is down."
    ],
    "solutions": [
      "Check the trunk's address in the configuration.",
      "Try again later."
    ]
  },
  "trunk-rejected": {
    "number": 41006,
    "name": "TrunkRejected",
    "description": "The telephone provider refused the call.",
    "causes": [
      "User name or password of the trunk are wrong.",
      "The account has no credit."
    ],
    "solutions": [
      "Look at sip_code and sip_reason.",
      "Check the trunk's credentials."
    ]
  },
  "session-lost": {
    "number": 41007,
    "name": "SessionLost",
    "description": "The browser went away.",
    "causes": [
      "The page was closed.",
      "The network was lost."
    ],
    "solutions": [
      "Call again."
    ]
  },
  "gateway-error": {
    "number": 50000,
    "name": "GatewayError",
    "description": "The gateway made a mistake.",
    "causes": [
      "A fault in the gateway."
    ],
    "solutions": [
      "Report it with the request's or call's id."
    ]
  },
  "gateway-restart": {
    "number": 50001,
    "name": "GatewayRestart",
    "description": "The gateway was restarted.",
    "causes": [
      "It was updated, or stopped."
    ],
    "solutions": [
      "Call again."
    ]
  },
  "gateway-overloaded": {
    "number": 50002,
    "name": "GatewayOverloaded",
    "description": "The gateway is overloaded.",
    "causes": [
      "More work arrives than it can do."
    ],
    "solutions": [
      "Try again as Retry-After says."
    ]
  },
  "connection-failed": {
    "number": 53000,
    "name": "ConnectionFailed",
    "description": "The gateway cannot be reached.",
    "causes": [
      "The network is down.",
      "The gateway is stopped, or its address is wrong."
    ],
    "solutions": [
      "Check the network.",
      "Check the url given to Client."
    ]
  },
  "connection-lost": {
    "number": 53001,
    "name": "ConnectionLost",
    "description": "The connection to the gateway was lost.",
    "causes": [
      "The network changed or broke."
    ],
    "solutions": [
      "The client reconnects by itself."
    ]
  },
  "request-timeout": {
    "number": 53002,
    "name": "RequestTimeout",
    "description": "The gateway did not answer in time.",
    "causes": [
      "The network is slow or broken."
    ],
    "solutions": [
      "Try again."
    ]
  },
  "protocol-violation": {
    "number": 53003,
    "name": "ProtocolViolation",
    "description": "Client and gateway do not understand each other.",
    "causes": [
      "Their versions are far apart."
    ],
    "solutions": [
      "Update the client."
    ]
  },
  "session-replaced": {
    "number": 53004,
    "name": "SessionReplaced",
    "description": "Another page took over this session.",
    "causes": [
      "The same user opened the phone elsewhere, exclusively."
    ],
    "solutions": [
      "Use the other page, or connect again here."
    ]
  }
} as const;

/** The error that explains a cause of a call's end. */
export const CAUSE_ERRORS = {
  "busy": "busy",
  "declined": "declined",
  "forbidden": "destination-forbidden",
  "gateway-error": "gateway-error",
  "gateway-restart": "gateway-restart",
  "invalid-number": "invalid-number",
  "limit-reached": "limit-reached",
  "media-failed": "media-failed",
  "media-timeout": "media-timeout",
  "no-answer": "no-answer",
  "no-common-codec": "no-common-codec",
  "no-route": "no-route",
  "not-found": "not-found",
  "ring-timeout": "no-answer",
  "session-lost": "session-lost",
  "trunk-rejected": "trunk-rejected",
  "trunk-unreachable": "trunk-unreachable",
  "unavailable": "unavailable"
} as const;
