-- The feed of changes, the history of a record, and what was there at a time.

alter table changes
  -- The transaction that wrote it: what the feed is ordered by, before seq (docs/adr/0015-the-feed-of-changes.md).
  -- Rows of before get the transaction of this migration: they are shown once it has ended, in the order of seq.
  add column tx xid8 not null default pg_current_xact_id(),
  -- Values of the changed fields before an update; null where nothing was before, or where it was not kept yet.
  add column before jsonb;
drop index changes_connection_id_seq_idx, changes_record_id_seq_idx;
create index on changes (connection_id, tx, seq);
create index on changes (record_id, tx, seq);
create index on changes (connection_id, changed_at);

alter table connections
  -- The time of the latest change that was thrown away; null: all are kept. After it everything can be told.
  add column changes_since timestamptz,
  -- The last place in the feed that was thrown away: whoever had not come so far has missed something.
  add column changes_gone_tx xid8,
  add column changes_gone_seq bigint;
