-- What health warns of before anything breaks: the token and its owner, refusals in a row, how long a silence is usual.

alter table connections
  -- Who made the token, as the vendor names users; null where it does not tell, or has not been asked.
  add column token_owner_vendor_id text,
  add column token_owner_login text,
  -- When the vendor last answered the stored token; null: not since it was stored.
  add column token_used_at timestamptz,
  -- When a request was last made for nothing but to keep the token alive, and which refusal it met.
  add column keep_alive_at timestamptz,
  add column keep_alive_error text,
  -- Syncs in a row that ended with the same error, which the customer's admin has to mend; which one, and since when.
  add column refusals integer not null default 0,
  add column refusal_code text,
  add column refused_since timestamptz,
  -- Since when it is synced on schedule; null: since it was created.
  add column active_since timestamptz;

-- Tokens that are stored already were last used when something was last read with them.
update connections c set token_used_at = (
  select max(s.ended_at) from sync_jobs j join sync_steps s on s.job_id = j.id
   where j.connection_id = c.id and j.trigger <> 'command_line' and s.rows_read > 0)
 where exists (select from connection_credentials k where k.connection_id = c.id);

alter table sync_jobs
  -- The last error that told something about the connection, while another try runs and once that was stopped by us.
  add column last_error_code text,
  add column last_error_message text,
  add column last_error_at timestamptz;
