import { deriveText } from '../random.js';
import { calendarOf, EVENT_SCOPES, LIST_SCOPES } from '../calendar/calendar-access.js';
import type { World } from '../data/world.js';
import { Refusal } from '../serve/refusal.js';
import type { Answer, UserRequest, UserRoute } from '../serve/route.js';
import type { Channel } from './channel.js';
import type { PushService } from './push-service.js';
import { readWatchBody, type WatchLimits } from './watch-body.js';

export interface WatchParts extends WatchLimits {
  readonly seed: number;
  readonly world: World;
  readonly push: PushService;
  readonly url: () => string;
}

/** `events.watch`, `calendarList.watch` and `channels.stop`. */
export function watchRoutes(parts: WatchParts): readonly UserRoute[] {
  const { world, push, seed } = parts;

  const open = (
    { user, json }: UserRequest,
    watches: string,
    resourceUri: string,
    calendarId?: string,
  ): Answer => {
    const body = readWatchBody(json, parts);
    if (push.knows(body.id)) throw refuse(400, 'channelIdNotUnique', `Channel id ${body.id} not unique`);
    const channel: Channel = {
      ...body,
      userId: user.id,
      watches,
      resourceUri,
      // Everybody who watches a calendar gets the same one.
      resourceId: deriveText(seed, `resource ${watches}`, 27),
      ...(calendarId !== undefined && { calendarId }),
    };
    push.open(channel);
    return {
      status: 200,
      body: {
        kind: 'api#channel',
        id: channel.id,
        resourceId: channel.resourceId,
        resourceUri,
        ...(channel.token !== undefined && { token: channel.token }),
        expiration: String(channel.expirationMs),
      },
    };
  };

  return [
    {
      method: 'post',
      path: '/calendar/v3/calendars/:calendarId/events/watch',
      operation: 'calendar.events.watch',
      family: 'calendar',
      scopes: EVENT_SCOPES,
      handle(request) {
        const { calendar } = calendarOf(world, request);
        if (!calendar.watchable)
          throw refuse(
            400,
            'pushNotSupportedForRequestedResource',
            'Push notifications are not supported by this resource.',
          );
        const uri = `${parts.url()}/calendar/v3/calendars/${encodeURIComponent(calendar.id)}/events?alt=json`;
        return open(request, eventsWatched(calendar.id), uri, calendar.id);
      },
    },
    {
      method: 'post',
      path: '/calendar/v3/users/me/calendarList/watch',
      operation: 'calendar.calendarList.watch',
      family: 'calendar',
      scopes: LIST_SCOPES,
      handle: (request) =>
        open(
          request,
          calendarListWatched(request.user.id),
          `${parts.url()}/calendar/v3/users/me/calendarList?alt=json`,
        ),
    },
    {
      method: 'post',
      path: '/calendar/v3/channels/stop',
      operation: 'calendar.channels.stop',
      family: 'calendar',
      scopes: [...EVENT_SCOPES, ...LIST_SCOPES],
      handle({ user, json }) {
        const { id, resourceId } = (json ?? {}) as { id?: unknown; resourceId?: unknown };
        const channel = push.find(String(id));
        if (!channel || channel.resourceId !== resourceId || channel.userId !== user.id)
          throw refuse(404, 'notFound', `Channel '${String(id)}' not found for project 'stand-in'`);
        push.stop(channel.id);
        return { status: 204 };
      },
    },
  ];
}

export const eventsWatched = (calendarId: string): string => `events:${calendarId}`;
export const calendarListWatched = (userId: string): string => `calendarList:${userId}`;

const refuse = (status: number, reason: string, message: string): Refusal =>
  new Refusal({ status, reason, message });
