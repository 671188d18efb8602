// What may come between: other tabs, crashes, a full disk, a store that goes. Whatever is cut off, each key is whole or not there.
import { BACKUP, LOCK, challenge, equal, open, planted, refused, shown, sign, verified } from './checks.mjs';
import { until } from './driver.mjs';

// The last one is after the key is on disk, and before the page hears of it.
const STEPS = ['generateKey', 'wrapKey', 'encrypt', 'transaction', 'add', 'added', 'stored'];

/** Every key that is listed opens, which shows that its record is whole; returns handles and states. */
const whole = async (page) => {
  const keys = await page.run(() => wallet.list());
  for (const key of keys) {
    await page.run((handle, lock) => wallet.unlock(handle, lock), key.handle, key.lock === 'none' ? null : LOCK);
  }
  return keys.map((key) => `${key.handle} ${key.state}`);
};

const create = (page, name) => page.run((name, lock, backup) => wallet.create({ name, lock, backup }).then(({ key }) => key), name, LOCK, BACKUP);

/** Begins what makes a key and keeps what came of it in the page. */
const begin = (page, work, ...args) =>
  page.run(`(...args) => { globalThis.refusal = undefined; globalThis.making = (${work})(...args).catch((e) => { globalThis.refusal = String(e); return { reason: e.reason ?? String(e) }; }); return null; }`, ...args);

const unlock = (page, handle) => page.run((handle, lock) => wallet.unlock(handle, lock), handle, LOCK);

/** Begins a rotation whose request the server never answers. */
const beginRotation = async (page, handle, asked) => {
  await unlock(page, handle);
  await begin(
    page,
    async (handle, asked, lock, backup) => {
      await wallet.rotate(handle, asked, { name: 'next', lock, backup }, () => {
        globalThis.sent = true;
        return new Promise(() => {});
      }, null);
    },
    handle,
    asked,
    LOCK,
    BACKUP,
  );
  await shown(page);
};

