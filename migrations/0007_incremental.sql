-- Staying current between full syncs: what is to be read again, how far changes have been listed, when what was read.

alter table sync_jobs
  drop constraint sync_jobs_mode_check,
  -- incremental: what the log and the marks say has changed since the last sync
  add constraint sync_jobs_mode_check check (mode in ('full', 'incremental'));

alter table connections
  -- when a full sync last ended that incremental ones may build on, and when the schedule wants the next
  add column full_sync_at timestamptz,
  add column next_full_at timestamptz,
  add column full_interval_secs integer not null default 86400 check (full_interval_secs >= 60),
  -- when the System Log last answered, with events or without, and when it last had any
  add column log_polled_at timestamptz,
  add column log_event_at timestamptz;

-- What is to be read again, written with what says so, and deleted with what was read.
create table refetch_queue (
  connection_id     uuid not null references connections on delete cascade,
  kind              text not null check (kind in ('record', 'children', 'stream')),
  stream            text not null,
  -- the record's vendor id, or the parent's key; empty for a whole stream
  key               text not null,
  -- the listing that makes it needless where it is read anyway; empty: none
  shown_by_stream   text not null default '',
  shown_by_key      text not null default '',
  -- needless where the parent has so many live rows; null: never
  unless_rows       bigint,
  -- grows whenever it is named again, so that whoever was reading it meanwhile leaves it
  seq               bigint generated always as identity,
  -- rounds that have tried and failed
  attempts          integer not null default 0,
  requested_at      timestamptz not null,
  primary key (connection_id, kind, stream, key, shown_by_stream, shown_by_key)
);
create index on refetch_queue (connection_id, shown_by_stream, shown_by_key) where shown_by_stream <> '';

-- The latest time of change seen in a stream that can be asked for what changed since.
create table stream_marks (
  connection_id  uuid not null references connections on delete cascade,
  stream         text not null,
  mark           timestamptz not null,
  primary key (connection_id, stream)
);

-- When the listing of a parent was last read to its end.
create table parent_reads (
  connection_id  uuid not null references connections on delete cascade,
  stream         text not null,
  parent_id      uuid not null,
  read_at        timestamptz not null,
  primary key (connection_id, stream, parent_id)
);
create index on parent_reads (connection_id, stream, read_at);
