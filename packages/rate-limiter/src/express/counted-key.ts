import { ipKeyGenerator } from 'express-rate-limit';

/** What an access provider commonly gives to one customer, who may change addresses within at will. */
const IPV6_SUBNET_BITS = 56;

/** Whom a request is counted for: a user, a subnet, or what the caller's own function names. */
export interface CountedKey {
  readonly kind: 'user' | 'ip' | 'key';
  /** The user's id, the subnet, or the caller's key. */
  readonly name: string;
  /** What the limiter counts by. */
  readonly limiterKey: string;
}

export function countUser(userId: string): CountedKey {
  return { kind: 'user', name: userId, limiterKey: `user:${userId}` };
}

/** By an IPv4 address itself, also where it is mapped into IPv6; of an IPv6 address by its /56. */
export function countAddress(address: string): CountedKey {
  const subnet = ipKeyGenerator(address, IPV6_SUBNET_BITS);
  return { kind: 'ip', name: subnet, limiterKey: `ip:${subnet}` };
}

/** By what the limiter counts a user, for `peek` and `reset`. It is never that of an IP address. */
export function userKey(userId: string): string {
  return countUser(userId).limiterKey;
}

/** By what the limiter counts an IP address, for `peek` and `reset`: the IPv4 address, or the /56 of an IPv6 one. */
export function ipKey(address: string): string {
  return countAddress(address).limiterKey;
}
