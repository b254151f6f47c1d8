export { countConnections, parseClientList, type ClientEntry } from './client-list.js';
export { billedCommands, commandsBetween, parseCommandStats, type CommandStats } from './command-stats.js';
export { RedisServerNotFoundError, RedisStartError } from './errors.js';
export {
  startFaultyProxy,
  type FaultyProxy,
  type NewConnections,
  type StartFaultyProxyOptions,
} from './faulty-proxy.js';
export { findRedisServer, type FindRedisServerOptions, type RedisServerBinary } from './find-redis-server.js';
export type { Direction, ProxiedConnection, ProxyFaults } from './proxied-connection.js';
export { startRedisCluster, type RedisCluster, type StartRedisClusterOptions } from './redis-cluster.js';
export { startRedisSentinel, type RedisSentinel, type StartRedisSentinelOptions } from './redis-sentinel.js';
export { startRedis, type RedisServer, type RedisUser, type StartRedisOptions } from './redis-server.js';
export { InvalidRestOptionError, RedisGoneError } from './rest/errors.js';
export type { RestFaults } from './rest/faults.js';
export { startRestEndpoint, type RestEndpoint, type StartRestEndpointOptions } from './rest/rest-endpoint.js';
export type { WorkCost } from './rest/work-cost.js';
