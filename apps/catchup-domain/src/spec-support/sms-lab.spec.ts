import { startSmsLab } from './sms-lab.js';

it('sends a text through the stand-in', async () => {
  const lab = await startSmsLab(() => new Date());
  try {
    await lab.sms.send({ to: '+4915112345678', body: 'Hello' });
    expect(lab.twilio.messages).toMatchObject([{ to: '+4915112345678', body: 'Hello' }]);
  } finally {
    await lab.stop();
  }
});
