-- Connections that sign in as an OAuth 2.0 service app.

alter table connection_credentials
  -- The client id of the service app; null where the credentials are an API token. No secret: the key is in `sealed`.
  add column client_id text;
