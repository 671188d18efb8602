// The wallet in real browsers. Prints a line for each check, "ok NAME" or "not ok NAME: why", and exits with 1 if one failed.
//   node src/test/js/main.mjs DIRECTORY [Chromium|Firefox|WebKit]
// DIRECTORY has what Java wrote to be restored here (restore.txt), and gets what Java is to check (made-BROWSER.txt).
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BROWSERS } from './browsers.mjs';
import { BACKUP, Checks, LOCK, challenge, equal, open, planted, refused, shown, sign, verified } from './checks.mjs';
import { changing } from './changing.mjs';
import { dialog } from './dialog.mjs';
import { hostile } from './hostile.mjs';
import { interruptions } from './interruptions.mjs';
import { rotations } from './rotation.mjs';
import { serve } from './site.mjs';

const directory = process.argv[2] ?? 'target/browser';
let failed = 0;

const lines = (text) =>
  text
    .split('\n')
    .filter((line) => line)
    .map((line) => line.split('\t'));

/** Of a browser that runs, files come and go. */
const ifThere = (read, otherwise) => (path) => {
  try {
    return read(path);
  } catch (e) {
    if (e.code === 'ENOENT') return otherwise;
    throw e;
  }
};
const list = ifThere(readdirSync, []);
const read = ifThere(readFileSync, Buffer.alloc(0));

