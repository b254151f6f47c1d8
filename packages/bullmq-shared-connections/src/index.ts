export { shareConnections, type SharedConnections, type WithoutConnection } from './share-connections.js';
export type { SharedBackendFactory } from './backend-factory.js';
export type { ConnectionCount } from './connection-count.js';
export type { ErrorSource, ShareConnectionsOptions } from './options.js';
export { hideSecrets } from './hide-secrets.js';
export { hashTag } from './slots.js';
export { SharedConnectionsError, type SharedConnectionsErrorCode } from './errors.js';