export const interruptions = async ({ Browser, check, site, page, kill }) => {
  const { name } = Browser;
  const clear = async () => {
    for (const { handle } of await page().run(() => wallet.list())) await page().run((handle) => wallet.delete(handle, true), handle);
  };
  /** Begins to make a key whose worker stops at a step; resolves to what lets it go on. */
  const stoppedAt = async (step) => {
    const stopped = site.stop();
    await begin(
      page(),
      async (step, lock, backup) => (await (await enclave.Wallet.open({ worker: `/stopped-${step}.js` })).create({ name: 'stopped', lock, backup })).key,
      step,
      LOCK,
      BACKUP,
    );
    return stopped;
  };

  await check(`${name}: two tabs sign once for one request, whichever is answered first`, async () => {
    await open(page(), site.url);
    await clear();
    const { handle, jwk } = await create(page(), 'shared');
    await unlock(page(), handle);
    const second = await page().tab();
    const tabs = [second, await page().tab()];
    for (const tab of tabs) {
      await page().use(tab);
      await open(page(), site.url);
      await unlock(page(), handle);
    }
    const asked = challenge('sign');
    await page().use(tabs[0]);
    await begin(page(), (handle, asked) => wallet.sign(handle, asked, 'Once'), handle, asked);
    await shown(page());
    await page().use(tabs[1]);
    await refused(page().run((handle, asked) => wallet.sign(handle, asked, 'Once'), handle, asked), 'already-signed');
    await page().use(tabs[0]);
    await page().answer('Sign');
    verified(await page().run(() => globalThis.making), jwk);
    await page().use(tabs[1]);
    equal((await sign(page(), handle, asked, 'Once', 'Sign')).reason, 'already-signed');
  });

  await check(`${name}: two tabs restore and delete one key without a half of it`, async () => {
    await clear();
    const successor = await create(page(), 'shared');
    const first = await page().tab();
    await open(page(), site.url);
    const second = await page().tab();
    await open(page(), site.url);

    const { pem } = planted('ed25519');
    const restore = (pem, password, lock) => wallet.restore(pem, password, 'restored', lock);
    for (const tab of [first, second]) {
      await page().use(tab);
      await begin(page(), restore, pem, BACKUP, LOCK);
    }
    const results = [];
    for (const tab of [first, second]) {
      await page().use(tab);
      results.push(await page().run(() => globalThis.making));
    }
    equal(results.map((result) => result.reason ?? 'restored').sort().join(), 'exists,restored');
    const restored = results.find((result) => result.handle);

    await unlock(page(), restored.handle);
    await begin(page(), (handle, asked) => wallet.sign(handle, asked, 'Late'), restored.handle, challenge('sign'));
    await shown(page());
    await page().use(first);
    await page().run((handle) => wallet.delete(handle, true), restored.handle);
    await page().use(second);
    await page().answer('Sign');
    equal((await page().run(() => globalThis.making)).reason, 'unknown-key', 'the reason of a signature with a key that another tab deleted');
    equal((await whole(page())).join(), `${successor.handle} active`);
  });

  if (page().crash) {
    await check(`${name}: a crash of the tab at any step of making a key leaves it whole or not there`, async () => {
      await clear();
      const { handle } = await create(page(), 'kept');
      for (const step of STEPS) {
        const before = await whole(page());
        const goOn = await stoppedAt(step);
        await page().crash();
        // Firefox keeps the connections of a crashed tab, and opens no more than six to one server.
        goOn();
        equal(await open(page(), site.url), false, 'lost');
        const left = await whole(page());
        equal(left.length, before.length + (step === 'stored' ? 1 : 0), `keys after a crash at ${step}`);
        equal(before.filter((key) => !left.includes(key)).join(), '', 'keys that are gone');
      }
      equal((await page().run(() => wallet.list())).some((key) => key.handle === handle), true);
    });

    await check(`${name}: a crash of the tab in a rotation leaves both keys, and the user is told`, async () => {
      await clear();
      const { handle } = await create(page(), 'rotated');
      const states = async () => (await page().run(() => wallet.list())).map((key) => `${key.predecessor === handle ? 'successor' : key.handle === handle ? 'old' : 'other'} ${key.state}`).sort().join();
      const pending = async () => (await page().run(() => wallet.list())).find((key) => key.state === 'pending').handle;
      // Before the user confirms there is no successor.
      await beginRotation(page(), handle, challenge('rotate'));
      await page().crash();
      await open(page(), site.url);
      equal(await states(), 'old active');
      // After the request was sent, and before the answer came.
      const asked = challenge('rotate');
      await beginRotation(page(), handle, asked);
      await page().answer('Sign');
      await until('the request for the server', () => page().run(() => globalThis.sent === true));
      await page().crash();
      await open(page(), site.url);
      equal((await whole(page())).length, 2, 'keys');
      await unlock(page(), handle);
      await refused(page().run((handle, asked, lock) => wallet.rotate(handle, asked, { name: 'again', lock, backup: null, acceptLoss: true }, null, null), handle, challenge('rotate'), LOCK), 'exists');
      const successor = await pending();
      const settle = (active, time) => page().run((handle, active, time) => wallet.settle(handle, async () => ({ active: [active.slice(8)], time })).then(({ backup }) => backup), successor, active, time);
      await refused(settle(handle, asked.exp - 1), 'unknown-outcome');
      const file = await settle(successor, asked.exp - 1);
      if (!file?.startsWith('-----BEGIN ENCRYPTED PRIVATE KEY-----')) throw new Error('the successor’s file is gone');
      equal((await whole(page())).length, 1, 'keys after the rotation was settled');
    });
  }

  if (Browser.restarts) {
    await check(`${name}: a crash of the browser while a key is written leaves what was there, whole`, async () => {
      await create(page(), 'kept');
      const before = await whole(page());
      await stoppedAt('added');
      await kill();
      equal((await whole(page())).join(), before.join());
    });
  }

  // A browser that keeps its stores in memory has no room of its own that could be filled.
  if (page().fill) {
    await check(`${name}: without room no half key is stored, and the user is told`, async () => {
      const list = () => page().run(async () => (await wallet.list()).map((key) => `${key.handle} ${key.state}`).join());
      const before = await list();
      const origin = site.url.slice(0, -1);
      await page().fill(origin);
      await refused(create(page(), 'no-room'), 'quota');
      await refused(page().run((pem, password, lock) => wallet.restore(pem, password, 'no-room', lock), planted('p256').pem, BACKUP, LOCK), 'quota');
      equal(await list(), before);
      await page().makeRoom(origin);
      const { handle } = await create(page(), 'room');
      await unlock(page(), handle);
      await page().run((handle) => wallet.delete(handle, true), handle);
      equal(await list(), before);
    });
  }

  // No protocol of the others closes a store that is in use.
  if (page().clear) {
    await check(`${name}: a store that is closed while it is written to stores nothing, and the user is told`, async () => {
      const goOn = await stoppedAt('added');
      await page().clear(site.url.slice(0, -1));
      goOn();
      equal((await page().run(() => globalThis.making)).reason, 'storage');
      equal((await whole(page())).join(), '');
      await create(page(), 'afterwards');
      equal((await whole(page())).length, 1, 'keys');
    });
  }

  await check(`${name}: evicted storage is noticed`, async () => {
    await create(page(), 'evicted');
    await page().run(() => {
      wallet.lock();
      return new Promise((resolve, reject) => {
        const gone = indexedDB.deleteDatabase('enclave-wallet');
        gone.onsuccess = () => resolve();
        gone.onerror = () => reject(new Error('not deleted'));
      });
    });
    equal(await open(page(), site.url), true, 'lost');
  });
};
