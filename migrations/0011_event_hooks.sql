-- Event hooks: a vendor posts its log events to us as they happen, so that changes are read within seconds.

create table event_hooks (
  id                uuid primary key,
  connection_id     uuid not null unique references connections on delete cascade,
  -- SHA-256 of the secret, and of the one that it replaces while both are taken
  secret_digest     bytea not null,
  previous_digest   bytea,
  previous_until    timestamptz,
  rotated_at        timestamptz,
  -- what the vendor was to be subscribed to when it was set up
  event_types       text[] not null,
  verified_at       timestamptz,
  last_delivery_at  timestamptz,
  -- deliveries that showed the secret, the events in them, those that could not be read, those dropped while not synced
  deliveries        bigint not null default 0,
  events            bigint not null default 0,
  odd               bigint not null default 0,
  dropped           bigint not null default 0,
  -- requests with a wrong secret, one a second at most
  rejected          bigint not null default 0,
  last_rejected_at  timestamptz,
  -- since when a round is wanted that has not been queued, and when one was last queued
  wanted_at         timestamptz,
  round_at          timestamptz,
  -- targets that it has named, less what time has made good, when that was last counted
  targets_named     double precision not null default 0,
  counted_at        timestamptz not null default now(),
  created_at        timestamptz not null default now()
);
create index on event_hooks (wanted_at) where wanted_at is not null;

-- What hooks have told and no round has looked at yet: which event it was, and what it says has to be read again.
create table event_hook_events (
  connection_id  uuid not null references connections on delete cascade,
  event_id       text not null,
  targets        jsonb not null,
  received_at    timestamptz not null default now(),
  primary key (connection_id, event_id)
);
create index on event_hook_events (received_at);
