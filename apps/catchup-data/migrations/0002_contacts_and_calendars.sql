create table contacts (
  id text primary key,
  user_id text not null references users (id) on delete cascade,
  display_name text not null,
  given_name text,
  family_name text,
  nickname text,
  organization text,
  job_title text,
  birthday text,
  photo_url text,
  notes text,
  starred boolean not null default false,
  last_contacted_at timestamptz(3),
  closeness double precision check (closeness between 0 and 1),
  muted boolean not null default false,
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create index contacts_user_id_idx on contacts (user_id, id);

create table contact_sources (
  account_id text not null references accounts (id) on delete cascade,
  resource_name text not null,
  contact_id text not null references contacts (id) on delete cascade,
  etag text,
  fields jsonb not null,
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  primary key (account_id, resource_name)
);
create index contact_sources_contact_id_idx on contact_sources (contact_id);

create table contact_emails (
  contact_id text not null references contacts (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  label text,
  position integer not null,
  email text not null,
  primary key (contact_id, email)
);
create index contact_emails_user_id_email_idx on contact_emails (user_id, email);

create table contact_phones (
  contact_id text not null references contacts (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  label text,
  position integer not null,
  phone text not null,
  primary key (contact_id, phone)
);
create index contact_phones_user_id_phone_idx on contact_phones (user_id, phone);

create table calendars (
  id text primary key,
  account_id text not null references accounts (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  external_id text not null,
  summary text not null,
  time_zone text not null,
  access_role text not null,
  is_primary boolean not null default false,
  selected boolean not null default true,
  etag text,
  deleted_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null
);
create unique index calendars_account_id_external_id_key on calendars (account_id, external_id);
create index calendars_user_id_idx on calendars (user_id);

create table events (
  id text primary key,
  calendar_id text not null references calendars (id) on delete cascade,
  user_id text not null references users (id) on delete cascade,
  external_id text not null,
  i_cal_uid text,
  recurring_event_external_id text,
  original_start_at timestamptz(3),
  original_start_date date,
  status text not null check (status in ('confirmed', 'tentative', 'cancelled')),
  summary text,
  start_at timestamptz(3),
  start_date date,
  end_at timestamptz(3),
  end_date date,
  time_zone text,
  recurrence text[] not null default '{}',
  transparency text not null default 'opaque' check (transparency in ('opaque', 'transparent')),
  event_type text not null default 'default',
  attendees jsonb not null default '[]',
  organizer_email text,
  sequence integer not null default 0,
  etag text,
  provider_updated_at timestamptz(3),
  created_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  check (num_nonnulls(original_start_at, original_start_date) <= 1),
  check (num_nonnulls(start_at, start_date) <= 1),
  check ((start_at is null) = (end_at is null) and (start_date is null) = (end_date is null)),
  check (status = 'cancelled' or num_nonnulls(start_at, start_date) = 1)
);
create unique index events_calendar_id_external_id_key on events (calendar_id, external_id);
create index events_user_id_start_at_idx on events (user_id, start_at);
create index events_series_idx on events (calendar_id, recurring_event_external_id);
