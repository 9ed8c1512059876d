// A certificate of localhost, signed by itself: FOLDER/cert.pem and FOLDER/key.pem.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

const altNames = [
  { type: 2, value: 'localhost' },
  { type: 7, ip: '127.0.0.1' },
];
const extensions = [
  { name: 'basicConstraints', cA: true, critical: true },
  { name: 'subjectAltName', altNames },
];
const options = { keyType: 'ec', algorithm: 'sha256', extensions };
const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], options);
writeFileSync(join(process.argv[2], 'cert.pem'), cert);
writeFileSync(join(process.argv[2], 'key.pem'), key, { mode: 0o600 });
