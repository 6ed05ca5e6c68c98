-- What the dashboard needs: whoever is signed in, and what syncs have asked of Okta over time.

-- A browser that showed an API key once. Of its cookie only a digest is kept: it has 256 random bits.
create table sessions (
  id          uuid primary key,
  digest      bytea not null unique,
  api_key_id  uuid not null references api_keys on delete cascade,
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null
);
create index on sessions (expires_at);

-- Requests to the vendor by minute and rate limit, as heartbeats add them up: seconds of a killed process are missing.
create table request_counts (
  connection_id  uuid not null references connections on delete cascade,
  minute         timestamptz not null,
  bucket         text not null,
  requests       integer not null,
  rate_limited   integer not null,
  -- requests a minute that the vendor grants, and those that Rollcall allows itself; null where it did not say
  granted        double precision,
  allowed        double precision,
  primary key (connection_id, minute, bucket)
);
create index on request_counts (minute);

-- What the overview counts, out of indexes alone: the tables are wide with Okta's JSON.
create index users_overview on users (connection_id, status, id) where not is_deleted;
create index factors_overview on factors (connection_id, user_id, authenticator, factor_type)
  where not is_deleted and is_enrolled;
create index log_events_sign_ins on log_events (connection_id, published_at) include (outcome)
  where event_type = 'user.session.start' and not is_deleted;
