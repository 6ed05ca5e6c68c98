-- What the API serves: environments with their keys, organizations with their connections, sealed credentials, invite
-- tokens, the queue of sync jobs, the audit log; and the indexes that its listings need.

-- A key sees the organizations of its own environment, and no others.
create table environments (
  id          uuid primary key,
  name        text not null unique,
  created_at  timestamptz not null default now()
);
insert into environments (id, name) values ('00000000-0000-4000-8000-00000000000e', 'default');

create table organizations (
  id              uuid primary key,
  environment_id  uuid not null references environments,
  name            text,
  identifier      text,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  deleted_at      timestamptz
);
create index on organizations (environment_id, id);
-- Whose connections of `rollcall sync` are.
insert into organizations (id, environment_id, name, identifier)
values ('00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-00000000000e', 'Command line', 'command-line');

-- Of a key only a digest is kept: it has 256 random bits, so that no salt and no slow hash is needed.
create table api_keys (
  id              uuid primary key,
  environment_id  uuid not null references environments,
  name            text not null,
  -- the beginning of the key, to tell keys apart
  prefix          text not null,
  digest          bytea not null unique,
  access          text not null check (access in ('read_only', 'full')),
  created_at      timestamptz not null default now(),
  last_used_at    timestamptz,
  revoked_at      timestamptz
);
create index on api_keys (environment_id);

-- Two organizations may connect the same org, and an org is known only once it has been asked.
alter table connections
  drop constraint connections_vendor_org_id_key,
  alter column org_id drop not null,
  add column organization_id uuid not null default '00000000-0000-4000-8000-000000000001' references organizations,
  add column identifier text,
  add column options jsonb,
  -- PENDING: has no credentials to sync by itself, as those of the command line
  add column state text not null default 'PENDING' check (state in ('PENDING', 'ACTIVE', 'PAUSED', 'DELETED')),
  add column refresh_interval_secs integer not null default 14400 check (refresh_interval_secs >= 60),
  -- silence after which a sync is taken to hang
  add column timeout_secs integer not null default 600 check (timeout_secs >= 60),
  add column next_sync_at timestamptz,
  add column deleted_at timestamptz;
create index on connections (organization_id, id);
create index on connections (vendor, org_id);
create index on connections (next_sync_at) where state = 'ACTIVE';

-- Apart from the connection, so that nothing that reads connections can show them.
create table connection_credentials (
  connection_id  uuid primary key references connections on delete cascade,
  sealed         text not null,
  -- which encryption key opens it
  key_id         text not null,
  updated_at     timestamptz not null default now()
);

create table invite_tokens (
  id               uuid primary key,
  organization_id  uuid not null references organizations on delete cascade,
  -- null: makes a connection; else: brings its credentials up to date
  connection_id    uuid references connections on delete cascade,
  vendor           text not null,
  identifier       text,
  options          jsonb,
  created_at       timestamptz not null default now(),
  expires_at       timestamptz not null,
  used_at          timestamptz
);

-- The queue of sync jobs is the jobs themselves. Who works on one holds a lease on its row.
alter table sync_jobs
  drop constraint sync_jobs_state_check,
  -- interrupted: stopped before its end; goes on at `run_after`, or when somebody asks for a sync
  add constraint sync_jobs_state_check check (state in ('queued', 'running', 'interrupted', 'ended')),
  alter column started_at drop not null,
  add column trigger text not null default 'command_line'
    check (trigger in ('command_line', 'connect', 'schedule', 'request')),
  add column created_at timestamptz not null default now(),
  -- when a worker may take it; null: not by itself
  add column run_after timestamptz,
  add column attempts integer not null default 0,
  add column lease_owner text,
  add column lease_until timestamptz,
  add column cancel_requested_at timestamptz,
  -- what a running job knows beyond its steps, as of its last heartbeat
  add column progress jsonb;
create unique index sync_jobs_unfinished on sync_jobs (connection_id) where state <> 'ended';
create index on sync_jobs (run_after) where state <> 'ended';

-- Who created, changed or read what gives access.
create table audit_log (
  id               uuid primary key,
  -- by the wall clock, so that what one transaction did keeps its order
  at               timestamptz not null default clock_timestamp(),
  environment_id   uuid references environments,
  organization_id  uuid,
  actor_type       text not null check (actor_type in ('api_key', 'invite_token', 'command_line')),
  actor_id         text,
  action           text not null,
  object_type      text not null,
  object_id        text,
  request_id       text,
  details          jsonb not null default '{}'
);
create index on audit_log (environment_id, at, id);

-- Relations are walked from either end, page by page.
drop index group_memberships_group_id_idx, group_memberships_user_id_idx;
create index on group_memberships (group_id, user_id);
create index on group_memberships (user_id, group_id);
drop index application_assignments_application_id_idx, application_assignments_principal_id_idx;
create index on application_assignments (application_id, principal_id);
create index on application_assignments (principal_id, application_id);
-- The few groups of an application that has many users.
create index application_assignments_groups on application_assignments (application_id, principal_id)
  where principal_type = 'group';
create index on applications (access_policy_id);
create index on applications (profile_enrollment_policy_id);

-- What changed since a time.
create index on users (connection_id, changed_at);
create index on groups (connection_id, changed_at);
create index on group_memberships (connection_id, changed_at);
create index on applications (connection_id, changed_at);
create index on application_assignments (connection_id, changed_at);
create index on factors (connection_id, changed_at);
create index on role_assignments (connection_id, changed_at);
create index on policies (connection_id, changed_at);
create index on policy_rules (connection_id, changed_at);
create index on policy_mappings (connection_id, changed_at);

-- What people search by.
create index on users (connection_id, lower(email));
create index on users (connection_id, lower(display_name) text_pattern_ops);
create index on groups (connection_id, lower(name) text_pattern_ops);
drop index log_events_connection_id_published_at_idx;
create index on log_events (connection_id, published_at, id);
create index on log_events (connection_id, actor_vendor_id, published_at);
create index on log_events using gin (targets jsonb_path_ops);
