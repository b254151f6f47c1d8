/** Which of Google's error shapes an endpoint speaks. */
export type Family = 'oauth' | 'people' | 'calendar' | 'speech' | 'userinfo';

export interface RefusalDetails {
  readonly status: number;
  readonly message: string;
  /** The word of Calendar's `errors[].reason`. */
  readonly reason: string;
  readonly domain?: string;
  readonly location?: string;
  readonly locationType?: 'header' | 'parameter';
  /** The word of google.rpc.Code, in People's and Speech's shape; by default the one for the status. */
  readonly rpcStatus?: string;
  /** The word of google.rpc.ErrorInfo, where the real one sends such a detail. */
  readonly rpcReason?: string;
  readonly fieldViolations?: readonly { readonly field: string; readonly description: string }[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by a handler that turns a request down; the server answers with it. */
export class Refusal extends Error {
  readonly code = 'ERR_STAND_IN_REFUSAL';
  constructor(readonly details: RefusalDetails) {
    super(details.message);
    this.name = 'Refusal';
  }
}

const RPC_STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  410: 'FAILED_PRECONDITION',
  412: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
};

/**
 * The body of an error. Calendar keeps the older shape with `errors[]`; People and Speech send google.rpc.Status.
 * See https://developers.google.com/workspace/calendar/api/guides/errors and https://cloud.google.com/apis/design/errors.
 */
export function refusalBody(family: Family, details: RefusalDetails): unknown {
  const { status, message, reason, location, locationType } = details;
  const rpcStatus = details.rpcStatus ?? RPC_STATUS[status] ?? 'UNKNOWN';
  if (family === 'calendar') {
    const error = { domain: details.domain ?? 'global', reason, message, locationType, location };
    return {
      error: { errors: [error], code: status, message, ...(status === 401 && { status: rpcStatus }) },
    };
  }
  if (family === 'oauth' || family === 'userinfo') return { error: reason, error_description: message };
  const service = family === 'people' ? 'people.googleapis.com' : 'speech.googleapis.com';
  const infos = details.rpcReason
    ? [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: details.rpcReason,
          domain: details.rpcReason === 'EXPIRED_SYNC_TOKEN' ? service : 'googleapis.com',
          metadata: { service },
        },
      ]
    : [];
  const violations = details.fieldViolations
    ? [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: details.fieldViolations,
        },
      ]
    : [];
  const all = [...infos, ...violations];
  return { error: { code: status, message, status: rpcStatus, ...(all.length > 0 && { details: all }) } };
}
