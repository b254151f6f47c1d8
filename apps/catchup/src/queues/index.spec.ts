import { appQueues } from './index.js';

test('lists the 11 queues in migration order, the least critical tier first', () => {
  expect(appQueues.map(({ definition }) => `${definition.name} (${definition.tier})`)).toEqual([
    'webhook-health-check (non-critical)',
    'notification-reminder (non-critical)',
    'token-health-reminder (non-critical)',
    'adaptive-sync (medium)',
    'webhook-renewal (medium)',
    'suggestion-regeneration (medium)',
    'batch-notifications (medium)',
    'suggestion-generation (medium)',
    'token-refresh (critical)',
    'calendar-sync (critical)',
    'google-contacts-sync (critical)',
  ]);
});

test('critical queues retry more often than the others', () => {
  for (const { definition } of appQueues) {
    const attempts = definition.defaults?.attempts ?? 1;
    expect(attempts).toBeGreaterThanOrEqual(definition.tier === 'critical' ? 5 : 3);
  }
});
