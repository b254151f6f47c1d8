/** For an app whose test is about something else: an HTTP Redis that nobody answers for. */
export const NO_HTTP_REDIS = {
  UPSTASH_REDIS_REST_URL: 'http://127.0.0.1:1',
  UPSTASH_REDIS_REST_TOKEN: 'nobody-listens',
};
