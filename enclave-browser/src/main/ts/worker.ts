// Runs in a worker: a realm that scripts of the page cannot reach. Private keys are in no other place.
import { ITERATIONS, decrypt, encrypt, passwordKey } from './backup.js';
import { type Octets, base64url, hex, random, utf8 } from './encoding.js';
import { type Stored, type Wrapped, add, claim, find, info } from './store.js';
import { type Algorithm, type Challenge, type Job, type Made, type PasskeySecret, type Secret, WalletError } from './types.js';

const NAMES = {
  ED25519: { key: { name: 'Ed25519' }, sign: { name: 'Ed25519' }, alg: 'EdDSA' },
  ECDSA_P256_SHA256: {
    key: { name: 'ECDSA', namedCurve: 'P-256' },
    sign: { name: 'ECDSA', hash: 'SHA-256' },
    alg: 'ES256',
  },
} as const;

const ACTIONS: readonly string[] = ['register', 'sign', 'rotate', 'revoke'];

/** The unlocked key of a session, until the worker ends. */
let session: { stored: Stored; key: CryptoKey } | undefined;
let idle = 0;
let usedAt = 0;

/** By PBKDF2 from a password; by HKDF from what a passkey answered, which is uniformly random. */
const lockKey = async (secret: string | PasskeySecret, salt: Octets, iterations = ITERATIONS): Promise<CryptoKey> => {
  const typed = typeof secret === 'string';
  return crypto.subtle.deriveKey(
    { hash: 'SHA-256', salt, ...(typed ? { name: 'PBKDF2', iterations } : { name: 'HKDF', info: utf8('enclave-wallet-lock-v1') }) },
    await (typed ? passwordKey(secret) : crypto.subtle.importKey('raw', secret.secret, 'HKDF', false, ['deriveKey'])),
    { name: 'AES-GCM', length: 256 },
    false,
    ['wrapKey', 'unwrapKey'],
  );
};

const wrap = async (key: CryptoKey, handle: string, secret: string | PasskeySecret): Promise<Wrapped> => {
  const [salt, of] = typeof secret === 'string' ? [random(16), { iterations: ITERATIONS }] : [secret.salt, { credential: secret.credential }];
  const iv = random(12);
  const gcm = { name: 'AES-GCM', iv, additionalData: utf8(handle) };
  return { salt, ...of, iv, ciphertext: new Uint8Array(await crypto.subtle.wrapKey('pkcs8', key, await lockKey(secret, salt), gcm)) };
};

const unwrap = async (stored: Stored, secret: Secret): Promise<CryptoKey> => {
  if (stored.key) return stored.key;
  const wrapped = stored.wrapped!;
  try {
    const under = await lockKey(secret ?? '', wrapped.salt, wrapped.iterations);
    const gcm = { name: 'AES-GCM', iv: wrapped.iv, additionalData: utf8(stored.handle) };
    return await crypto.subtle.unwrapKey('pkcs8', wrapped.ciphertext, under, gcm, NAMES[stored.algorithm].key, false, ['sign']);
  } catch {
    throw new WalletError('wrong-password', 'The password or passkey does not open the key. Use the one of the key’s lock.');
  }
};

/** Signs the compact JWS of claims (docs/browser.md). */
const jws = async (stored: Stored, key: CryptoKey, claims: object): Promise<string> => {
  const { alg, sign } = NAMES[stored.algorithm];
  const header = { typ: 'enclave-wallet+jws', alg, kid: stored.handle.slice(8) };
  const text = [header, claims].map((part) => base64url(utf8(JSON.stringify(part)))).join('.');
  return `${text}.${base64url(new Uint8Array(await crypto.subtle.sign(sign, key, utf8(text))))}`;
};

const stated = (challenge: Challenge, action: string) => ({
  action,
  origin: self.location.origin,
  purpose: challenge.purpose,
  nonce: challenge.nonce,
  exp: challenge.exp,
});

/** The record of a key that is extractable now and never again. */
const sealed = async (
  privateKey: CryptoKey,
  publicKey: CryptoKey,
  about: { name: string; algorithm: Algorithm; createdAt: string; lock: Secret },
): Promise<{ stored: Stored; usable: CryptoKey }> => {
  const spki = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
  const jwk = await crypto.subtle.exportKey('jwk', publicKey);
  const handle = `browser:${hex(new Uint8Array(await crypto.subtle.digest('SHA-256', spki)))}`;
  const { name, algorithm, createdAt, lock } = about;
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey));
  const usable = await crypto.subtle.importKey('pkcs8', pkcs8, NAMES[algorithm].key, false, ['sign']);
  pkcs8.fill(0);
  const stored: Stored = {
    handle,
    name,
    algorithm,
    jwk: { kty: jwk.kty!, crv: jwk.crv!, x: jwk.x!, ...(jwk.y === undefined ? {} : { y: jwk.y }) },
    createdAt,
    state: 'active',
    lock: lock === null ? 'none' : typeof lock === 'string' ? 'password' : 'passkey',
    spki,
    ...(lock === null ? { key: usable } : { wrapped: await wrap(privateKey, handle, lock) }),
  };
  return { stored, usable };
};

