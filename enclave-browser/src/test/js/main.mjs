// The wallet in real browsers. Prints a line for each check, "ok NAME" or "not ok NAME: why", and exits with 1 if one failed.
//   node src/test/js/main.mjs DIRECTORY [Chromium|Firefox]
// DIRECTORY has what Java wrote to be restored here (restore.txt), and gets what Java is to check (made-BROWSER.txt).
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BROWSERS, Checks } from './browsers.mjs';
import { serve } from './site.mjs';

const directory = process.argv[2] ?? 'target/browser';
const LOCK = 'correct-Horse-7-battery';
const BACKUP = 'Staple-19-of-other-words';
let failed = 0;

const equal = (actual, expected, what) => {
  if (actual !== expected) throw new Error(`${what ?? 'value'} is ${JSON.stringify(actual)} and not ${JSON.stringify(expected)}`);
};

const refused = async (promise, reason) => {
  const e = await promise.then(
    () => undefined,
    (error) => error,
  );
  equal(e?.reason, reason, `the reason of ${e}`);
};

const challenge = (action, purpose = 'payment', seconds = 600) => ({
  action,
  purpose,
  nonce: randomBytes(32).toString('base64url'),
  exp: Math.floor(Date.now() / 1000) + seconds,
});

const verified = (request, jwk) => {
  const [header, payload, signature] = request.split('.');
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  const text = Buffer.from(`${header}.${payload}`);
  const octets = Buffer.from(signature, 'base64url');
  const right = jwk.kty === 'OKP' ? verify(null, text, key, octets) : verify('sha256', text, { key, dsaEncoding: 'ieee-p1363' }, octets);
  if (!right) throw new Error('the signature does not verify');
  return JSON.parse(Buffer.from(payload, 'base64url'));
};

/** Begins to sign, answers the dialog when it is there, and tells what came of it. */
const sign = async (page, handle, asked, text, choice) => {
  await page.run(
    (handle, asked, text) => {
      globalThis.pending = globalThis.wallet.sign(handle, asked, text).then(
        (request) => ({ request }),
        (e) => ({ reason: e.reason, message: e.message }),
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

const shown = async (page) => {
  while (!(await page.run(() => document.querySelector('enclave-confirm') !== null)));
};

const open = async (page, url) => {
  await page.go(url);
  while (!(await page.run(() => document.documentElement.dataset.ready === 'yes')));
  return page.run(async () => {
    globalThis.wallet = await enclave.Wallet.open({ worker: '/worker.js' });
    return wallet.lost;
  });
};

const lines = (text) =>
  text
    .split('\n')
    .filter((line) => line)
    .map((line) => line.split('\t'));

const files = function* (folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) yield* files(path);
    else if (stat?.isFile()) yield path;
  }
};

/**
 * The forms in which key bytes can lie in a file or a request. Of 24 bytes in the middle: Firefox compresses what it stores (Snappy), and
 * a key whose last byte stands before zeros elsewhere lies there without that byte, one in some thirty.
 */
const forms = (secret) => {
  const part = secret.subarray(3, 27);
  return [
    part,
    ...[part.toString('hex'), part.toString('hex').toUpperCase(), part.toString('base64'), part.toString('base64url')].map((text) => Buffer.from(text)),
    Buffer.from(part.toString('hex'), 'utf16le'),
  ];
};

const found = (secret, contents) => contents.filter((content) => forms(secret).some((form) => content.includes(form))).length;
const inFiles = (secret, profile) => found(secret, [...files(profile)].map((path) => readFileSync(path)));

/** A key of our own, so that its bytes are known: the PEM, and the private bytes. */
const planted = (type) => {
  const { privateKey } = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: BACKUP });
  return { pem, secret: Buffer.from(privateKey.export({ format: 'jwk' }).d, 'base64url') };
};

