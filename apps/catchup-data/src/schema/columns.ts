import { customType } from 'drizzle-orm/pg-core';
import { instantFromSql, instantToSql } from './instant.js';
import { storableJson, storableKey, storableText } from './storable.js';

/**
 * Text that people wrote, or that came from a provider. PostgreSQL holds neither NUL characters nor lone surrogates:
 * they become U+FFFD, so that one odd name stops no sync.
 */
export const text = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: storableText,
});

/**
 * Text that something is found by: ids, addresses, unique keys. It is kept as it is or refused, since two keys must
 * never become one. At most 800 bytes in UTF-8, so that three of them fit into an index.
 */
export const key = customType<{ data: string; driverData: string }>({
  dataType: () => 'text',
  toDriver: storableKey,
});

/** One of a few words; a CHECK of the migrations knows them too. */
export function oneOf<Word extends string>(name: string, _words: readonly Word[]) {
  return key(name).$type<Word>();
}

/** A moment, to the millisecond, between the years 1 and 9999. */
export const instant = customType<{ data: Date; driverData: string }>({
  dataType: () => 'timestamp(3) with time zone',
  toDriver: instantToSql,
  fromDriver: instantFromSql,
});

/** JSON, its texts cleaned the way those of `text` are. */
export function json<Data>(name: string) {
  return jsonColumn(name).$type<Data>();
}

const jsonColumn = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'jsonb',
  toDriver: storableJson,
});
