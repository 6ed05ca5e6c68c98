-- What of an org is read and kept: a setting of the connection, and what its last full sync was for.

alter table connections
  -- groups, emailDomains, skipAppGroups, membersOnly; null: everything
  add column scope jsonb,
  -- that of the full sync at full_sync_at; null: everything
  add column full_sync_scope jsonb;

alter table invite_tokens
  -- put on the connection that is made
  add column scope jsonb;
