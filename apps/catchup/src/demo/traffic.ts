/** How the service that a job calls is to behave; the handlers play it from the payload. */
export interface Remote {
  readonly latencyMs: number;
  readonly downForAttempts?: number;
  readonly refuses?: boolean;
}

/** What a queue of the app gets to do, as far as whoever adds jobs needs to know it. */
export interface QueueTraffic {
  readonly name: string;
  /** Names that its jobs carry, in turn; `null` is Bull's job without a name. */
  readonly jobNames: readonly (string | null)[];
  readonly concurrency: number;
  readonly priorities: boolean;
  payload(n: number, nowMs: number, remote: Remote): object;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const PEOPLE = ['Ada', 'Bo', 'Cy', 'Di', 'Eve', 'Finn', 'Gus', 'Hal', 'Ina', 'Jo'];

const user = (n: number) => `user-${n % 97}`;
const person = (n: number) => PEOPLE[n % PEOPLE.length] ?? 'Ada';
const account = (n: number) => `${person(n).toLowerCase()}@example.org`;

/** In the order in which the queues migrate. */
export const traffic: readonly QueueTraffic[] = [
  {
    name: 'webhook-health-check',
    jobNames: ['check-channels'],
    concurrency: 2,
    priorities: false,
    payload: (n, nowMs, remote) => ({
      checkedAtMs: nowMs,
      channels: [1, 2, 3].map((k) => ({
        channelId: `cal-${n}-${k}`,
        userId: user(n + k),
        lastMessageAtMs: nowMs - (n % 9) * k * HOUR_MS,
        usualGapMs: k * HOUR_MS,
      })),
      remote,
    }),
  },
  {
    name: 'notification-reminder',
    jobNames: ['remind', null],
    concurrency: 3,
    priorities: false,
    payload: (n, nowMs, remote) => ({
      userId: user(n),
      nowMs,
      suggestions: [0, 1].map((k) => ({
        suggestionId: `s-${n}-${k}`,
        contactName: person(n + k),
        shownAtMs: nowMs - (3 + k) * DAY_MS,
      })),
      remote,
    }),
  },
  {
    name: 'token-health-reminder',
    jobNames: ['check-token'],
    concurrency: 2,
    priorities: false,
    payload: (n, nowMs, remote) => ({
      userId: user(n),
      account: account(n),
      nowMs,
      uses: [3, 2, 1].map((hoursAgo) => ({
        atMs: nowMs - hoursAgo * HOUR_MS,
        outcome: (n + hoursAgo) % 4 === 0 ? 'ok' : 'unauthorized',
      })),
      remote,
    }),
  },
  {
    name: 'adaptive-sync',
    jobNames: ['adapt', null],
    concurrency: 4,
    priorities: false,
    payload: (n, nowMs, remote) => ({
      userId: user(n),
      changesAtMs: Array.from({ length: 2 + (n % 7) }, (_, k) => nowMs - k * k * 10 * MINUTE_MS),
      intervalMs: HOUR_MS,
      remote,
    }),
  },
  {
    name: 'webhook-renewal',
    jobNames: ['renew'],
    concurrency: 3,
    priorities: false,
    payload: (n, nowMs, remote) => ({
      userId: user(n),
      channelId: `cal-${n}`,
      nowMs,
      expiresAtMs: nowMs + (n % 36) * HOUR_MS,
      remote,
    }),
  },
  {
    name: 'suggestion-regeneration',
    jobNames: ['contacts-changed', 'events-changed'],
    concurrency: 3,
    priorities: false,
    payload: (n, _nowMs, remote) => ({
      userId: user(n),
      suggestions: [0, 1, 2].map((k) => ({
        suggestionId: `s-${n}-${k}`,
        contactId: person(n + k),
        score: ((n + k) % 10) / 10,
      })),
      removedContactIds: [person(n)],
      updatedContactIds: [person(n + 1)],
      metContactIds: [person(n + 2)],
      remote,
    }),
  },
  {
    name: 'batch-notifications',
    jobNames: ['flush', null],
    concurrency: 5,
    priorities: true,
    payload: (n, nowMs, remote) => ({
      userId: user(n),
      notifications: [0, 1, 2].map((k) => ({
        notificationId: `n-${n}-${k}`,
        kind: (['birthday', 'reminder', 'suggestion'] as const)[(n + k) % 3],
        text: `Call ${person(n + k)}`,
        createdAtMs: nowMs - k * HOUR_MS,
      })),
      remote,
    }),
  },
  {
    name: 'suggestion-generation',
    jobNames: ['generate'],
    concurrency: 4,
    priorities: true,
    payload: (n, nowMs, remote) => ({
      userId: user(n),
      nowMs,
      contacts: PEOPLE.map((name, k) => ({
        contactId: name,
        lastContactAtMs: k % 4 === 0 ? null : nowMs - ((n + k) % 30) * DAY_MS,
        wantedEveryMs: (1 + (k % 14)) * DAY_MS,
        closeness: ((n + k) % 10) / 10,
      })),
      remote,
    }),
  },
  {
    name: 'token-refresh',
    jobNames: ['refresh', null],
    concurrency: 5,
    priorities: true,
    payload: (n, nowMs, remote) => ({
      userId: user(n),
      account: account(n),
      nowMs,
      expiresAtMs: nowMs + ((n % 12) - 3) * MINUTE_MS,
      remote,
    }),
  },
  {
    name: 'calendar-sync',
    jobNames: ['incremental', 'full'],
    concurrency: 5,
    priorities: true,
    payload: (n, nowMs, remote) => {
      const event = (k: number, sequence: number) => ({
        eventId: `e-${k}`,
        sequence,
        startsAtMs: nowMs + k * HOUR_MS,
        title: `Coffee with ${person(k)}`,
      });
      return {
        userId: user(n),
        calendarId: 'primary',
        syncToken: `after-${n}`,
        known: [event(1, 0), event(2, 3)],
        changes: [event(2, 4), event(3, 0), { eventId: 'e-1', sequence: 1, cancelled: true }],
        all: [event(2, 4), event(3, 0)],
        remote,
      };
    },
  },
  {
    name: 'google-contacts-sync',
    jobNames: ['sync', null],
    concurrency: 4,
    priorities: false,
    payload: (n, _nowMs, remote) => {
      const contact = (k: number, etag: string) => ({
        resourceName: `people/c${k}`,
        etag,
        displayName: person(k),
        phones: [`+1 555 01${String(k % 100).padStart(2, '0')}`],
      });
      return {
        userId: user(n),
        syncToken: n % 5 === 0 ? null : `after-${n}`,
        known: [contact(n, '1'), contact(n + 1, '1')],
        pages: [[contact(n, '2')], [{ resourceName: `people/c${n + 1}`, deleted: true }]],
        remote,
      };
    },
  },
];
