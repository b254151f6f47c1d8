/** Turns speech into text. */
export interface SpeechToText {
  transcribe(audio: SpeechAudio, options: TranscribeOptions): Promise<Transcript>;
}

export interface SpeechAudio {
  readonly content: Uint8Array;
  readonly encoding: 'LINEAR16' | 'FLAC' | 'MULAW' | 'OGG_OPUS' | 'WEBM_OPUS' | 'MP3';
  /** May be left out where the file says it itself (FLAC, WAV). */
  readonly sampleRateHertz?: number;
}

export interface TranscribeOptions {
  /** BCP 47, such as `de-DE`. */
  readonly languageCode: string;
  readonly signal?: AbortSignal;
}

export interface Transcript {
  /** Empty where nobody speaks. */
  readonly text: string;
  /** 0 to 1; null where the provider does not say. */
  readonly confidence: number | null;
  readonly languageCode: string;
}
