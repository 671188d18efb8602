// Scripts in the page that are after the key.
import { BACKUP, LOCK, challenge, equal, open, sign, verified } from './checks.mjs';
import { POLICY, serve } from './site.mjs';

export const hostile = async ({ name, check, site, page }) => {
  await check(`${name}: a key without a lock can be used by whatever script gets at it, another site's frame too, and exported by none`, async () => {
    const foreign = await serve(POLICY.replace("frame-ancestors 'none'", 'frame-ancestors *'));
    const another = foreign.url.replace('127.0.0.1', 'localhost');
    const lax = await serve(POLICY.replace("frame-src 'none'", 'frame-src *'));
    const record = () => page.run(async () => {
      const db = await new Promise((resolve) => (indexedDB.open('enclave-wallet').onsuccess = (e) => resolve(e.target.result)));
      [globalThis.record] = await new Promise((resolve) => (db.transaction('keys').objectStore('keys').getAll().onsuccess = (e) => resolve(e.target.result)));
      db.close();
    });
    // A frame that is refused says so, or that it loaded: what was asked for tells.
    const framed = async (url) => {
      await page.run(
        (url) =>
          new Promise((resolve) => {
            addEventListener('securitypolicyviolation', resolve);
            globalThis.frame = document.createElement('iframe');
            frame.onload = resolve;
            frame.src = url;
            document.body.append(frame);
          }).then(() => null),
        `${url}frame`,
      );
      return foreign.requests.filter((request) => request.startsWith('GET /frame ')).length;
    };
    try {
      equal(await framed(another), 0, 'frames under the policy of the guide');
      await open(page, lax.url);
      await page.run((backup) => wallet.create({ name: 'open', lock: null, backup }), BACKUP);
      await record();
      const tried = await page.run(async () => {
        const { key } = globalThis.record;
        const wrapping = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['wrapKey']);
        const copy = structuredClone(key);
        const all = [
          ...['pkcs8', 'jwk', 'raw'].map((format) => crypto.subtle.exportKey(format, key)),
          crypto.subtle.wrapKey('pkcs8', key, wrapping, { name: 'AES-GCM', iv: new Uint8Array(12) }),
          crypto.subtle.exportKey('pkcs8', copy),
        ];
        const ended = (await Promise.allSettled(all)).map(({ status }) => status);
        return [...new Set(ended), copy.extractable, JSON.stringify(key)].join();
      });
      equal(tried, 'rejected,false,{}', 'exports by script and of a copy');
      equal(await framed(another), 1, 'frames under a policy that lets them in');
      const given = await page.run(() => new Promise((resolve) => {
        addEventListener('message', ({ data }) => resolve(data));
        globalThis.frame.contentWindow.postMessage(globalThis.record.key, '*');
      }));
      equal(given, 'InvalidAccessError,signed', 'what another site does with the key');
      await page.run((handle) => wallet.delete(handle, true), await page.run(() => globalThis.record.handle));
      await page.run((lock, backup) => wallet.create({ name: 'locked', lock, backup }), LOCK, BACKUP);
      await record();
      equal(await page.run(() => Object.values(globalThis.record).some((value) => value instanceof CryptoKey)), false, 'a key in the record of a locked one');
    } finally {
      foreign.close();
      lax.close();
      await open(page, site.url);
    }
  });
  await check(`${name}: a script that changes prototypes before the wallet loads gets no key`, async () => {
    await open(page, `${site.url}tampered`);
    const { key } = await page.run((lock, backup) => wallet.create({ name: 'tampered', lock, backup }), LOCK, BACKUP);
    await page.run((handle, lock) => wallet.unlock(handle, lock), key.handle, LOCK);
    equal((await sign(page, key.handle, challenge('sign'), 'Tampered', 'Sign')).reason, undefined);
    const { seen, messages, keys } = await page.run(() => ({
      seen,
      messages: JSON.stringify(messages),
      keys: messages.filter((message) => [message.value, ...Object.values(message.value ?? {})].some((value) => value instanceof CryptoKey)).length,
    }));
    equal(seen.join(), '', 'calls of Web Crypto in the page');
    if (!messages.includes(key.handle)) throw new Error('the script does not see the messages of the workers');
    equal(keys, 0, 'keys in messages of the workers');
    equal(/"d":/.test(messages), false, 'a private JWK in the messages');
    await open(page, site.url);
  });
  await check(`${name}: a script that changes prototypes later signs without the user, for this origin and the wallet's claims only`, async () => {
    const { handle, jwk } = await page.run((lock, backup) => wallet.create({ name: 'bypassed', lock, backup }).then(({ key }) => key), LOCK, BACKUP);
    const asked = challenge('sign');
    const [request, other] = await page.run(
      async (handle, lock, asked) => {
        const workers = [];
        const own = Object.getOwnPropertyDescriptor(Worker.prototype, 'onmessage');
        Object.defineProperty(Worker.prototype, 'onmessage', { configurable: true, set(listener) { workers.push(this); own.set.call(this, listener); } });
        await wallet.unlock(handle, lock);
        Object.defineProperty(Worker.prototype, 'onmessage', own);
        const ask = (id, challenge) =>
          new Promise((resolve) => {
            workers[0].addEventListener('message', ({ data }) => data.id === id && resolve(data.value ?? data.reason));
            workers[0].postMessage({ id, job: { op: 'sign', challenge, origin: 'https://other.example', claims: { text: 'Unseen', origin: 'https://other.example', predecessor: 'x' } } });
          });
        return [await ask(900, asked), await ask(901, { ...asked, action: 'succeed' })];
      },
      handle,
      LOCK,
      asked,
    );
    equal(JSON.stringify(verified(request, jwk)), JSON.stringify({ action: 'sign', origin: site.url.slice(0, -1), purpose: 'payment', nonce: asked.nonce, exp: asked.exp, text: 'Unseen' }));
    equal(other, 'invalid');
    await page.run((handle) => wallet.delete(handle, true), handle);
  });
};
