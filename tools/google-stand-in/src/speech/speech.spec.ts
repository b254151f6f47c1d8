import { useStandIns, type StartedStandIn } from '../spec-support/started-stand-in.js';

const PATH = '/v1/speech:recognize';
const CONFIG = { languageCode: 'en-US', encoding: 'OGG_OPUS' };
const audioOf = (bytes: string | Buffer) => ({ content: Buffer.from(bytes).toString('base64') });

interface Recognition {
  readonly results?: readonly { readonly alternatives: readonly { readonly transcript: string }[] }[];
  readonly totalBilledTime: string;
}

describe('speech.recognize', () => {
  const start = useStandIns();
  const recognise = async (standIn: StartedStandIn, audio: object): Promise<Recognition> =>
    (await standIn.post(PATH, { config: CONFIG, audio })).body as unknown as Recognition;

  it.each([
    ['no language', { config: {}, audio: audioOf('hello') }],
    ['an unknown encoding', { config: { ...CONFIG, encoding: 'VINYL' }, audio: audioOf('hello') }],
    ['no audio', { config: CONFIG }],
    ['empty audio', { config: CONFIG, audio: { content: '' } }],
    ['what is not base64', { config: CONFIG, audio: { content: 'nöt base64!' } }],
    ['more than 10 MB', { config: CONFIG, audio: audioOf(Buffer.alloc(10 * 1024 * 1024 + 1, 1)) }],
  ])('refuses %s', async (_, body) => {
    const answer = await (await start()).post(PATH, body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
  });

  it('hears the same in the same audio, something else in another, and nothing in silence', async () => {
    const [one, other] = [await start(), await start({ seed: 99 })];
    const heard = await recognise(one, audioOf('voice 1'));
    expect(heard.results![0]!.alternatives[0]!.transcript).not.toBe('');
    expect(await recognise(other, audioOf('voice 1'))).toEqual(heard);
    expect(await recognise(one, audioOf('voice 2'))).not.toEqual(heard);
    expect((await recognise(one, audioOf(Buffer.alloc(100)))).results).toBeUndefined();
  });
});
