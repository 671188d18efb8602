// node backups.mjs CASES MADE: opens backups as the wallet's worker does, signs with each key, and writes one of a new key back.
//
// A line of CASES has password, backup and message; one of MADE has algorithm, name, signature, and of the new key public key, backup and
// signature. Everything is in Base64.
import { readFileSync, writeFileSync } from 'node:fs';
import { decrypt, encrypt } from './backup.mjs';

const KINDS = {
  ED25519: [{ name: 'Ed25519' }, { name: 'Ed25519' }],
  ECDSA_P256_SHA256: [{ name: 'ECDSA', namedCurve: 'P-256' }, { name: 'ECDSA', hash: 'SHA-256' }],
};
const base64 = (bytes) => Buffer.from(bytes).toString('base64');

const [cases, made] = process.argv.slice(2);
const lines = [];
for (const line of readFileSync(cases, 'utf8').trimEnd().split('\n')) {
  const [password, pem, message] = line.split('\t').map((part) => Buffer.from(part, 'base64'));
  const opened = await decrypt(pem.toString(), password.toString());
  const [kind, scheme] = KINDS[opened.algorithm];
  const key = await crypto.subtle.importKey('pkcs8', opened.pkcs8, kind, false, ['sign']);
  const pair = await crypto.subtle.generateKey(kind, true, ['sign', 'verify']);
  const backup = await encrypt(new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey)), password.toString(), {
    name: opened.name,
    algorithm: opened.algorithm,
    createdAt: '2026-03-01T12:00:00Z',
  });
  const parts = [
    opened.algorithm,
    opened.name,
    await crypto.subtle.sign(scheme, key, message),
    await crypto.subtle.exportKey('spki', pair.publicKey),
    backup,
    await crypto.subtle.sign(scheme, pair.privateKey, message),
  ];
  lines.push(parts.map((part) => base64(part)).join('\t'));
}
writeFileSync(made, lines.join('\n'));
