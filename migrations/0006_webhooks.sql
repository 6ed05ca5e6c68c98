-- Webhooks: who is told, how far each of them is, what is on its way, and events that are no changes of a record.

create table webhook_endpoints (
  id               uuid primary key,
  organization_id  uuid not null references organizations on delete cascade,
  url              text not null,
  description      text,
  -- empty: all
  event_types      text[] not null default '{}',
  state            text not null default 'active' check (state in ('active', 'disabled')),
  -- gone: it answered 410 Gone; request: somebody said so
  disabled_reason  text check (disabled_reason in ('gone', 'request')),
  -- where the feeds are read from for a connection that has no position yet: the present, when it was made
  starts_at_tx     xid8 not null default pg_snapshot_xmin(pg_current_snapshot()),
  -- attempts that failed since the last one that did not
  failures         integer not null default 0,
  -- it asked for a pause until then (Retry-After)
  resume_at        timestamptz,
  -- whose turn was longest ago comes first
  claimed_at       timestamptz,
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now()
);
create index on webhook_endpoints (organization_id, created_at, id);

-- Apart from the endpoint, so that nothing that reads endpoints can show them. Two while one replaces the other.
create table webhook_secrets (
  id           uuid primary key,
  endpoint_id  uuid not null references webhook_endpoints on delete cascade,
  sealed       text not null,
  -- which encryption key opens it
  key_id       text not null,
  created_at   timestamptz not null default now(),
  -- null: the one that is not being replaced
  expires_at   timestamptz
);
create index on webhook_secrets (endpoint_id);

-- Events that are no changes of a record, written in the transaction that brings them about.
create table outbox (
  tx             xid8 not null default pg_current_xact_id(),
  seq            bigint generated always as identity,
  connection_id  uuid not null references connections on delete cascade,
  type           text not null,
  data           jsonb not null,
  created_at     timestamptz not null default now(),
  primary key (connection_id, tx, seq)
);
create index on outbox (created_at);

-- How far an endpoint has come in what happens to a connection: each has its own place, so that a slow one holds up nobody.
create table webhook_positions (
  endpoint_id    uuid not null references webhook_endpoints on delete cascade,
  connection_id  uuid not null references connections on delete cascade,
  feed           text not null check (feed in ('changes', 'outbox')),
  tx             xid8 not null,
  seq            bigint not null,
  primary key (endpoint_id, connection_id, feed)
);
create index on webhook_positions (connection_id);

-- What is on its way to an endpoint, or was: made in small batches as the endpoint keeps up.
create table webhook_messages (
  id                uuid primary key,
  seq               bigint generated always as identity,
  endpoint_id       uuid not null references webhook_endpoints on delete cascade,
  connection_id     uuid not null references connections on delete cascade,
  type              text not null,
  -- the record, or the connection: of two with the same, the later waits for the earlier
  subject_id        uuid not null,
  -- where it stands in `changes`; null for an event that is none
  change_tx         xid8,
  change_seq        bigint,
  -- the very text that is signed and sent; gone once it was delivered
  payload           text,
  state             text not null default 'pending' check (state in ('pending', 'delivered', 'parked')),
  attempts          integer not null default 0,
  created_at        timestamptz not null default now(),
  first_attempt_at  timestamptz,
  last_attempt_at   timestamptz,
  next_attempt_at   timestamptz not null default now(),
  -- who is sending it, until when at most
  lease_owner       text,
  lease_until       timestamptz,
  last_status       integer,
  last_error        text,
  delivered_at      timestamptz,
  parked_at         timestamptz
);
create index on webhook_messages (endpoint_id, seq);
create index on webhook_messages (connection_id);
create index webhook_messages_due on webhook_messages (endpoint_id, next_attempt_at, seq) where state = 'pending';
create index webhook_messages_subject on webhook_messages (endpoint_id, subject_id, seq) where state = 'pending';
create index webhook_messages_leased on webhook_messages (endpoint_id, lease_until)
  where state = 'pending' and lease_until is not null;
create index webhook_messages_parked on webhook_messages (endpoint_id, parked_at) where state = 'parked';
create index webhook_messages_delivered on webhook_messages (delivered_at) where state = 'delivered';

-- The health that was last told to webhooks; null before a sync has shown anything.
alter table connections add column told_health text;
