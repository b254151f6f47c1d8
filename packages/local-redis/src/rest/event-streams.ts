import type { ServerResponse } from 'node:http';
import { encodeCommand, type RespCommand } from '../resp-command.js';
import { RedisGoneError } from './errors.js';
import { openRedisLink, type RedisLinkOptions } from './redis-link.js';
import { RequestError } from './request-error.js';
import { errorOf } from './reply-json.js';
import { eventData } from './event-data.js';

export interface EventStreams {
  /**
   * Sends a SUBSCRIBE, PSUBSCRIBE or MONITOR over a connection of its own and writes what comes as server-sent events
   * until the client goes, Redis goes, or `endAll`. Resolves when the first event is on its way.
   *
   * @throws {RequestError} 400 when Redis refuses the command
   * @throws {RedisGoneError} when Redis is not there
   */
  open(
    command: RespCommand,
    response: ServerResponse,
    headers: Readonly<Record<string, string>>,
  ): Promise<void>;
  endAll(): void;
}

export function createEventStreams(
  to: Pick<RedisLinkOptions, 'address' | 'ca' | 'readyTimeoutMs'>,
): EventStreams {
  const endings = new Set<() => void>();
  let isEnded = false;

  return {
    open: (command, response, headers) =>
      new Promise((resolve, reject) => {
        if (isEnded) return reject(new RedisGoneError('the endpoint is stopping'));
        if (response.destroyed) return reject(new RedisGoneError('the client went'));
        let isOpen = false;
        const link = openRedisLink({
          ...to,
          onReady: () => link.write(encodeCommand(command)),
          onReply(reply) {
            const error = errorOf(reply);
            if (error !== undefined) {
              reject(new RequestError(400, error));
              return link.destroy();
            }
            if (!isOpen) {
              isOpen = true;
              response.writeHead(200, {
                ...headers,
                'content-type': 'text/event-stream; charset=utf-8',
                'cache-control': 'no-cache',
              });
              resolve();
            }
            if (response.write(eventData(reply))) return;
            // A reader who is slow holds Redis up, which has a limit for it, instead of filling our memory.
            link.pause();
          },
          onGone(error) {
            endings.delete(end);
            reject(error);
            if (isOpen) response.end();
          },
        });
        const end = () => link.destroy('the endpoint is stopping');
        endings.add(end);
        response.on('drain', () => link.resume());
        response.once('close', () => link.destroy('the client went'));
      }),
    endAll() {
      isEnded = true;
      for (const end of endings) end();
    },
  };
}
