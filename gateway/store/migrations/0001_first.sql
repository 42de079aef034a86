-- Times are milliseconds since 1970, UTC. What the gateway alone reads is JSON text in `body`.

CREATE TABLE events (
    cursor BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id UUID NOT NULL UNIQUE,
    at_ms BIGINT NOT NULL,
    topic TEXT NOT NULL,
    call UUID,
    body TEXT NOT NULL
);
CREATE INDEX events_of_call ON events (call, cursor) WHERE call IS NOT NULL;
CREATE INDEX events_at ON events (at_ms);

CREATE TABLE nodes (
    node TEXT PRIMARY KEY,
    alive_ms BIGINT NOT NULL
);

CREATE TABLE live_calls (
    node TEXT NOT NULL,
    call UUID NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (node, call)
);

CREATE TABLE cdrs (
    cursor BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call UUID NOT NULL UNIQUE,
    began_ms BIGINT NOT NULL,
    "user" TEXT NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX cdrs_of_user ON cdrs ("user", cursor);
CREATE INDEX cdrs_from ON cdrs ("from", cursor);
CREATE INDEX cdrs_to ON cdrs ("to", cursor);
CREATE INDEX cdrs_began ON cdrs (began_ms);

CREATE TABLE objects (
    kind TEXT NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    updated_ms BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);

CREATE TABLE deliveries (
    id UUID PRIMARY KEY,
    webhook TEXT NOT NULL,
    event BIGINT NOT NULL,
    state SMALLINT NOT NULL,
    attempts INTEGER NOT NULL,
    due_ms BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    last_at_ms BIGINT,
    last_status INTEGER,
    last_detail TEXT
);
CREATE INDEX deliveries_of_webhook ON deliveries (webhook, id);
CREATE INDEX deliveries_due ON deliveries (webhook, due_ms) WHERE state = 0;
CREATE INDEX deliveries_created ON deliveries (created_ms);

CREATE TABLE audits (
    cursor BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    who TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL
);
