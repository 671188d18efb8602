// What the checks in browsers share.
import { createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { awaited, until } from './driver.mjs';

const LONGEST_CHECK = 240_000;
export const LOCK = 'correct-Horse-7-battery';
export const BACKUP = 'Staple-19-of-other-words';

/**
 * Runs checks, each within a deadline, and prints a line for each; after a deadline none is run any more. A browser that gives no answer any
 * more fails its check, or, where those who run the checks begin again then, ends them.
 */
export class Checks {
  failed = 0;
  #late = false;
  #passed;
  #begunAgain;

  /**
   * @param passed names of checks whose line is printed already; those that pass are added
   * @param begunAgain whether this is the last attempt
   */
  constructor(passed = new Set(), begunAgain = true) {
    this.#passed = passed;
    this.#begunAgain = begunAgain;
  }

  async check(name, work) {
    let timer;
    try {
      if (this.#late) throw new Error('not run: a check before it did not end');
      const deadline = new Promise((_, reject) => {
        timer = setTimeout(() => {
          this.#late = true;
          reject(new Error(`did not end in ${LONGEST_CHECK / 1000} s; it waits for ${[...awaited].join(' and ')}`));
        }, LONGEST_CHECK);
      });
      await Promise.race([work(), deadline]);
      if (!this.#passed.has(name)) console.log(`ok ${name}`);
      this.#passed.add(name);
    } catch (e) {
      if (e.hangs && !this.#begunAgain) throw e;
      this.failed++;
      console.log(`not ok ${name}: ${String(e.stack ?? e).replaceAll('\n', ' | ')}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

export const equal = (actual, expected, what) => {
  if (actual !== expected) throw new Error(`${what ?? 'value'} is ${JSON.stringify(actual)} and not ${JSON.stringify(expected)}`);
};

export const refused = async (promise, reason) => {
  const e = await promise.then(
    () => undefined,
    (error) => error,
  );
  equal(e?.reason, reason, `the reason of ${e}`);
};

export const challenge = (action, purpose = 'payment', seconds = 600) => ({
  action,
  purpose,
  nonce: randomBytes(32).toString('base64url'),
  exp: Math.floor(Date.now() / 1000) + seconds,
});

export const verified = (request, jwk) => {
  const [header, payload, signature] = request.split('.');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const text = Buffer.from(`${header}.${payload}`);
  const octets = Buffer.from(signature, 'base64url');
  const right = jwk.kty === 'OKP' ? verify(null, text, key, octets) : verify('sha256', text, { key, dsaEncoding: 'ieee-p1363' }, octets);
  if (!right) throw new Error('the signature does not verify');
  return JSON.parse(Buffer.from(payload, 'base64url'));
};

/** Begins to sign, answers the dialog when it is there, and tells what came of it. */
export const sign = async (page, handle, asked, text, choice) => {
  await page.run(
    (handle, asked, text) => {
      globalThis.refusal = undefined;
      globalThis.pending = globalThis.wallet.sign(handle, asked, text).then(
        (request) => ({ request }),
        (e) => {
          globalThis.refusal = e.message;
          return { reason: e.reason, message: e.message };
        },
      );
    },
    handle,
    asked,
    text,
  );
  await shown(page);
  await page.answer(choice);
  return page.run(() => globalThis.pending);
};

/** Waits for the dialog; an error if what is to show it is refused before. */
export const shown = (page) =>
  until('the dialog', () =>
    page.run(() => {
      if (globalThis.refusal !== undefined) throw new Error(`no dialog: ${globalThis.refusal}`);
      return document.querySelector('enclave-confirm') !== null;
    }),
  );

export const ready = (page) => until('the page', () => page.run(() => document.documentElement.dataset.ready === 'yes'));

export const open = async (page, url) => {
  await page.go(url);
  await ready(page);
  return page.run(async () => {
    globalThis.wallet = await enclave.Wallet.open({ worker: '/worker.js' });
    return wallet.lost;
  });
};

/** A key of our own, so that its bytes are known: the PEM, and the private bytes. */
export const planted = (type) => {
  const { privateKey } = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: BACKUP });
  return { pem, secret: Buffer.from(privateKey.export({ format: 'jwk' }).d, 'base64url') };
};
