-- Rounds come within minutes, and how often everything is read again is for each connection to say.

alter table connections
  alter column refresh_interval_secs set default 300,
  add constraint connections_full_interval_secs_most check (full_interval_secs <= 2592000),
  -- days within which what nothing tells about (factors, memberships of groups that have not moved) is read again
  add column reread_days integer not null default 7 check (reread_days between 1 and 90);

-- Whoever has set an interval keeps it.
update connections
   set refresh_interval_secs = 300, next_sync_at = least(next_sync_at, now() + interval '300 seconds')
 where refresh_interval_secs = 14400;
