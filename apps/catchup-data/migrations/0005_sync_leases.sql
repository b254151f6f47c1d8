create table sync_leases (
  account_id text not null references accounts (id) on delete cascade,
  resource text not null,
  holder text not null,
  expires_at timestamptz(3) not null,
  primary key (account_id, resource)
);
