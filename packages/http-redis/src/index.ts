export { asUpstashRedis, type AsUpstashRedisOptions } from './as-upstash-redis.js';
export type { CallOptions, RetryPolicy } from './call-options.js';
export type { CircuitOptions } from './circuit.js';
export { REDIS_COMMAND_CHANNEL, type RedisCommandMessage } from './command-channel.js';
export { countCommands, type CommandCount, type CommandCounter } from './count-commands.js';
export { createHttpRedis, type HttpRedisOptions } from './create-http-redis.js';
export {
  HttpRedisError,
  InvalidRedisOptionError,
  RedisAuthError,
  RedisCommandError,
  RedisTimeoutError,
  RedisUnavailableError,
  type UnavailableReason,
} from './errors.js';
export type {
  CircuitState,
  DeletePatternOptions,
  HttpRedis,
  HttpRedisHealth,
  PipelineReply,
  RedisCommand,
  RedisReply,
  ScoredMember,
  SetOptions,
} from './http-redis.js';
export {
  InvalidHttpRedisSettingsError,
  readHttpRedisSettings,
  type HttpRedisSettings,
} from './read-settings.js';
export { defineScript, type RedisScript, type RedisScriptSource } from './redis-script.js';
