-- The records themselves: a table per entity. Columns are the entity's fields (src/model), then what answers do not
-- show unless asked. Relations name records that may not be read yet, so there are no foreign keys between entities.

create table users (
  id                             uuid not null primary key,
  vendor_id                      text not null,
  username                       text,
  email                          text,
  secondary_email                text,
  first_name                     text,
  last_name                      text,
  display_name                   text not null,
  status                         text not null,
  vendor_status                  text,
  is_enabled                     boolean,
  user_type                      text,
  title                          text,
  department                     text,
  organization                   text,
  division                       text,
  employee_number                text,
  manager                        text,
  manager_id                     text,
  vendor_created_at              timestamptz,
  last_updated_at                timestamptz,
  activated_at                   timestamptz,
  status_changed_at              timestamptz,
  deactivated_at                 timestamptz,
  last_login_at                  timestamptz,
  password_changed_at            timestamptz,
  custom_attributes              jsonb not null,
  is_deleted                     boolean not null,
  -- internal
  connection_id                  uuid not null references connections on delete cascade,
  stream                         text not null,
  raw                            json not null,
  content_hash                   text not null,
  first_seen_at                  timestamptz not null,
  changed_at                     timestamptz not null,
  deleted_at                     timestamptz
);
create index on users (connection_id, id);
create index on users (connection_id, vendor_id collate "C");

create table groups (
  id                             uuid not null primary key,
  vendor_id                      text not null,
  types                          text[] not null,
  name                           text not null,
  description                    text,
  object_classes                 text[] not null,
  source_application_id          uuid,
  source_application_vendor_id   text,
  users_count                    bigint,
  applications_count             bigint,
  group_push_mappings_count      bigint,
  has_admin_privilege            boolean,
  vendor_created_at              timestamptz,
  last_updated_at                timestamptz,
  last_membership_updated_at     timestamptz,
  custom_attributes              jsonb not null,
  is_deleted                     boolean not null,
  -- internal
  connection_id                  uuid not null references connections on delete cascade,
  stream                         text not null,
  raw                            json not null,
  content_hash                   text not null,
  first_seen_at                  timestamptz not null,
  changed_at                     timestamptz not null,
  deleted_at                     timestamptz
);
create index on groups (connection_id, id);
create index on groups (connection_id, vendor_id collate "C");

create table group_memberships (
  id                             uuid not null primary key,
  vendor_id                      text not null,
  group_id                       uuid not null,
  group_vendor_id                text not null,
  user_id                        uuid not null,
  user_vendor_id                 text not null,
  user_status                    text not null,
  user_vendor_status             text,
  is_deleted                     boolean not null,
  -- internal
  connection_id                  uuid not null references connections on delete cascade,
  stream                         text not null,
  raw                            json not null,
  content_hash                   text not null,
  first_seen_at                  timestamptz not null,
  changed_at                     timestamptz not null,
  deleted_at                     timestamptz
);
create index on group_memberships (connection_id, id);
create index on group_memberships (group_id);
create index on group_memberships (user_id);

create table applications (
  id                             uuid not null primary key,
  vendor_id                      text not null,
  labels                         text[] not null,
  name                           text not null,
  label                          text,
  version                        text,
  status                         text not null,
  vendor_status                  text,
  sign_on_mode                   text,
  features                       text[] not null,
  is_hidden                      boolean,
  is_self_service                boolean,
  access_policy_id               uuid,
  access_policy_vendor_id        text,
  profile_enrollment_policy_id   uuid,
  profile_enrollment_policy_vendor_id text,
  vendor_created_at              timestamptz,
  last_updated_at                timestamptz,
  is_deleted                     boolean not null,
  -- internal
  connection_id                  uuid not null references connections on delete cascade,
  stream                         text not null,
  raw                            json not null,
  content_hash                   text not null,
  first_seen_at                  timestamptz not null,
  changed_at                     timestamptz not null,
  deleted_at                     timestamptz
);
create index on applications (connection_id, id);
create index on applications (connection_id, vendor_id collate "C");

create table application_assignments (
  id                             uuid not null primary key,
  vendor_id                      text not null,
  application_id                 uuid not null,
  application_vendor_id          text not null,
  principal_type                 text not null,
  principal_id                   uuid not null,
  principal_vendor_id            text not null,
  via                            text,
  via_group_id                   uuid,
  via_group_vendor_id            text,
  status                         text,
  vendor_status                  text,
  username                       text,
  external_id                    text,
  sync_state                     text,
  priority                       bigint,
  profile                        jsonb,
  vendor_created_at              timestamptz,
  last_updated_at                timestamptz,
  status_changed_at              timestamptz,
  password_changed_at            timestamptz,
  last_synced_at                 timestamptz,
  is_deleted                     boolean not null,
  -- internal
  connection_id                  uuid not null references connections on delete cascade,
  stream                         text not null,
  raw                            json not null,
  content_hash                   text not null,
  first_seen_at                  timestamptz not null,
  changed_at                     timestamptz not null,
  deleted_at                     timestamptz
);
create index on application_assignments (connection_id, id);
create index on application_assignments (application_id);
create index on application_assignments (principal_id);

