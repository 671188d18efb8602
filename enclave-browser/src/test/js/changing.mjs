// Objects that answer differently when they are read again, and what scripts or files bring into the list of keys and the dialog.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { named } from './backup.mjs';
import { BACKUP, LOCK, challenge, equal, open, refused, shown, verified } from './checks.mjs';

/** Longer than a name, with a line that looks like one of the dialog's and a character that turns what follows. */
const HOSTILE = `spending\u202e\nSite https://bank.example${' '.repeat(6000)}x`;

export const changing = async ({ name, check, site, page }) => {
  await open(page, site.url);
  // In the page: the first reading of each field gives what is in `first`, and each later one what is in `then`.
  await page.run(() => {
    globalThis.wavering = (first, then) => {
      const read = new Set();
      const answer = (field) => (read.has(field) ? then : (read.add(field), first))[field];
      return Object.defineProperties({}, Object.fromEntries(Object.keys(first).map((field) => [field, { enumerable: true, get: () => answer(field) }])));
    };
    globalThis.begin = (promise) => {
      elements.length = 0;
      globalThis.refusal = undefined;
      globalThis.pending = promise.then(
        (request) => ({ request }),
        (e) => {
          globalThis.refusal = e.reason ?? String(e);
          return { reason: globalThis.refusal };
        },
      );
    };
    const own = document.createElement;
    globalThis.elements = [];
    document.createElement = (...args) => {
      const element = own.apply(document, args);
      elements.push(element);
      return element;
    };
  });
  /** What came of what the page began, and what its dialog showed. */
  const answered = async (work, ...args) => {
    await page.run(work, ...args);
    await shown(page);
    const texts = await page.run(() => elements.map(({ textContent }) => textContent));
    await page.run(() => globalThis.change?.());
    await page.answer('Sign');
    return { ...(await page.run(() => globalThis.pending)), texts };
  };
  const stated = ({ action, purpose, nonce, exp }) => [action, purpose, nonce, exp].join();
  const other = challenge('revoke', 'everything', 6000);

  let first;

  await check(`${name}: a challenge that changes is signed as it was checked and shown`, async () => {
    first = await page.run((lock, backup) => wallet.create({ name: 'changing', lock, backup }).then(({ key }) => key), LOCK, BACKUP);
    await page.run((handle, lock) => wallet.unlock(handle, lock), first.handle, LOCK);
    const works = {
      sign: (handle, asked, other) => begin(wallet.sign(handle, wavering(asked, other), 'Get the newsletter')),
      register: (handle, asked, other) => begin(wallet.register(handle, wavering(asked, other))),
      revoke: (handle, asked, other) => begin(wallet.revoke(handle, wavering(asked, { ...other, action: 'sign' }))),
      // The server has the old key at the end, so the successor goes.
      rotate: (handle, asked, other, lock, backup) => {
        let sent;
        const send = async (request) => (sent = request);
        const ask = async () => ({ active: [handle.slice(8)], time: Number.MAX_SAFE_INTEGER });
        begin(
          wallet.rotate(handle, wavering(asked, other), { name: 'changing', lock, backup }, send, ask).catch((e) => {
            if (e.reason === 'cancelled' && sent) return sent;
            throw e;
          }),
        );
      },
    };
    for (const [action, work] of Object.entries(works)) {
      const asked = challenge(action);
      const { request, texts } = await answered(work, first.handle, asked, other, LOCK, BACKUP);
      const claims = verified(request, first.jwk);
      equal(stated(claims), stated(asked), `what was signed to ${action}`);
      equal(['payment', 'changing', claims.text].filter((text) => !texts.includes(text)).join(), '', `what was not shown to ${action}`);
    }
    // While the dialog is open.
    const asked = challenge('sign');
    const { request } = await answered(
      (handle, asked, other) => {
        globalThis.change = () => Object.assign(asked, other);
        begin(wallet.sign(handle, asked, 'Get the newsletter'));
      },
      first.handle,
      asked,
      other,
    );
    await page.run(() => delete globalThis.change);
    equal(stated(verified(request, first.jwk)), stated(asked), 'what was signed after a change');
    const registered = challenge('register');
    const made = await page.run((lock, backup, asked, other) => wallet.create({ name: 'changing', lock, backup }, wavering(asked, other)), LOCK, BACKUP, registered, other);
    equal(stated(verified(made.registration, made.key.jwk)), stated(registered), 'what was signed when a key was made');
    await page.run((handle) => wallet.delete(handle, true), made.key.handle);
  });
  await check(`${name}: what is not a text or a number, but turns into one, is refused`, async () => {
    const asked = challenge('sign');
    const works = [
      (handle, asked) => begin(wallet.sign(handle, asked, Object.assign(new String('Pay 9000 € to Mallory'), { toString: () => 'Pay 3 € to Ann' }))),
      (handle, asked) => begin(wallet.sign(handle, { ...asked, purpose: [asked.purpose] }, 'Pay')),
      (handle, asked) => begin(wallet.sign(handle, { ...asked, nonce: [asked.nonce] }, 'Pay')),
      (handle, asked) => begin(wallet.sign(handle, { ...asked, exp: new Number(asked.exp) }, 'Pay')),
    ];
    for (const work of works) {
      const { message, request } = await answered(work, first.handle, asked).catch((e) => e);
      equal(request?.split('.')[1] ?? message, 'no dialog: invalid', `what came of ${work}`);
    }
    await refused(page.run((lock, backup) => wallet.create({ name: ['changing'], lock, backup }), LOCK, BACKUP), 'invalid');
    await refused(page.run((lock, backup) => wallet.create({ name: 'changing', lock, backup: { length: 20, charCodeAt: (i) => 65 + 7 * i, slice: String } }), LOCK, BACKUP), 'weak-password');
  });
  await check(`${name}: a choice that changes makes the key that was checked`, async () => {
    const { key, backup } = await page.run(
      (lock, backup) => wallet.create(wavering({ name: 'changing', lock, backup, algorithm: 'ECDSA_P256_SHA256' }, { name: 'x\u202e', lock: null, backup: 'a', algorithm: 'ED25519' })),
      LOCK,
      BACKUP,
    );
    equal([key.name, key.lock, key.algorithm].join(), 'changing,password,ECDSA_P256_SHA256');
    equal(createPublicKey(createPrivateKey({ key: backup, passphrase: BACKUP })).export({ format: 'jwk' }).x, key.jwk.x);
    await page.run((handle) => wallet.delete(handle, true), key.handle);
  });
  await check(`${name}: no name but one that the wallet gives comes from a file or the store into the list or the dialog`, async () => {
    await refused(page.run((pem, password, lock) => wallet.restore(pem, password, 'restored', lock), await named(HOSTILE, BACKUP), BACKUP, LOCK), 'invalid-backup');
    await page.run(
      async (handle, name) => {
        const db = await new Promise((resolve) => (indexedDB.open('enclave-wallet').onsuccess = (e) => resolve(e.target.result)));
        await new Promise((resolve) => {
          const keys = db.transaction('keys', 'readwrite').objectStore('keys');
          keys.get(handle).onsuccess = ({ target }) => (keys.put({ ...target.result, name }).onsuccess = resolve);
        });
        db.close();
      },
      first.handle,
      HOSTILE,
    );
    equal((await page.run(() => wallet.list())).find(({ handle }) => handle === first.handle).name, 'invalid-name', 'the name in the list');
    const { request, texts } = await answered((handle, asked) => begin(wallet.sign(handle, asked, 'Pay')), first.handle, challenge('sign'));
    equal(['payment', 'invalid-name', 'Pay'].filter((text) => !texts.includes(text)).join(), '', 'what was not shown');
    equal(texts.filter((text) => text.includes('bank.example')).join(), '', 'what was shown of the name');
    verified(request, first.jwk);
    await page.run((handle) => wallet.delete(handle, true), first.handle);
  });
  await open(page, site.url);
};
