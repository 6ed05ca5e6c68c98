-- Connections, jobs and their steps; what was seen, rejected and changed. Entities follow in 0002.

create table connections (
  id          uuid primary key,
  vendor      text not null,
  origin      text not null,
  org_id      text not null,
  org_name    text,
  engine      text,
  -- where the System Log is read on, and how far back it was first read
  log_cursor  text,
  log_since   timestamptz,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  unique (vendor, org_id)
);

create table sync_jobs (
  id             uuid primary key,
  connection_id  uuid not null references connections on delete cascade,
  mode           text not null check (mode in ('full')),
  -- running: also what a killed process leaves behind; the connection's lock tells the two apart
  state          text not null check (state in ('running', 'interrupted', 'ended')),
  outcome        text check (outcome in ('complete', 'partial', 'failed')),
  error_code     text,
  error_message  text,
  settings       jsonb not null,
  started_at     timestamptz not null,
  ended_at       timestamptz,
  -- seconds worked, over every process that worked on it
  seconds        double precision not null default 0
);
create index on sync_jobs (connection_id, started_at desc);

create table sync_steps (
  job_id         uuid not null references sync_jobs on delete cascade,
  stream         text not null,
  state          text not null check (state in ('waiting', 'running', 'ended')),
  outcome        text check (outcome in ('complete', 'not_permitted', 'not_available', 'partial', 'failed')),
  reason_code    text,
  reason         text,
  -- committed together with the rows that it stands for
  checkpoint     jsonb not null default '{}',
  rows_read      bigint not null default 0,
  created        bigint not null default 0,
  changed        bigint not null default 0,
  deleted        bigint not null default 0,
  held_deletes   bigint not null default 0,
  rejected       bigint not null default 0,
  pages          bigint not null default 0,
  requests       bigint not null default 0,
  rate_limited   bigint not null default 0,
  seconds        double precision not null default 0,
  started_at     timestamptz,
  ended_at       timestamptz,
  primary key (job_id, stream)
);

-- Which records a job's listings have shown: what reconcile compares with. Emptied when the job ends.
create table sync_seen (
  job_id     uuid not null references sync_jobs on delete cascade,
  stream     text not null,
  record_id  uuid not null,
  primary key (job_id, stream, record_id)
);

create table rejected_records (
  id             bigint generated always as identity primary key,
  connection_id  uuid not null references connections on delete cascade,
  job_id         uuid not null,
  stream         text not null,
  parent_key     text not null,
  issues         text not null,
  raw            json not null,
  rejected_at    timestamptz not null
);
create index on rejected_records (connection_id, stream);

-- Every created, updated and deleted record, in the order of commits of one connection.
create table changes (
  seq            bigint generated always as identity primary key,
  connection_id  uuid not null references connections on delete cascade,
  job_id         uuid not null,
  entity         text not null,
  record_id      uuid not null,
  kind           text not null check (kind in ('created', 'updated', 'deleted')),
  fields         text[] not null,
  changed_at     timestamptz not null
);
create index on changes (connection_id, seq);
create index on changes (record_id, seq);
