// Rotations against the real server, in a process of its own, while connections are cut, requests come twice, the server ends at a commit,
// and other tabs do what they like. Never is a key that the server does not know the only one left, and never does a key go that it has active.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { equal, open, refused, shown } from './checks.mjs';
import { exited } from './driver.mjs';
import { CuttingProxy } from './proxy.mjs';

/** Cuts by browser, each followed by the end of the challenge's time. */
const CUTS = { Chromium: 500, Firefox: 100, WebKit: 40 };

/** The server behind a proxy; it can be started again, at another port. */
class Server {
  static async start(directory) {
    const own = new Server();
    own.file = join(directory, 'rotation');
    rmSync(`${own.file}.mv.db`, { force: true });
    own.java = readFileSync(join(directory, 'server.txt'), 'utf8').trimEnd().split('\n');
    own.proxy = await CuttingProxy.start();
    await own.again();
    return own;
  }

  async again() {
    const [java, classPath] = this.java;
    let listening;
    this.proxy.upstream = new Promise((resolve) => (listening = resolve));
    this.child = spawn(java, ['-Dsun.net.httpserver.nodelay=true', '-XX:TieredStopAtLevel=1', '-cp', classPath, 'dev.enclave.browser.RotationServer', `./${this.file}`, this.proxy.origin], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.child.stdout }).on('line', (line) => listening(Number(line.split(' ')[1])));
    await Promise.race([this.proxy.upstream, exited(this.child).then(() => Promise.reject(new Error('the server ended')))]);
  }

  /** Has the server end at its next commit; what comes after that waits until it is there again. */
  async endAt(page, moment) {
    await page.run((moment) => fetch(`/control/${moment}`, { method: 'POST' }).then(() => null), moment);
    exited(this.child).then(() => this.again());
  }

  close() {
    this.child.kill('SIGKILL');
    this.proxy.close();
  }
}

/** In the page: what an application has of its own. */
const APPLICATION = () => {
  const post = (path, body) => fetch(path, { method: 'POST', body }).then((answer) => answer.json());
  const keys = (path = '/keys') => fetch(path).then((answer) => answer.json());
  const control = (what) => fetch(`/control/${what}`, { method: 'POST' });
  const send = (cut) => async (request) => {
    globalThis.request = request;
    globalThis.answered = await post(`/requests/rotate?cut=${cut}`, request);
    return answered.accepted;
  };
  const create = async (name) => {
    const { key, registration } = await wallet.create({ name, lock: null, backup: null, acceptLoss: true }, await post('/challenge/register'));
    await post('/requests/register', registration);
    await wallet.unlock(key.handle, null);
    return key.handle;
  };
  const outcome = (promise) =>
    promise.then(
      ({ key }) => key.handle,
      (e) => {
        globalThis.refusal = e.message;
        return e.reason ?? String(e);
      },
    );
  const begin = async (handle, cut) => {
    globalThis.refusal = undefined;
    globalThis.answered = undefined;
    const choice = { name: 'next', lock: null, backup: null, acceptLoss: true };
    globalThis.making = outcome(wallet.rotate(handle, await post('/challenge/rotate'), choice, send(cut), keys));
  };
  let database;
  /** On one connection, which is faster than the wallet's. */
  const records = async (work, mode = 'readonly') => {
    database ??= await new Promise((resolve) => (indexedDB.open('enclave-wallet').onsuccess = (e) => resolve(e.target.result)));
    const tx = database.transaction('keys', mode);
    const request = work(tx.objectStore('keys'));
    await new Promise((resolve) => (tx.oncomplete = resolve));
    return request?.result;
  };
  const stored = () => records((store) => store.getAll());
  const states = async () => (await stored()).map(({ handle, state }) => `${handle.slice(8)} ${state}`);
  /** What must be true at any time; gives the keys of the wallet and of the server. */
  const sound = async () => {
    const [local, { active }] = [await states(), await keys()];
    const here = local.map((key) => key.slice(0, 64));
    if (!here.some((key) => active.includes(key))) throw new Error(`no key that the server knows is left: ${local}; the server has ${active}`);
    if (active.some((key) => !here.includes(key))) throw new Error(`a key that the server has active is gone: ${local}; the server has ${active}`);
    return { local: local.join(), active: active.join() };
  };
  /** Settles now, or when the challenge's time is over: then the wallet has exactly what the server has. */
  const settled = async (ask = keys) => {
    const pending = async () => (await stored()).find(({ state }) => state === 'pending')?.handle;
    let successor = await pending();
    // As two tabs do at once.
    const [one, other] = successor ? await Promise.all([ask, ask].map((ask) => outcome(wallet.settle(successor, ask)))) : [];
    if (one !== other) throw new Error(`settled twice at once: ${one} and ${other}`);
    let last = await sound();
    const said = (successor = await pending()) ? 'open' : 'settled';
    if (successor) {
      await outcome(wallet.settle(successor, keys));
      await sound();
      await control('later');
      if (await pending()) await outcome(wallet.settle(successor, keys));
      last = await sound();
    }
    if (last.local !== `${last.active} active`) throw new Error(`not settled: ${last.local}; the server has ${last.active}`);
    return { said, active: last.active };
  };
  /** Keeps the state of wallet and server. */
  const mark = async () => {
    globalThis.snapshot = await stored();
    await control('mark');
    return null;
  };
  /** Sends one signed request at each of the points, each time from the same state of wallet and server. */
  const cuts = async (successor, points) => {
    const seen = {};
    for (const { cut, asked } of points) {
      await control('reset');
      await records((store) => {
        store.clear();
        snapshot.forEach((record) => store.put(record));
      }, 'readwrite');
      // As rotate does, once the user has confirmed.
      await send(cut)(request).catch(() => {});
      const { said, active } = await settled(() => keys(asked ? `/keys?cut=${asked}` : '/keys')).catch((e) => {
        throw new Error(`${cut} ${asked}: ${e.message}`);
      });
      const what = `${said} with the ${active === successor.slice(8) ? 'new' : 'old'} key`;
      seen[what] = (seen[what] ?? 0) + 1;
    }
    return seen;
  };
  const empty = async () => {
    await control('fresh');
    // Successors first.
    const keys = await wallet.list();
    for (const { handle } of [...keys.filter(({ state }) => state === 'pending'), ...keys.filter(({ state }) => state === 'active')]) await wallet.delete(handle, true);
  };
  Object.assign(globalThis, { application: { begin, create, control, cuts, empty, keys, mark, outcome, settled, sound, states } });
  return null;
};

