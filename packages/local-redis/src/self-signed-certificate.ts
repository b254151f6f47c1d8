import { generateKeyPairSync, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';

/** A certificate that vouches for itself, with its key, both PEM. */
export interface SelfSignedCertificate {
  /** What the server shows, and what a client has to trust: give it as `ca`. */
  readonly certificate: string;
  readonly privateKey: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** ASN.1 tags (X.690) of what a certificate is made of. */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
  dnsName: 0x82,
  ipAddress: 0x87,
};

/** Object identifiers, encoded. */
const ECDSA_WITH_SHA256 = objectId('2a8648ce3d040302');
const COMMON_NAME = objectId('550403');
const SUBJECT_ALT_NAME = objectId('551d11');
const BASIC_CONSTRAINTS = objectId('551d13');

/**
 * Makes a certificate for `localhost`, `127.0.0.1` and `::1`, valid from yesterday on for 30 days (RFC 5280, version
 * 3, ECDSA on P-256). Node has nothing that makes one, and whoever runs the tests may have no openssl.
 */
export function makeSelfSignedCertificate(nowMs = Date.now()): SelfSignedCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(TAG.sequence, ECDSA_WITH_SHA256);
  const name = der(
    TAG.sequence,
    der(TAG.set, der(TAG.sequence, COMMON_NAME, der(TAG.utf8String, Buffer.from('localhost')))),
  );
  const content = der(
    TAG.sequence,
    der(TAG.version, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, serialNumber()),
    algorithm,
    name,
    der(TAG.sequence, utcTime(nowMs - DAY_MS), utcTime(nowMs + 30 * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(TAG.extensions, der(TAG.sequence, ownAuthority(), alternativeNames())),
  );
  const certificate = der(TAG.sequence, content, algorithm, bitString(signed(content, privateKey)));
  return {
    certificate: new X509Certificate(certificate).toString(),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Lets a client that trusts the certificate take it as the authority that signed it. */
function ownAuthority(): Buffer {
  const isAuthority = der(TAG.boolean, Buffer.from([0xff]));
  return der(
    TAG.sequence,
    BASIC_CONSTRAINTS,
    isAuthority,
    der(TAG.octetString, der(TAG.sequence, isAuthority)),
  );
}

function alternativeNames(): Buffer {
  const names = der(
    TAG.sequence,
    der(TAG.dnsName, Buffer.from('localhost')),
    der(TAG.ipAddress, Buffer.from([127, 0, 0, 1])),
    der(TAG.ipAddress, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
  );
  return der(TAG.sequence, SUBJECT_ALT_NAME, der(TAG.octetString, names));
}

/** Positive: the first bit of an integer is its sign. */
function serialNumber(): Buffer {
  return Buffer.concat([Buffer.from([0x01]), randomBytes(15)]);
}

const signed = (content: Buffer, key: KeyObject) => sign('sha256', content, key);

/** The byte before the bits says how many of the last byte's do not count. */
function bitString(bits: Buffer): Buffer {
  return der(TAG.bitString, Buffer.from([0]), bits);
}

function objectId(hex: string): Buffer {
  return der(TAG.objectId, Buffer.from(hex, 'hex'));
}

/** `YYMMDDHHMMSSZ`, good until 2049. */
function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(TAG.utcTime, Buffer.from(`${digits}Z`));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const bytes =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}
