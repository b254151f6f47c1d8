import type { Caller } from './call.js';
import { MalformedAnswerError } from './errors.js';

export interface SpeechAudio {
  readonly content: Uint8Array;
  readonly encoding: 'LINEAR16' | 'FLAC' | 'MULAW' | 'OGG_OPUS' | 'WEBM_OPUS' | 'MP3';
  /** May be left out where the file says it itself (FLAC, WAV). */
  readonly sampleRateHertz?: number;
}

export interface Transcript {
  /** Empty where nobody speaks. */
  readonly text: string;
  /** 0 to 1, of the least certain part; null where Google does not say. */
  readonly confidence: number | null;
  readonly languageCode: string;
}

export interface GoogleSpeech {
  /**
   * Turns up to a minute, or 10 MB, of speech into text.
   *
   * See https://cloud.google.com/speech-to-text/docs/reference/rest/v1/speech/recognize.
   */
  transcribe(
    audio: SpeechAudio,
    options: {
      /** BCP 47, such as `de-DE`. */
      readonly languageCode: string;
      readonly signal?: AbortSignal;
    },
  ): Promise<Transcript>;
}

/** @param accountId the account that is billed */
export function createSpeech(caller: Caller, apiUrl: string, accountId: string): GoogleSpeech {
  const operation = 'speech.recognize';
  return {
    async transcribe({ content, encoding, sampleRateHertz }, { languageCode, signal }) {
      const answer = await caller.call({
        operation,
        accountId,
        method: 'POST',
        url: `${apiUrl}/v1/speech:recognize`,
        body: {
          config: { encoding, languageCode, ...(sampleRateHertz !== undefined && { sampleRateHertz }) },
          audio: { content: Buffer.from(content).toString('base64') },
        },
        // Asking again costs money, and does nothing else.
        repeatable: true,
        signal,
      });
      const { results = [] } = (answer ?? {}) as { results?: unknown };
      if (!Array.isArray(results))
        throw new MalformedAnswerError('"results" is no list', { operation, status: 200 });
      const best = results.map(bestAlternative);
      const confidences = best.flatMap(({ confidence }) =>
        typeof confidence === 'number' ? [confidence] : [],
      );
      return {
        text: best
          .flatMap(({ transcript }) => (typeof transcript === 'string' ? [transcript.trim()] : []))
          .filter(Boolean)
          .join(' '),
        confidence: confidences.length > 0 ? Math.min(...confidences) : null,
        languageCode,
      };
    },
  };
}

/** Google puts the likeliest first. */
function bestAlternative(result: unknown): { transcript?: unknown; confidence?: unknown } {
  const { alternatives } = (result ?? {}) as { alternatives?: unknown };
  const first: unknown = Array.isArray(alternatives) ? alternatives[0] : undefined;
  return typeof first === 'object' && first !== null ? first : {};
}