create table factors (
  id                             uuid not null primary key,
  vendor_id                      text not null,
  user_id                        uuid not null,
  user_vendor_id                 text not null,
  factor_type                    text,
  provider                       text,
  vendor_name                    text,
  authenticator                  text not null,
  status                         text not null,
  vendor_status                  text,
  is_enrolled                    boolean,
  device_name                    text,
  platform                       text,
  vendor_created_at              timestamptz,
  last_updated_at                timestamptz,
  is_deleted                     boolean not null,
  -- internal
  connection_id                  uuid not null references connections on delete cascade,
  stream                         text not null,
  raw                            json not null,
  content_hash                   text not null,
  first_seen_at                  timestamptz not null,
  changed_at                     timestamptz not null,
  deleted_at                     timestamptz
);
create index on factors (connection_id, id);
create index on factors (user_id);

create table role_assignments (
  id                             uuid not null primary key,
  vendor_id                      text not null,
  principal_type                 text not null,
  principal_id                   uuid not null,
  principal_vendor_id            text not null,
  role_type                      text not null,
  vendor_role_type               text,
  label                          text,
  assignment_vendor_id           text not null,
  role_vendor_id                 text,
  resource_set_vendor_id         text,
  via                            text,
  via_group_id                   uuid,
  via_group_vendor_id            text,
  targets                        jsonb,
  status                         text not null,
  vendor_status                  text,
  vendor_created_at              timestamptz,
  last_updated_at                timestamptz,
  is_deleted                     boolean not null,
  -- internal
  connection_id                  uuid not null references connections on delete cascade,
  stream                         text not null,
  raw                            json not null,
  content_hash                   text not null,
  first_seen_at                  timestamptz not null,
  changed_at                     timestamptz not null,
  deleted_at                     timestamptz
);
create index on role_assignments (connection_id, id);
create index on role_assignments (principal_id);

create table policies (
  id                             uuid not null primary key,
  vendor_id                      text not null,
  type                           text not null,
  name                           text not null,
  description                    text,
  status                         text not null,
  vendor_status                  text,
  priority                       bigint,
  is_system                      boolean,
  resource_type                  text,
  is_mappable                    boolean not null,
  conditions                     jsonb,
  settings                       jsonb,
  vendor_created_at              timestamptz,
  last_updated_at                timestamptz,
  is_deleted                     boolean not null,
  -- internal
  connection_id                  uuid not null references connections on delete cascade,
  stream                         text not null,
  raw                            json not null,
  content_hash                   text not null,
  first_seen_at                  timestamptz not null,
  changed_at                     timestamptz not null,
  deleted_at                     timestamptz
);
create index on policies (connection_id, id);
create index on policies (connection_id, vendor_id collate "C");

create table policy_rules (
  id                             uuid not null primary key,
  vendor_id                      text not null,
  policy_id                      uuid not null,
  policy_vendor_id               text not null,
  type                           text,
  name                           text not null,
  status                         text not null,
  vendor_status                  text,
  position                       bigint,
  priority                       bigint,
  is_system                      boolean,
  conditions                     jsonb,
  actions                        jsonb,
  vendor_created_at              timestamptz,
  last_updated_at                timestamptz,
  is_deleted                     boolean not null,
  -- internal
  connection_id                  uuid not null references connections on delete cascade,
  stream                         text not null,
  raw                            json not null,
  content_hash                   text not null,
  first_seen_at                  timestamptz not null,
  changed_at                     timestamptz not null,
  deleted_at                     timestamptz
);
create index on policy_rules (connection_id, id);
create index on policy_rules (policy_id);

create table policy_mappings (
  id                             uuid not null primary key,
  vendor_id                      text not null,
  policy_id                      uuid not null,
  policy_vendor_id               text not null,
  mapping_vendor_id              text,
  application_id                 uuid,
  application_vendor_id          text,
  authenticator_vendor_id        text,
  is_deleted                     boolean not null,
  -- internal
  connection_id                  uuid not null references connections on delete cascade,
  stream                         text not null,
  raw                            json not null,
  content_hash                   text not null,
  first_seen_at                  timestamptz not null,
  changed_at                     timestamptz not null,
  deleted_at                     timestamptz
);
create index on policy_mappings (connection_id, id);
create index on policy_mappings (policy_id);
create index on policy_mappings (application_id);

create table log_events (
  id                             uuid not null primary key,
  vendor_id                      text not null,
  published_at                   timestamptz,
  event_type                     text,
  severity                       text,
  display_message                text,
  outcome                        text,
  outcome_reason                 text,
  actor_vendor_id                text,
  actor_user_id                  uuid,
  actor_type                     text,
  actor_name                     text,
  actor_alternate_id             text,
  client_ip                      text,
  client_user_agent              text,
  client_device                  text,
  client_zone                    text,
  client_country                 text,
  client_city                    text,
  targets                        jsonb,
  session_id                     text,
  transaction_id                 text,
  transaction_type               text,
  api_token_id                   text,
  is_deleted                     boolean not null,
  -- internal
  connection_id                  uuid not null references connections on delete cascade,
  stream                         text not null,
  raw                            json not null,
  content_hash                   text not null,
  first_seen_at                  timestamptz not null,
  changed_at                     timestamptz not null,
  deleted_at                     timestamptz
);
create index on log_events (connection_id, id);
create index on log_events (connection_id, published_at);
