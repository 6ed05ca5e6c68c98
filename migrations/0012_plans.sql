-- What a job is expected to take, and what it has taken, by the vendor's rate limits.

alter table sync_jobs
  -- requests and seconds per rate limit, requests per stream; null: nothing was known to plan by
  add column plan jsonb;

alter table sync_steps
  -- requests by rate limit; they add up to `requests`
  add column buckets jsonb not null default '{}';
