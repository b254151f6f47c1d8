import { parseOwner } from './server-owner.js';

const ROOT = 'root:x:0:0:root:/root:/bin/bash\n';
const NOBODY = 'nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n';
const POSTGRES = 'postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash\n';

it('is nobody, rather than who may own other databases', () => {
  expect(parseOwner(ROOT + POSTGRES + NOBODY)).toEqual({ uid: 65_534, gid: 65_533 });
  expect(parseOwner(ROOT + POSTGRES)).toEqual({ uid: 101, gid: 104 });
});

it('is never root, and never somebody with a similar name', () => {
  expect(parseOwner('')).toBeUndefined();
  expect(parseOwner(`${ROOT}nobody:x:0:0::/:/bin/sh\nnobody2:x:7:7::/:/bin/sh\n`)).toBeUndefined();
});
