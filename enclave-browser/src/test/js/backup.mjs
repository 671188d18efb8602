// The wallet's code for backup files, in Node.
import { build } from 'esbuild';

const bundled = await build({ entryPoints: ['src/main/ts/backup.ts'], bundle: true, write: false, format: 'esm', target: 'es2022' });
export const { decrypt, encrypt } = await import(`data:text/javascript;base64,${Buffer.from(bundled.outputFiles[0].contents).toString('base64')}`);

/** An authentic file of a new key, under whatever name. */
export const named = async (name, password) => {
  const { privateKey } = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey));
  return encrypt(pkcs8, password, { name, algorithm: 'ED25519', createdAt: '2026-03-01T12:00:00Z' });
};
