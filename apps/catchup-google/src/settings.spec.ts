import { createGoogle, GoogleSettingsError, readGoogleSettings } from './index.js';

const GOOD = {
  GOOGLE_CLIENT_ID: ' id.apps.googleusercontent.com\n',
  GOOGLE_CLIENT_SECRET: 'GOCSPX-very-secret\n',
  GOOGLE_REDIRECT_URL: 'https://catchup.example.com/oauth/callback/',
};

const problemsOf = (env: Record<string, string | undefined>): readonly string[] => {
  try {
    readGoogleSettings(env);
  } catch (error) {
    if (error instanceof GoogleSettingsError) return error.problems;
    throw error;
  }
  return [];
};

test('one error lists all that is wrong and shows no secret', () => {
  const problems = problemsOf({
    GOOGLE_CLIENT_SECRET: 'GOCSPX-very-secret',
    GOOGLE_REDIRECT_URL: 'http://catchup.example.com/callback',
    GOOGLE_API_URL: 'not a url',
  });
  expect(problems).toHaveLength(3);
  expect(problems.join()).toMatch(/GOOGLE_CLIENT_ID is missing/);
  expect(problems.join()).toMatch(/GOOGLE_REDIRECT_URL must begin with https:.*"http:/);
  expect(problems.join()).toMatch(/GOOGLE_API_URL is no URL: "not a url"/);
  expect(problems.join()).not.toContain('very-secret');
});

test.each([
  ['https://user:hunter2@example.com/cb', /must not hold a user or password/],
  ['https://example.com/cb?x=1', /query or fragment/],
  ['https://example.com/cb#x', /query or fragment/],
  ['javascript:alert(1)', /must begin with https/],
  ['', /is missing/],
])('%p is no redirect address', (url, problem) => {
  const problems = problemsOf({ ...GOOD, GOOGLE_REDIRECT_URL: url });
  expect(problems.join()).toMatch(problem);
  expect(problems.join()).not.toContain('hunter2');
});

test('what is right is trimmed; a slash at the end of the redirect address counts', () => {
  expect(readGoogleSettings({ ...GOOD, GOOGLE_API_URL: 'http://127.0.0.1:4000//' })).toEqual({
    clientId: 'id.apps.googleusercontent.com',
    clientSecret: 'GOCSPX-very-secret',
    redirectUrl: 'https://catchup.example.com/oauth/callback/',
    apiUrl: 'http://127.0.0.1:4000',
  });
  expect(readGoogleSettings(GOOD).apiUrl).toBeUndefined();
});

test.each([
  [{ budget: { attempts: 0 } }],
  [{ budget: { attempts: 1.5 } }],
  [{ budget: { totalMs: 0 } }],
  [{ budget: { tryMs: Number.NaN } }],
  [{ budget: { tryMs: 600_001 } }],
  [{ concurrencyPerAccount: 0 }],
])('%j is out of bounds', (options) => {
  const tokens = { accessToken: async () => 'token' };
  expect(() => createGoogle({ settings: readGoogleSettings(GOOD), tokens, ...options })).toThrow(
    GoogleSettingsError,
  );
});
