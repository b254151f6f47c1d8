import { createHash } from 'node:crypto';
import { createRandom } from '../random.js';
import { Refusal } from '../serve/refusal.js';
import type { UserRoute } from '../serve/route.js';

const OPENINGS = ['remind me to call', 'I just met', 'send a message to', 'note that I spoke with'];
const PEOPLE = ['Anna', 'my mother', 'Doctor Weiß', 'the Johnsons', 'Søren'];
const ENDINGS = ['tomorrow morning', 'about the holidays', 'and we had lunch', 'next week', ''];

const ENCODINGS = [
  ...['ENCODING_UNSPECIFIED', 'LINEAR16', 'FLAC', 'MULAW', 'AMR', 'AMR_WB', 'OGG_OPUS', 'WEBM_OPUS', 'MP3'],
  'SPEEX_WITH_HEADER_BYTE',
];

/** Synchronous recognition takes a minute of audio or 10 MB. */
const MAX_BYTES = 10 * 1024 * 1024;

/**
 * `speech.recognize`: the same audio always gives the same words, drawn by its hash. Audio of nothing but zeros is
 * silence and gives no result.
 * See https://cloud.google.com/speech-to-text/docs/reference/rest/v1/speech/recognize.
 */
export const speechRoute: UserRoute = {
  method: 'post',
  path: '/v1/speech\\:recognize',
  operation: 'speech.recognize',
  family: 'speech',
  scopes: ['https://www.googleapis.com/auth/cloud-platform'],
  handle({ json }) {
    const { config, audio } = (json ?? {}) as {
      config?: { languageCode?: unknown; encoding?: unknown };
      audio?: { content?: unknown; uri?: unknown };
    };
    if (typeof config?.languageCode !== 'string' || config.languageCode === '')
      throw refuse("Invalid recognition 'config': bad or missing language code.");
    if (config.encoding !== undefined && !ENCODINGS.includes(String(config.encoding)))
      throw refuse(`Invalid value at 'config.encoding': "${String(config.encoding)}"`);
    if (typeof audio?.content !== 'string') throw refuse('RecognitionAudio not set.');
    if (!/^[A-Za-z0-9+/\-_]*={0,2}$/.test(audio.content))
      throw refuse("Invalid value at 'audio.content' (TYPE_BYTES), Base64 decoding failed");
    const bytes = Buffer.from(audio.content, 'base64');
    if (bytes.length === 0) throw refuse('RecognitionAudio not set.');
    if (bytes.length > MAX_BYTES) throw refuse('Request payload size exceeds the limit: 10485760 bytes.');

    const billed = { totalBilledTime: `${Math.max(1, Math.ceil(bytes.length / 32_000))}s` };
    if (bytes.every((byte) => byte === 0)) return { status: 200, body: billed };
    const random = createRandom(0, createHash('sha256').update(bytes).digest('hex'));
    const words = [random.pick(OPENINGS), random.pick(PEOPLE), random.pick(ENDINGS)];
    const alternative = {
      transcript: words.join(' ').trim(),
      confidence: 0.7 + random.between(0, 290) / 1000,
    };
    const result = {
      alternatives: [alternative],
      resultEndTime: billed.totalBilledTime,
      languageCode: config.languageCode.toLowerCase(),
    };
    return { status: 200, body: { results: [result], ...billed } };
  },
};

const refuse = (message: string): Refusal => new Refusal({ status: 400, reason: 'badRequest', message });
