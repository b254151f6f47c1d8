create table suggestions (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  contact_id text not null references contacts (id) on delete cascade,
  dedupe_key text not null,
  score double precision not null check (score > '-Infinity' and score < 'Infinity'),
  reasons jsonb not null,
  slot_start_at timestamptz(3) not null,
  slot_end_at timestamptz(3) not null,
  status text not null default 'pending' check (status in ('pending', 'accepted', 'dismissed', 'expired')),
  decided_at timestamptz(3),
  expires_at timestamptz(3) not null,
  reminder_count integer not null default 0,
  last_reminded_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  check (slot_start_at < slot_end_at)
);
create unique index suggestions_user_id_dedupe_key_key on suggestions (user_id, dedupe_key);
create index suggestions_user_id_status_idx on suggestions (user_id, status);
create index suggestions_contact_id_idx on suggestions (contact_id);

create table notification_batches (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  state text not null check (state in ('claimed', 'sending', 'sent', 'failed', 'released')),
  lease_until timestamptz(3),
  recipient text,
  body text,
  provider_message_id text,
  failure text,
  sent_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create unique index notification_batches_provider_message_id_key on notification_batches (provider_message_id);
create index notification_batches_state_idx on notification_batches (state, lease_until);
create unique index notification_batches_open_key on notification_batches (user_id)
  where state in ('claimed', 'sending');
create index notification_batches_user_id_idx on notification_batches (user_id);

create table notifications (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  kind text not null,
  dedupe_key text not null,
  payload jsonb not null,
  status text not null default 'pending'
    check (status in ('pending', 'claimed', 'sent', 'failed', 'cancelled')),
  batch_id text references notification_batches (id) on delete set null,
  due_at timestamptz(3) not null,
  attempts integer not null default 0,
  sent_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create unique index notifications_user_id_dedupe_key_key on notifications (user_id, dedupe_key);
create index notifications_status_due_at_idx on notifications (status, due_at);
create index notifications_batch_id_idx on notifications (batch_id);