export const rotations = async ({ Browser, check, page, directory }) => {
  const { name } = Browser;
  const server = await Server.start(directory);
  const { origin, arrivals, lengths } = server.proxy;
  const run = (work, ...args) => page.run(work, ...args);
  const opened = async () => {
    await open(page, `${origin}/`);
    await run(APPLICATION);
  };
  const fresh = async () => {
    await opened();
    await run(() => application.empty());
    return run(() => application.create('spending'));
  };
  const confirmed = async (handle, cut) => {
    await run((handle, cut) => application.begin(handle, cut).then(() => null), handle, cut);
    await shown(page);
    await page.answer('Sign');
    return run(() => globalThis.making);
  };
  const settled = () => run(() => application.settled());
  try {
    await check(`${name}: a rotation whose request the browser sends again has the answer, and the new key`, async () => {
      const handle = await fresh();
      const made = await confirmed(handle, 'answer-0-1-again');
      await run(() => application.sound().then(() => null));
      equal(made.startsWith('browser:') && made !== handle, true, `whether ${made} is the new key`);
      if (name !== 'WebKit') equal(arrivals.get('again'), 2, 'arrivals of the request');
      equal((await settled()).active, made.slice(8));
    });
    await check(`${name}: a refusal drops no key while the server may have accepted`, async () => {
      const handle = await fresh();
      // As with a server that did not keep what it accepted.
      await run(() => application.control('forget').then(() => null));
      const made = await confirmed(handle, 'answer-0-1-forgotten');
      await run(() => application.sound().then(() => null));
      if (name !== 'WebKit') equal(await run(() => globalThis.answered?.refusal), 'UNKNOWN_NONCE', 'the refusal');
      equal((await settled()).active, made.slice(8));
    });
    await check(`${name}: the connection cut at ${CUTS[name]} points of request and answer leaves a key that the server knows`, async () => {
      const handle = await fresh();
      equal(await confirmed(handle, 'request-0-9-never'), 'unknown-outcome');
      const successor = (await run(() => wallet.list())).find((key) => key.state === 'pending').handle;
      await run(() => application.mark());
      await run((successor) => application.cuts(successor, [{ cut: 'answer-99999-1-whole' }]).then(() => null), successor);
      const { request, answer } = lengths.get('whole');
      const number = CUTS[name];
      const requests = Math.floor(number * 0.7);
      const points = Array.from({ length: number }, (_, i) => {
        const [side, octets] = i < requests ? ['request', Math.round((i * request) / (requests - 1))] : ['answer', Math.round(((i - requests) * answer) / (number - requests - 1))];
        // The first time, or whenever the browser sends it; and the answer to what the wallet asks too.
        return { cut: `${side}-${octets}-${i % 3 ? 1 : 99}-cut${i}`, ...(i % 5 === 0 && { asked: `answer-${i}-99-asked${i}` }) };
      });
      const seen = await run((successor, points) => application.cuts(successor, points), successor, points);
      const again = points.filter((_, i) => arrivals.get(`cut${i}`) > 1).length;
      console.error(`${name}: ${number} cuts of ${request} and ${answer} octets: ${JSON.stringify(seen)}; ${again} were sent again`);
      equal(Object.values(seen).reduce((sum, one) => sum + one), number, 'cuts');
      for (const what of ['settled with the new key', 'open with the old key']) if (!(seen[what] > 0)) throw new Error(`none is ${what}`);
      if (name !== 'WebKit' && again < number / 3) throw new Error(`${again} of ${number} were sent again by the browser`);
    });
    for (const moment of ['before', 'after']) {
      await check(`${name}: a server that ends ${moment} its commit leaves a key that it knows`, async () => {
        const handle = await fresh();
        await server.endAt(page, moment);
        const made = await confirmed(handle, `answer-99999-1-${moment}`);
        await run(() => application.sound().then(() => null));
        const { active } = await settled();
        if (moment === 'after') equal(active === handle.slice(8), false, 'whether the old key counts');
        if (made.startsWith('browser:')) equal(active, made.slice(8));
      });
    }
    await check(`${name}: an open question blocks no other tab, and of two rotations one is made`, async () => {
      const handle = await fresh();
      const first = await page.tab();
      await opened();
      const second = await page.tab();
      await opened();
      for (const tab of [first, second]) {
        await page.use(tab);
        await run((handle) => wallet.unlock(handle, null).then(() => application.begin(handle, 'answer-99999-1-tab')).then(() => null), handle);
        await shown(page);
        equal(await run(async () => (await navigator.locks.query()).held.filter(({ name }) => name === 'enclave-wallet').length), 0, 'locks of the wallet that are held');
        // Another wallet of the page, so that the key of the question stays unlocked.
        await run(async () => {
          const other = await enclave.Wallet.open({ worker: '/worker.js' });
          const { key } = await other.create({ name: 'other', lock: null, backup: null, acceptLoss: true });
          await other.delete(key.handle, true);
        });
      }
      const made = [];
      for (const tab of [first, second]) {
        await page.use(tab);
        await page.answer('Sign');
        made.push(await run(() => globalThis.making));
      }
      equal(made[1], 'unknown-key', 'the second rotation');
      await run(() => application.sound().then(() => null));
      equal((await settled()).active, made[0].slice(8));
    });
    await check(`${name}: while a rotation is open, no other tab rotates or deletes its key, and any may settle it`, async () => {
      const handle = await fresh();
      const first = await page.tab();
      await opened();
      const second = await page.tab();
      await opened();
      for (const [tab, cut] of [[first, 'request-9-99-open'], [second, 'answer-99999-1-second']]) {
        await page.use(tab);
        await run((handle, cut) => wallet.unlock(handle, null).then(() => application.begin(handle, cut)).then(() => null), handle, cut);
        await shown(page);
      }
      await page.use(first);
      await page.answer('Sign');
      equal(await run(() => globalThis.making), 'unknown-outcome');
      await page.use(second);
      await page.answer('Sign');
      equal(await run(() => globalThis.making), 'exists');
      await refused(run((handle) => wallet.delete(handle, true), handle), 'exists');
      equal((await run(async () => wallet.warning((await wallet.list()).find((key) => key.state === 'pending')))).includes('settle the rotation first'), true, 'whether the user is warned');
      await run(() => application.sound().then(() => null));
      equal((await settled()).active, handle.slice(8));
    });
  } finally {
    server.close();
  }
};
