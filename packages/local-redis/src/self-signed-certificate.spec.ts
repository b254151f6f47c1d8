import { createPrivateKey, X509Certificate } from 'node:crypto';
import { makeSelfSignedCertificate } from './self-signed-certificate.js';

const DAY_MS = 24 * 60 * 60 * 1000;

describe('makeSelfSignedCertificate', () => {
  const nowMs = Date.UTC(2031, 1, 3, 4, 5, 6);
  const { certificate, privateKey } = makeSelfSignedCertificate(nowMs);
  const read = new X509Certificate(certificate);

  it('vouches for itself, and its key is the one that comes with it', () => {
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.checkIssued(read)).toBe(true);
    expect(read.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
    expect(read.ca).toBe(true);
  });

  it('is for this machine alone, and for a month', () => {
    expect(read.checkHost('localhost')).toBe('localhost');
    expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(read.checkIP('::1')).toBeDefined();
    expect(read.checkHost('example.com')).toBeUndefined();
    expect(read.checkIP('127.0.0.2')).toBeUndefined();
    expect(Date.parse(read.validFrom)).toBe(nowMs - DAY_MS);
    expect(Date.parse(read.validTo)).toBe(nowMs + 30 * DAY_MS);
  });

  it('is another one each time', () => {
    const other = new X509Certificate(makeSelfSignedCertificate(nowMs).certificate);
    expect(other.serialNumber).not.toBe(read.serialNumber);
    expect(other.verify(read.publicKey)).toBe(false);
  });
});
