create table users (
  id text primary key,
  email text not null check (email = lower(email)),
  name text not null,
  phone text check (phone ~ '^\+[1-9][0-9]{1,14}$'),
  time_zone text not null,
  tier text not null default 'free' check (tier in ('free', 'pro')),
  preferences jsonb not null default '{}',
  sms_stopped_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create unique index users_email_key on users (email);
create unique index users_phone_key on users (phone);

create table accounts (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  provider text not null,
  external_id text not null,
  email text,
  scopes text[] not null default '{}',
  status text not null default 'connected' check (status in ('connected', 'needs-reconnect', 'revoked')),
  status_changed_at timestamptz(3) not null,
  status_reason text,
  reconnect_asked_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create unique index accounts_provider_external_id_key on accounts (provider, external_id);
create index accounts_user_id_idx on accounts (user_id);

create table oauth_tokens (
  account_id text primary key references accounts (id) on delete cascade,
  sealed_access_token text not null,
  sealed_refresh_token text,
  key_id text not null,
  expires_at timestamptz(3) not null,
  refreshed_at timestamptz(3),
  failure_count integer not null default 0 check (failure_count >= 0),
  last_failure_at timestamptz(3),
  last_failure text,
  retry_at timestamptz(3),
  version integer not null default 1,
  refresh_lease text,
  refresh_lease_until timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  check ((refresh_lease is null) = (refresh_lease_until is null))
);
create index oauth_tokens_expires_at_idx on oauth_tokens (expires_at);
create index oauth_tokens_key_id_idx on oauth_tokens (key_id, account_id);

create table oauth_states (
  state_hash text primary key,
  user_id text references users (id) on delete cascade,
  provider text not null,
  sealed_code_verifier text not null,
  redirect_uri text not null,
  scopes text[] not null default '{}',
  return_to text,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null
);
create index oauth_states_expires_at_idx on oauth_states (expires_at);
