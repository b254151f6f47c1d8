export type { CallOptions, RetryPolicy } from './call-options.js';
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
export { defineScript, type RedisScript, type RedisScriptSource } from './redis-script.js';