const files = function* (folder) {
  for (const name of list(folder)) {
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
const inFiles = (secret, profile) => found(secret, [...files(profile)].map(read));

const life = async (Browser, passed, begunAgain) => {
  const name = Browser.name;
  const profile = join(directory, `profile-${name}`);
  rmSync(profile, { recursive: true, force: true });
  const site = await serve();
  const made = [];
  const checks = new Checks(passed, begunAgain);
  const check = (name, work) => checks.check(name, work);
  let page = await Browser.start(profile);
  const restart = async () => {
    if (!Browser.restarts) return;
    await page.close();
    page = await Browser.start(profile);
  };
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
      equal(Object.keys(first).sort().join(), 'algorithm,createdAt,handle,jwk,lock,name,state');
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
      equal(stored[0].join(), 'algorithm,createdAt,handle,jwk,lock,name,spki,state,wrapped,undefined');
    });
    await check(`${name}: the wallet ${Browser.restarts ? 'lives on after a restart of the browser, and ' : ''}rotates`, async () => {
      await restart();
      equal(await open(page, site.url), false, 'lost');
      const list = await page.run(() => wallet.list());
      equal(list.map((key) => key.handle).join(), first.handle);
      await page.run((handle, lock) => wallet.unlock(handle, lock), first.handle, LOCK);
      const rotate = async (counts, choice) => {
        await page.run(
          (handle, asked, lock, backup, counts) => {
            const send = async (request) => {
              globalThis.sent = request;
            };
            const ask = async () => {
              if (counts === null) throw new Error('no answer');
              const { handle: of } = (await wallet.list()).find(({ predecessor }) => (predecessor === handle) === (counts === 'new'));
              return { active: [of.slice(8)], time: asked.exp };
            };
            globalThis.pending = wallet.rotate(handle, asked, { name: 'spending', lock, backup }, send, ask).then((made) => ({ made }), (e) => ({ reason: e.reason }));
          },
          first.handle,
          challenge('rotate'),
          LOCK,
          BACKUP,
          counts,
        );
        await shown(page);
        await page.answer(choice);
        return page.run(() => globalThis.pending);
      };
      equal((await rotate('new', 'Escape')).reason, 'cancelled');
      equal((await page.run(() => wallet.list())).length, 1, 'keys after a cancelled rotation');
      equal((await rotate('old', 'Sign')).reason, 'cancelled');
      equal((await page.run(() => wallet.list())).length, 1, 'keys after a refused rotation');
      await page.run((handle, lock) => wallet.unlock(handle, lock), first.handle, LOCK);
      equal((await rotate(null, 'Sign')).reason, 'unknown-outcome');
      const request = await page.run(() => globalThis.sent);
      const waiting = (await page.run(() => wallet.list())).find((key) => key.state === 'pending');
      // The page is gone before the application has asked the server; what says neither key, or nothing that can be read, ends no rotation.
      await restart();
      await open(page, site.url);
      const settle = (answer) => page.run((handle, answer) => wallet.settle(handle, async () => answer).then(({ backup }) => backup), waiting.handle, answer);
      const { exp } = JSON.parse(Buffer.from(request.split('.')[1], 'base64url'));
      const [old, successor] = [first.handle.slice(8), waiting.handle.slice(8)];
      for (const answer of [true, false, null, [successor], { active: successor, time: exp }, { active: [successor] }, { accepted: false }, { active: [], time: exp }, { active: [waiting.handle], time: exp }, { active: [old], time: exp - 1 }]) {
        await refused(settle(answer), 'unknown-outcome');
        equal((await page.run(() => wallet.list())).length, 2, `keys after ${JSON.stringify(answer)}`);
      }
      const file = await settle({ active: [successor], time: exp - 1 });
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
      const { made: last } = await rotate('new', 'Sign');
      equal(last.backup.startsWith('-----BEGIN ENCRYPTED PRIVATE KEY-----'), true, 'the file of a rotation that was answered');
      equal((await page.run(() => wallet.list())).map((key) => `${key.handle} ${key.state}`).join(), `${last.key.handle} active`);
      first = last.key;
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
    const keyed = planted('ed25519');
    await check(`${name}: ${page.passkeys ? 'a passkey locks a key' : 'a lock by a passkey is refused where there is none, and no key is made'}`, async () => {
      const before = (await page.run(() => wallet.list())).length;
      const create = () => page.run((backup) => wallet.create({ name: 'keyed', lock: { passkey: true }, backup }).then(({ key }) => key), BACKUP);
      equal(await page.run(() => enclave.Wallet.passkeys()), false, 'passkeys at an address');
      // WebKitGTK has no passkeys; others have none for an address, and Firefox does not look at a window without focus.
      const reason = await page.run(() => (typeof PublicKeyCredential === 'undefined' || document.hasFocus() ? 'unsupported' : 'cancelled'));
      await refused(create(), reason);
      equal((await page.run(() => wallet.list())).length, before, 'keys');
      if (!page.passkeys) return;
      const passkeys = await page.passkeys();
      await open(page, site.url.replace('127.0.0.1', 'localhost'));
      equal(await page.run(() => enclave.Wallet.passkeys()), true, 'passkeys at a name');
      const first = await create();
      equal(first.lock, 'passkey');
      const wrapped = await page.run(async () => {
        const db = await new Promise((resolve) => (indexedDB.open('enclave-wallet').onsuccess = (e) => resolve(e.target.result)));
        const [record] = await new Promise((resolve) => (db.transaction('keys').objectStore('keys').getAll().onsuccess = (e) => resolve(e.target.result)));
        db.close();
        return Object.keys(record.wrapped).sort().join();
      });
      equal(wrapped, 'ciphertext,credential,iv,salt');
      await page.run((handle) => wallet.unlock(handle, null), first.handle);
      verified((await sign(page, first.handle, challenge('sign'), 'By passkey', 'Sign')).request, first.jwk);
      await create();
      const restored = await page.run((pem, password) => wallet.restore(pem, password, 'restored', { passkey: true }), keyed.pem, BACKUP);
      equal(await passkeys.number(), 1, 'passkeys');
      await page.run((handle) => wallet.unlock(handle, null), restored.handle);
      verified((await sign(page, restored.handle, challenge('sign'), 'By the same passkey', 'Sign')).request, restored.jwk);
      await passkeys.clear();
      await refused(page.run((handle) => wallet.unlock(handle, null), restored.handle), 'cancelled');
      await refused(create(), 'cancelled');
      equal((await page.run(() => wallet.list())).length, 3, 'keys');
      // The passkey is gone: its key goes too, and comes back from its file under another one.
      await page.run((handle) => wallet.delete(handle, true), restored.handle);
      await page.run((pem, password) => wallet.restore(pem, password, 'restored', { passkey: 'new' }), keyed.pem, BACKUP);
      await page.run((handle) => wallet.unlock(handle, null), restored.handle);
      verified((await sign(page, restored.handle, challenge('sign'), 'By another passkey', 'Sign')).request, restored.jwk);
      await open(page, site.url);
    });
    await check(`${name}: without Ed25519 in the browser a key is of P-256, and an Ed25519 file is refused`, async () => {
      const made = await page.run(async (lock, backup) => {
        globalThis.old = await enclave.Wallet.open({ worker: '/old.js' });
        return (await old.create({ name: 'older', lock, backup })).key;
      }, LOCK, BACKUP);
      equal(made.algorithm, 'ECDSA_P256_SHA256');
      await page.run((handle, lock) => wallet.unlock(handle, lock), made.handle, LOCK);
      verified((await sign(page, made.handle, challenge('sign'), 'By P-256', 'Sign')).request, made.jwk);
      await refused(page.run((pem, password, lock) => old.restore(pem, password, 'newer', lock), planted('ed25519').pem, BACKUP, LOCK), 'unsupported');
      await page.run((handle) => wallet.delete(handle, true), made.handle);
    });
    const unlocked = planted('ed25519');
    const locked = planted('ed25519');
    await check(`${name}: ${Browser.restarts ? 'the files of the profile hold an unlocked key, and no locked one' : 'nothing is on disk'}`, async () => {
      await page.run((pem, password) => wallet.restore(pem, password, 'open', null), unlocked.pem, BACKUP);
      const { handle } = await page.run((pem, password, lock) => wallet.restore(pem, password, 'locked', lock), locked.pem, BACKUP, LOCK);
      await page.run((handle, lock) => wallet.unlock(handle, lock), handle, LOCK);
      equal((await sign(page, handle, challenge('sign'), 'Used', 'Sign')).reason, undefined);
      if (!Browser.restarts) {
        equal(inFiles(unlocked.secret, profile) + inFiles(locked.secret, profile), 0, 'files with a key');
        return;
      }
      await page.close();
      const hits = inFiles(unlocked.secret, profile);
      const lockedHits = inFiles(locked.secret, profile) + inFiles(keyed.secret, profile);
      page = await Browser.start(profile);
      await open(page, site.url);
      if (hits === 0) throw new Error('the scan does not find the key that is there');
      equal(lockedHits, 0, 'files with a locked key');
    });
    await check(`${name}: no request of the session holds a private key`, async () => {
      const contents = site.requests.map((request) => Buffer.from(request));
      equal(found(locked.secret, contents) + found(unlocked.secret, contents), 0, 'requests with a key');
      await page.run((leak) => fetch(`/leak?${leak}`), locked.secret.toString('hex'));
      equal(found(locked.secret, site.requests.map((request) => Buffer.from(request))), 1, 'the planted leak');
    });
    await dialog({ name, check, site, page });
    await hostile({ name, check, site, page });
    await changing({ name, check, site, page });
    await interruptions({
      Browser,
      check,
      site,
      page: () => page,
      /** Starts the browser again after a crash of it. */
      kill: async () => {
        await page.kill();
        page = await Browser.start(profile);
        await open(page, site.url);
      },
    });
    await rotations({ Browser, check, page, directory });
  } finally {
    failed += checks.failed;
    await page.kill();
    site.close();
  }
  writeFileSync(join(directory, `made-${name}.txt`), made.map((line) => `${line.join('\t')}\n`).join(''));
};

mkdirSync(directory, { recursive: true });
for (const Browser of BROWSERS.filter(({ name }) => name.includes(process.argv[3] ?? ''))) {
  const passed = new Set();
  const attempts = life(Browser, passed, false).catch((e) => {
    if (!e.hangs) throw e;
    console.log(`# ${Browser.name} gave no answer any more (${e.message}); all its checks run again in a new one`);
    return life(Browser, passed, true);
  });
  await attempts.catch((e) => {
    failed++;
    console.log(`not ok ${Browser.name}: ${e.stack.replaceAll('\n', ' | ')}`);
  });
}
process.exit(failed ? 1 : 0);
