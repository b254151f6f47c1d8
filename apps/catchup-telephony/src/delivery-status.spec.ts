import { laterStatus } from './delivery-status.js';

describe('laterStatus', () => {
  it('does not let a status that arrives late undo a later one', () => {
    expect(laterStatus('delivered', 'sent')).toBe('delivered');
    expect(laterStatus('undelivered', 'sending')).toBe('undelivered');
    expect(laterStatus('failed', 'unknown')).toBe('failed');
  });

  it('follows a message on its way', () => {
    expect(laterStatus('queued', 'sent')).toBe('sent');
    expect(laterStatus('sent', 'delivered')).toBe('delivered');
    expect(laterStatus('undelivered', 'delivered')).toBe('delivered');
    expect(laterStatus('canceled', 'failed')).toBe('canceled');
  });
});