const life = async (Browser) => {
  const name = Browser.name;
  const profile = join(directory, `profile-${name}`);
  rmSync(profile, { recursive: true, force: true });
  const site = await serve();
  const made = [];
  const checks = new Checks();
  const check = (name, work) => checks.check(name, work);
  let page = await Browser.start(profile);
  try {
    let first;
    let firstKey;
    let backup;
    await check(`${name}: a locked key is made, with its file and registration, and only public things come out`, async () => {
      equal(await open(page, site.url), false, 'lost');
      const out = await page.run((lock, backup, asked) => wallet.create({ name: 'spending', lock, backup }, asked), LOCK, BACKUP, challenge('register'));
      first = out.key;
      backup = out.backup;
      equal(Object.keys(out).sort().join(), 'backup,key,persistence,registration');
      equal(Object.keys(first).sort().join(), 'algorithm,createdAt,handle,jwk,locked,name,state');
      equal(Object.keys(first.jwk).sort().join(), 'crv,kty,x');
      equal(first.algorithm, 'ED25519');
      const claims = verified(out.registration, first.jwk);
      equal(claims.origin, site.url.slice(0, -1));
      equal(`browser:${JSON.parse(Buffer.from(out.registration.split('.')[0], 'base64url')).kid}`, first.handle);
      made.push(['signed', out.registration, claims.key]);
      firstKey = claims.key;
      made.push(['backup', 'spending', 'ED25519', claims.key, Buffer.from(backup).toString('base64'), BACKUP]);
      const opened = createPrivateKey({ key: backup, passphrase: BACKUP });
      equal(createPublicKey(opened).export({ format: 'jwk' }).x, first.jwk.x);
    });
    await check(`${name}: a P-256 key is made and its file opens`, async () => {
      const out = await page.run((lock, backup, asked) => wallet.create({ name: 'second', lock, backup, algorithm: 'ECDSA_P256_SHA256' }, asked), LOCK, BACKUP, challenge('register'));
      const claims = verified(out.registration, out.key.jwk);
      made.push(['signed', out.registration, claims.key]);
      made.push(['backup', 'second', 'ECDSA_P256_SHA256', claims.key, Buffer.from(out.backup).toString('base64'), BACKUP]);
      equal(createPublicKey(createPrivateKey({ key: out.backup, passphrase: BACKUP })).export({ format: 'jwk' }).x, out.key.jwk.x);
      await page.run((handle) => wallet.delete(handle, true), out.key.handle);
    });
    await check(`${name}: a key without file needs an accepted risk, and weak passwords are refused`, async () => {
      await refused(page.run((lock) => wallet.create({ name: 'risky', lock, backup: null }), LOCK), 'not-persistent');
      await refused(page.run((backup) => wallet.create({ name: 'weak', lock: 'short', backup }), BACKUP), 'weak-password');
      await refused(page.run((backup) => wallet.create({ name: 'weak', lock: 'aaaaaaaaaaaaaaaaaa', backup }), BACKUP), 'weak-password');
      await refused(page.run((lock, backup) => wallet.create({ name: 'Not A Name', lock, backup }), LOCK, BACKUP), 'invalid');
      equal((await page.run(() => wallet.list())).length, 1, 'number of keys');
      equal(await page.run(async () => (await (await enclave.Wallet.open({ worker: '/worker.js' })).list()).length), 1, 'keys of a second wallet of the page');
    });
    await check(`${name}: signing needs the password, the confirmation and the user's own hand`, async () => {
      await refused(page.run((handle, asked) => wallet.sign(handle, asked, 'Pay'), first.handle, challenge('sign')), 'locked');
      await refused(page.run((handle) => wallet.unlock(handle, 'wrong password'), first.handle), 'wrong-password');
      await page.run((handle, lock) => wallet.unlock(handle, lock), first.handle, LOCK);
      const asked = challenge('sign');
      equal((await sign(page, first.handle, challenge('sign'), 'Pay 1', 'Escape')).reason, 'cancelled');
      equal((await sign(page, first.handle, challenge('sign'), 'Pay 1', 'Cancel')).reason, 'cancelled', 'what the first button does');
      const { request } = await sign(page, first.handle, asked, 'Pay 3 € to Ann', 'Sign');
      const claims = verified(request, first.jwk);
      equal(JSON.stringify(claims), JSON.stringify({ action: 'sign', origin: site.url.slice(0, -1), purpose: 'payment', nonce: asked.nonce, exp: asked.exp, text: 'Pay 3 € to Ann' }));
      made.push(['signed', request, firstKey]);
      equal((await sign(page, first.handle, asked, 'Pay 3 € to Ann', 'Sign')).reason, 'already-signed');
      await refused(page.run((handle, asked) => wallet.sign(handle, asked, 'Pay \u202e3'), first.handle, challenge('sign')), 'invalid');
      const hidden = ['\u202e', '\u200b', '\u00ad', '\u034f', '\u3164', '\uffa0', '\ufe0f', '\u{e0100}', '\u{1d173}', '\u0000'];
      equal(await page.run((all) => all.filter((one) => enclave.isReadable(`Pay ${one}3`)).length, hidden), 0, 'invisible characters that pass');
      equal(await page.run(() => enclave.isReadable('Pay 3 € to Ann\nÄ 日本 שלום')), true, 'whether a text is readable');
      await refused(page.run((handle, asked) => wallet.sign(handle, asked, 'Pay'), first.handle, challenge('revoke')), 'invalid');
      equal((await sign(page, first.handle, challenge('sign', 'payment', -1), 'Late', 'Sign')).reason, 'expired');
      const both = await page.run(
        async (handle, lock) => {
          const own = await enclave.Wallet.open({ worker: '/worker.js' });
          const [first, second] = await Promise.allSettled([own.unlock(handle, lock), own.unlock(handle, lock)]);
          own.lock();
          return `${first.reason?.reason} ${second.status}`;
        },
        first.handle,
        LOCK,
      );
      equal(both, 'locked fulfilled', 'two unlockings at once');
      await page.run(
        async (handle, lock, asked) => {
          const own = await enclave.Wallet.open({ worker: '/worker.js', idle: 1 });
          await own.unlock(handle, lock);
          globalThis.pending = own.sign(handle, asked, 'Slow').then(() => ({}), (e) => ({ reason: e.reason }));
          while (own.unlocked !== undefined || !document.querySelector('enclave-confirm')) await new Promise((resolve) => setTimeout(resolve));
        },
        first.handle,
        LOCK,
        challenge('sign'),
      );
      await page.answer('Sign');
      equal((await page.run(() => globalThis.pending)).reason, 'locked', 'what became of a key that was locked while the dialog was open');
    });
    await check(`${name}: scripts reach neither the dialog nor the key`, async () => {
      const seen = await page.run(
        async (handle, asked) => {
          const pending = wallet.sign(handle, asked, 'Pay').catch((e) => e.reason);
          while (!document.querySelector('enclave-confirm')) await new Promise((r) => requestAnimationFrame(r));
          const host = document.querySelector('enclave-confirm');
          const root = host.shadowRoot;
          host.click();
          host.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, composed: true }));
          host.remove();
          return root;
        },
        first.handle,
        challenge('sign'),
      );
      equal(seen, null, 'the shadow root');
      const stored = await page.run(async () => {
        const db = await new Promise((resolve) => (indexedDB.open('enclave-wallet').onsuccess = (e) => resolve(e.target.result)));
        const records = await new Promise((resolve) => (db.transaction('keys').objectStore('keys').getAll().onsuccess = (e) => resolve(e.target.result)));
        db.close();
        return records.map((record) => [Object.keys(record).sort().join(), String(record.key)]);
      });
      equal(stored[0].join(), 'algorithm,createdAt,handle,jwk,locked,name,spki,state,wrapped,undefined');
    });
    await check(`${name}: the wallet lives on after a restart of the browser, and rotates`, async () => {
      await page.close();
      page = await Browser.start(profile);
      equal(await open(page, site.url), false, 'lost');
      const list = await page.run(() => wallet.list());
      equal(list.map((key) => key.handle).join(), first.handle);
      await page.run((handle, lock) => wallet.unlock(handle, lock), first.handle, LOCK);
      const rotate = async (answer, choice) => {
        await page.run(
          (handle, asked, lock, backup, answer) => {
            globalThis.pending = wallet
              .rotate(handle, asked, { name: 'spending', lock, backup }, async (request) => {
                globalThis.sent = request;
                if (answer === null) throw new Error('no answer');
                return answer;
              })
              .then((made) => ({ made }), (e) => ({ reason: e.reason }));
          },
          first.handle,
          challenge('rotate'),
          LOCK,
          BACKUP,
          answer,
        );
        await shown(page);
        await page.answer(choice);
        return page.run(() => globalThis.pending);
      };
      equal((await rotate(true, 'Escape')).reason, 'cancelled');
      equal((await page.run(() => wallet.list())).length, 1, 'keys after a cancelled rotation');
      equal((await rotate(false, 'Sign')).reason, 'cancelled');
      equal((await page.run(() => wallet.list())).length, 1, 'keys after a refused rotation');
      await page.run((handle, lock) => wallet.unlock(handle, lock), first.handle, LOCK);
      equal((await rotate(null, 'Sign')).reason, 'unknown-outcome');
      const request = await page.run(() => globalThis.sent);
      const waiting = (await page.run(() => wallet.list())).find((key) => key.state === 'pending');
      // The page is gone before the application has asked the server.
      await page.close();
      page = await Browser.start(profile);
      await open(page, site.url);
      const file = await page.run((handle) => wallet.settle(handle, true), waiting.handle);
      const after = await page.run(() => wallet.list());
      equal(after.map((key) => `${key.handle} ${key.state}`).join(), `${waiting.handle} active`);
      await page.run((handle) => wallet.delete(handle, true), waiting.handle);
      const next = { key: await page.run((pem, password, lock) => wallet.restore(pem, password, 'spending', lock), file, BACKUP, LOCK) };
      equal(next.key.handle, waiting.handle, 'the successor of the file');
      const claims = verified(request, first.jwk);
      const proof = verified(claims.proof, next.key.jwk);
      equal(proof.predecessor, first.handle.slice(8));
      made.push(['signed', request, firstKey], ['proof', claims.proof, proof.key]);
      first = next.key;
      await page.run((handle, lock) => wallet.unlock(handle, lock), first.handle, LOCK);
      const { made: last } = await rotate(true, 'Sign');
      equal(last.backup.startsWith('-----BEGIN ENCRYPTED PRIVATE KEY-----'), true, 'the file of a rotation that was answered');
      equal((await page.run(() => wallet.list())).map((key) => `${key.handle} ${key.state}`).join(), `${last.key.handle} active`);
      first = last.key;
    });
    await check(`${name}: two tabs sign once for one request`, async () => {
      const asked = challenge('sign');
      await page.run((handle, lock) => wallet.unlock(handle, lock), first.handle, LOCK);
      equal((await sign(page, first.handle, asked, 'Once', 'Sign')).reason, undefined);
      await page.tab();
      await open(page, site.url);
      await page.run((handle, lock) => wallet.unlock(handle, lock), first.handle, LOCK);
      equal((await sign(page, first.handle, asked, 'Once', 'Sign')).reason, 'already-signed');
    });
    await check(`${name}: what Java and OpenSSL encrypted is restored and signs`, async () => {
      const path = join(directory, 'restore.txt');
      const given = lines(existsSync(path) ? readFileSync(path, 'utf8') : '').map(([password, key, pem]) => ({ password, key, pem: Buffer.from(pem, 'base64').toString() }));
      given.push({ pem: planted('ed25519').pem, password: BACKUP }, { pem: planted('p256').pem, password: BACKUP });
      for (const { pem, password, key } of given) {
        await refused(page.run((pem, lock) => wallet.restore(pem, 'another password', 'restored', lock), pem, LOCK), 'wrong-password');
        const restored = await page.run((pem, password, lock) => wallet.restore(pem, password, 'restored', lock), pem, password, LOCK);
        await page.run((handle, lock) => wallet.unlock(handle, lock), restored.handle, LOCK);
        const { request } = await sign(page, restored.handle, challenge('sign'), 'Restored', 'Sign');
        verified(request, restored.jwk);
        if (key) made.push(['restored', request, key, restored.name]);
        await refused(page.run((pem, password, lock) => wallet.restore(pem, password, 'restored', lock), pem, password, LOCK), 'exists');
        await page.run((handle) => wallet.delete(handle, true), restored.handle);
      }
    });
    await check(`${name}: files that were changed or that browsers cannot read are refused with what to do`, async () => {
      const scryptFile = join(directory, 'scrypt.pem');
      if (existsSync(scryptFile)) {
        await refused(page.run((pem, password, lock) => wallet.restore(pem, password, 'x', lock), readFileSync(scryptFile, 'utf8'), BACKUP, LOCK), 'scrypt-backup');
      }
      const octets = Buffer.from(backup.replace(/-----.*-----|\s/g, ''), 'base64');
      for (const at of [octets.length - 200, octets.length - 260]) {
        const changed = Buffer.from(octets);
        changed[at] ^= 1;
        const pem = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${changed.toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
        const e = await page.run((pem, password, lock) => wallet.restore(pem, password, 'x', lock), pem, BACKUP, LOCK).then(() => ({}), (e) => e);
        if (!['backup-changed', 'wrong-password'].includes(e.reason)) throw new Error(`a changed file: ${e.reason}`);
      }
      await refused(page.run((lock) => wallet.restore('nothing', 'x', 'x', lock), LOCK), 'invalid-backup');
    });
    const unlocked = planted('ed25519');
    const locked = planted('ed25519');
    await check(`${name}: the files of the profile hold an unlocked key, and no locked one`, async () => {
      await page.run((pem, password) => wallet.restore(pem, password, 'open', null), unlocked.pem, BACKUP);
      const { handle } = await page.run((pem, password, lock) => wallet.restore(pem, password, 'locked', lock), locked.pem, BACKUP, LOCK);
      await page.run((handle, lock) => wallet.unlock(handle, lock), handle, LOCK);
      equal((await sign(page, handle, challenge('sign'), 'Used', 'Sign')).reason, undefined);
      await page.close();
      const hits = inFiles(unlocked.secret, profile);
      const lockedHits = inFiles(locked.secret, profile);
      page = await Browser.start(profile);
      await open(page, site.url);
      if (hits === 0) throw new Error('the scan does not find the key that is there');
      equal(lockedHits, 0, 'files with the locked key');
    });
    await check(`${name}: no request of the session holds a private key`, async () => {
      const contents = site.requests.map((request) => Buffer.from(request));
      equal(found(locked.secret, contents) + found(unlocked.secret, contents), 0, 'requests with a key');
      await page.run((leak) => fetch(`/leak?${leak}`), locked.secret.toString('hex'));
      equal(found(locked.secret, site.requests.map((request) => Buffer.from(request))), 1, 'the planted leak');
    });
    await check(`${name}: a crash of the browser in the middle leaves whole keys only`, async () => {
      await page.run((lock, backup) => {
        for (let i = 0; i < 4; i++) wallet.create({ name: `crash-${i}`, lock, backup }).catch(() => {});
      }, LOCK, BACKUP);
      await page.kill();
      page = await Browser.start(profile);
      await open(page, site.url);
      for (const key of await page.run(() => wallet.list())) {
        await page.run((handle, lock) => wallet.unlock(handle, lock), key.handle, key.locked ? LOCK : null);
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
    await check(`${name}: without room no half key is stored, and the user is told`, async () => {
      const list = () => page.run(async () => (await wallet.list()).map((key) => `${key.handle} ${key.state}`).join());
      const before = await list();
      const origin = site.url.slice(0, -1);
      await page.fill(origin);
      await refused(page.run((lock, backup) => wallet.create({ name: 'no-room', lock, backup }), LOCK, BACKUP), 'quota');
      await refused(page.run((pem, password, lock) => wallet.restore(pem, password, 'no-room', lock), planted('p256').pem, BACKUP, LOCK), 'quota');
      equal(await list(), before);
      await page.makeRoom(origin);
      const { key } = await page.run((lock, backup) => wallet.create({ name: 'room', lock, backup }), LOCK, BACKUP);
      await page.run((handle, lock) => wallet.unlock(handle, lock), key.handle, LOCK);
      await page.run((handle) => wallet.delete(handle, true), key.handle);
      equal(await list(), before);
    });
    // No protocol of Firefox closes a store that is in use.
    if (page.clear) {
      await check(`${name}: a store that is closed while it is written to keeps whole keys`, async () => {
        for (const wait of [0, 10, 40, 160, 640]) {
          await page.run(
            (lock, backup, wait) => {
              globalThis.making = wallet.create({ name: `closed-${wait}`, lock, backup }).then(
                () => undefined,
                (e) => e.reason ?? String(e),
              );
            },
            LOCK,
            BACKUP,
            wait,
          );
          await new Promise((resolve) => setTimeout(resolve, wait));
          await page.clear(site.url.slice(0, -1));
          const reason = await page.run(() => globalThis.making);
          if (reason !== undefined) equal(reason, 'storage');
          for (const key of await page.run(() => wallet.list())) {
            await page.run((handle, lock) => wallet.unlock(handle, lock), key.handle, key.locked ? LOCK : null);
          }
        }
      });
    }
    await check(`${name}: evicted storage is noticed`, async () => {
      await page.run(() => {
        wallet.lock();
        return new Promise((resolve, reject) => {
          const gone = indexedDB.deleteDatabase('enclave-wallet');
          gone.onsuccess = () => resolve();
          gone.onerror = gone.onblocked = () => reject(new Error('not deleted'));
        });
      });
      equal(await open(page, site.url), true, 'lost');
    });
  } finally {
    failed += checks.failed;
    await page.kill();
    site.close();
  }
  writeFileSync(join(directory, `made-${name}.txt`), made.map((line) => `${line.join('\t')}\n`).join(''));
};

mkdirSync(directory, { recursive: true });
for (const Browser of BROWSERS.filter(({ name }) => name.includes(process.argv[3] ?? ''))) {
  await life(Browser).catch((e) => {
    failed++;
    console.log(`not ok ${Browser.name}: ${e.stack.replaceAll('\n', ' | ')}`);
  });
}
process.exit(failed ? 1 : 0);
