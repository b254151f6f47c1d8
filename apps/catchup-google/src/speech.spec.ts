import { rejection, startLab } from './spec-support/lab.js';
import { sendJson, startRawGoogle, type RawGoogle } from './spec-support/raw-google.js';

const AUDIO = { content: new Uint8Array([1, 2, 3]), encoding: 'FLAC' } as const;
let raw: RawGoogle | undefined;

afterEach(() => raw?.stop());

const transcribe = () =>
  (raw as RawGoogle).google.speechFor('billing').transcribe(AUDIO, { languageCode: 'de-DE' });

test('results that are no list are malformed', async () => {
  raw = await startRawGoogle((response) => sendJson(response, { results: 'hello' }));
  expect(await rejection(transcribe())).toMatchObject({ code: 'ERR_GOOGLE_MALFORMED_ANSWER' });
});

test('parts that are malformed are left out', async () => {
  raw = await startRawGoogle((response) =>
    sendJson(response, {
      results: [
        null,
        { alternatives: 'x' },
        { alternatives: [{ transcript: ' Ruf mich ', confidence: 0.9 }, { transcript: 'Huf' }] },
        { alternatives: [{ transcript: 7, confidence: 'high' }] },
        { alternatives: [{ transcript: 'morgen an', confidence: 0.7 }] },
      ],
    }),
  );
  expect(await transcribe()).toEqual({
    text: 'Ruf mich morgen an',
    confidence: 0.7,
    languageCode: 'de-DE',
  });
});

test('silence has no text and no confidence', async () => {
  raw = await startRawGoogle((response) => sendJson(response, {}));
  expect(await transcribe()).toEqual({ text: '', confidence: null, languageCode: 'de-DE' });
});

test('speech is heard over HTTP, after a failure too', async () => {
  const lab = await startLab();
  lab.standIn.setFaults([{ kind: 'unavailable', operation: 'speech.recognize', times: 1 }]);
  const { text } = await lab.google
    .speechFor(lab.accountId)
    .transcribe({ ...AUDIO, sampleRateHertz: 16_000 }, { languageCode: 'en-US' });
  expect(text).not.toBe('');
  expect(lab.statuses('speech.recognize')).toEqual([503, 200]);
  await lab.stop();
});