const supported = async (): Promise<Algorithm> => {
  try {
    await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify']);
    return 'ED25519';
  } catch {
    return 'ECDSA_P256_SHA256';
  }
};

const create = async (job: Job & { op: 'create' }): Promise<Made> => {
  const { choice, predecessor, challenge } = job;
  const algorithm = choice.algorithm ?? (await supported());
  const createdAt = new Date().toISOString();
  const pair = (await crypto.subtle.generateKey(NAMES[algorithm].key, true, ['sign', 'verify'])) as CryptoKeyPair;
  const about = { name: choice.name, algorithm, createdAt };
  const { stored, usable } = await sealed(pair.privateKey, pair.publicKey, { ...about, lock: choice.lock });
  const made: Made = { key: info(stored) };
  if (choice.backup !== null) {
    const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', pair.privateKey));
    made.backup = await encrypt(pkcs8, choice.backup, about);
    pkcs8.fill(0);
    if (choice.keepBackupHere) stored.backup = made.backup;
  }
  if (predecessor !== undefined) {
    stored.state = 'pending';
    stored.predecessor = predecessor;
    if (challenge) stored.until = challenge.exp;
    if (made.backup !== undefined) stored.unsaved = made.backup;
  }
  if (challenge) {
    const key = base64url(stored.spki);
    made.proof =
      predecessor === undefined
        ? await jws(stored, usable, { ...stated(challenge, 'register'), key })
        : await jws(stored, usable, { ...stated(challenge, 'succeed'), key, predecessor: predecessor.slice(8) });
  }
  await add(stored);
  made.key = info(stored);
  return made;
};

const restore = async (job: Job & { op: 'restore' }): Promise<Made> => {
  const { pkcs8, algorithm, name } = await decrypt(job.pem, job.password);
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, NAMES[algorithm].key, true, ['sign']);
  pkcs8.fill(0);
  const { d: _, key_ops: __, ...open } = await crypto.subtle.exportKey('jwk', key);
  const publicKey = await crypto.subtle.importKey('jwk', open, NAMES[algorithm].key, true, ['verify']);
  const about = { name: name ?? job.name, algorithm, createdAt: new Date().toISOString(), lock: job.lock };
  const { stored } = await sealed(key, publicKey, about);
  if (job.keep) stored.backup = job.pem;
  await add(stored);
  return { key: info(stored) };
};

const unlock = async (job: Job & { op: 'unlock' }): Promise<true> => {
  const stored = await find(job.handle);
  session = { stored, key: await unwrap(stored, job.secret) };
  idle = job.idle;
  usedAt = Date.now();
  return true;
};

const sign = async (job: Job & { op: 'sign' }): Promise<string> => {
  // The page ends this worker after that time; a page that was frozen does so late.
  if (!session || Date.now() - usedAt > idle) {
    session = undefined;
    throw new WalletError('locked', 'The key is locked. Unlock it.');
  }
  const { challenge } = job;
  // Whoever posts here: what the wallet asks for, and nothing else.
  const { key, proof, text } = job.claims;
  if (!ACTIONS.includes(challenge.action)) throw new WalletError('invalid', 'The site’s challenge is for no action of the wallet. Nothing was signed.');
  if (challenge.exp * 1000 <= Date.now()) {
    throw new WalletError('expired', 'The time to sign this request is over. Ask the site for a new one.');
  }
  // Another tab may have deleted or replaced it.
  await find(session.stored.handle);
  await claim(challenge.nonce, challenge.exp);
  usedAt = Date.now();
  return jws(session.stored, session.key, { ...stated(challenge, challenge.action), key, proof, text });
};

const run = (job: Job): Promise<unknown> => {
  switch (job.op) {
    case 'create':
      return create(job);
    case 'restore':
      return restore(job);
    case 'unlock':
      return unlock(job);
    case 'sign':
      return sign(job);
  }
};

addEventListener('message', (event: MessageEvent<{ id: number; job: Job }>) => {
  const { id, job } = event.data;
  run(job).then(
    (value) => postMessage({ id, value }),
    (e: unknown) =>
      postMessage({
        id,
        reason: e instanceof WalletError ? e.reason : 'unsupported',
        message: e instanceof WalletError ? e.message : 'The browser refused an operation that the wallet needs. Use a current version of it.',
      }),
  );
});
