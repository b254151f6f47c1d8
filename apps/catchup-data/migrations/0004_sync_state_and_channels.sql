create table sync_state (
  account_id text not null references accounts (id) on delete cascade,
  resource text not null,
  sync_token text,
  last_full_at timestamptz(3),
  last_incremental_at timestamptz(3),
  interval_seconds integer check (interval_seconds > 0),
  change_history jsonb not null default '[]',
  failure_count integer not null default 0 check (failure_count >= 0),
  last_failure_at timestamptz(3),
  last_failure text,
  next_sync_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (account_id, resource)
);
create index sync_state_next_sync_at_idx on sync_state (next_sync_at);

create table push_channels (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  calendar_id text references calendars (id) on delete cascade,
  resource text not null,
  resource_id text,
  token_hash text not null,
  expires_at timestamptz(3) not null,
  last_message_number bigint not null default 0 check (last_message_number between 0 and 9007199254740991),
  last_notified_at timestamptz(3),
  status text not null check (status in ('pending', 'active', 'silent', 'stopped', 'expired')),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create index push_channels_account_id_resource_idx on push_channels (account_id, resource);
create index push_channels_calendar_id_idx on push_channels (calendar_id);
create index push_channels_status_expires_at_idx on push_channels (status, expires_at);
