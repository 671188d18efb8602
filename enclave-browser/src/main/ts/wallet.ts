import { type Question, confirm, isFramed, isReadable } from './confirm.js';
import { type Octets, base64url, hex, random } from './encoding.js';
import { passkeySecret } from './passkey.js';
import { requirePassword } from './password.js';
import { all, find, info, remove, settle } from './store.js';
import { type ActiveKeys, type Challenge, type Claims, type Job, type KeyChoice, type KeyInfo, type Lock, type Made, type Making, type Secret, WalletError, isName } from './types.js';

/** Said to the user before a key is made. */
export const CONSTRAINTS: readonly string[] = [
  'This wallet is for low-value use and tests: whoever controls this page can ask the key to sign while it is unlocked.',
  'The key has no recovery phrase (BIP39) and cannot sign for Bitcoin or Ethereum: browsers do not have secp256k1.',
  'The key is not kept by security hardware: it is in the files of this browser.',
  'A file to restore the key from can be made now, and never later.',
  'Without a lock the browser’s files hold the key as it is: whoever reads the files of this device has it.',
  'Clearing the data of this site deletes the key; a private window deletes it when it closes; Safari deletes it after seven days without a visit.',
];

/** How a wallet is opened. */
export interface Options {
  /** The worker of this package, of the page's own origin. */
  worker: string;
  /** An unlocked key is locked after so many milliseconds without a signature; 5 minutes unless set. */
  idle?: number;
  /** Whether questions are asked in a frame within another site too, which can lay something over them. */
  embedded?: boolean;
}

/** What persist() was answered: the browser may ask the user and stay silent until then. */
export type Persistence = 'granted' | 'denied' | 'asking';

const LOCK = 'enclave-wallet';

/** As it was when this was loaded, without a look at a prototype that a script changed since. */
const post: (worker: Worker, message: unknown) => void = Function.prototype.call.bind(Worker.prototype.postMessage);

/** A worker and the calls under way in it. */
class Connection {
  readonly #worker: Worker;
  readonly #calls = new Map<number, [(value: any) => void, (e: WalletError) => void]>();
  #next = 0;
  #ended: WalletError | undefined;

  constructor(url: URL | string, failed: () => void = () => {}) {
    this.#worker = new Worker(url, { type: 'module' });
    this.#worker.onmessage = ({ data }) => {
      const call = this.#calls.get(data.id);
      this.#calls.delete(data.id);
      if (data.reason) call?.[1](new WalletError(data.reason, data.message));
      else call?.[0](data.value);
    };
    this.#worker.onerror = () => {
      this.end(new WalletError('storage', 'The worker of the wallet did not start or failed. Check that the page serves it, and reload.'));
      failed();
    };
  }

  run<T>(job: Job): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      const id = this.#next++;
      this.#calls.set(id, [resolve, reject]);
      post(this.#worker, { id, job });
    });
  }

  end(why = new WalletError('locked', 'The wallet was locked before this was done. Unlock the key and try again.')): void {
    this.#ended ??= why;
    this.#worker.terminate();
    this.#calls.forEach(([, reject]) => reject(why));
    this.#calls.clear();
  }
}

/** The wallet of this browser and origin. Private keys stay in workers; the page sees handles, public keys and signatures. */
export class Wallet {
  /** Whether this browser had a wallet whose keys are gone. */
  readonly lost: boolean;
  #worker: URL | string;
  #idle: number;
  #embedded: boolean;
  #session: { handle: string; connection: Connection; timer: ReturnType<typeof setTimeout> } | undefined;
  /** Of this page, until a key has it: a new passkey is not made again because the key was not. */
  #passkey: Octets | undefined;
  /** Of the last call of lock or unlock: what an earlier unlocking brings is dropped. */
  #generation = 0;

  private constructor(worker: URL | string, idle: number, embedded: boolean, lost: boolean) {
    this.#worker = worker;
    this.#idle = idle;
    this.#embedded = embedded;
    this.lost = lost;
  }

  /** Whether this browser can lock a key with a passkey here. A passkey's device may still refuse, and `create` says so. */
  static async passkeys(): Promise<boolean> {
    const known = await globalThis.PublicKeyCredential?.getClientCapabilities?.();
    // WebAuthn is for names, not for addresses.
    return known?.['extension:prf'] === true && !/^[\d.]+$|:/.test(location.hostname);
  }

  /** Opens the wallet; stores nothing and asks for nothing. */
  static async open(options: Options): Promise<Wallet> {
    if (!globalThis.isSecureContext || !globalThis.crypto?.subtle || !navigator.locks) {
      throw new WalletError('unsupported', 'This page is not loaded securely, or the browser is too old: it has no Web Crypto here. Use https and a current browser.');
    }
    const keys = await all();
    return new Wallet(workerUrl(options.worker), options.idle ?? 300_000, options.embedded === true, keys.length === 0 && hasMarker());
  }

  /** All keys, without their private halves. */
  async list(): Promise<KeyInfo[]> {
    return (await all()).map(info);
  }

  /** Asks the browser not to evict the wallet; waits 3 s at most for the user's answer. */
  async persist(): Promise<Persistence> {
    const storage = navigator.storage;
    if (!storage?.persist) return 'denied';
    if (await storage.persisted()) return 'granted';
    return Promise.race([
      storage.persist().then((granted) => (granted ? 'granted' : 'denied') as Persistence),
      new Promise<Persistence>((resolve) => setTimeout(() => resolve('asking'), 3000)),
    ]);
  }

  /**
   * Makes a key. Without a backup it needs persistence or `acceptLoss`: otherwise the browser may delete the only copy.
   * With a challenge to register, the answer holds the signed registration.
   */
  async create(choice: KeyChoice & { acceptLoss?: boolean }, challenge?: Challenge): Promise<{ key: KeyInfo; backup?: string; registration?: string; persistence: Persistence }> {
    if (challenge) challenge = checked(challenge, 'register');
    const { persistence, making } = await this.#prepare(choice);
    return navigator.locks.request(LOCK, async () => {
      const { key, backup, proof } = await this.#once<Made>({ op: 'create', choice: making, ...(challenge && { challenge }) });
      mark();
      return { key, persistence, ...(backup && { backup }), ...(proof && { registration: proof }) };
    });
  }

  /** Restores a key from its encrypted file. */
  async restore(pem: string, password: string, name: string, lock: Lock, keep = false): Promise<KeyInfo> {
    requireName(name);
    requireLock(lock);
    await this.persist();
    const secret = await this.#secret(lock);
    return navigator.locks.request(LOCK, async () => {
      const { key } = await this.#once<Made>({ op: 'restore', pem, password, name, lock: secret, keep });
      mark();
      return key;
    });
  }

  /** Unlocks a key in a worker of its own until it has been idle; `null` for a key without a lock or under a passkey. */
  async unlock(handle: string, password: string | null): Promise<void> {
    this.lock();
    const generation = this.#generation;
    const { wrapped } = await find(handle);
    const secret = wrapped?.credential ? await passkeySecret([wrapped.credential], wrapped.salt) : password;
    const connection: Connection = new Connection(this.#worker, () => {
      if (this.#session?.connection === connection) this.lock();
    });
    try {
      await connection.run({ op: 'unlock', handle, secret, idle: this.#idle });
    } catch (e) {
      connection.end();
      throw e;
    }
    if (generation !== this.#generation) {
      connection.end();
      throw new WalletError('locked', 'The wallet was locked, or another key unlocked, before this one was. Unlock it again.');
    }
    this.#session = { handle, connection, timer: setTimeout(() => this.lock(), this.#idle) };
  }

  /** Ends the worker that holds the unlocked key. */
  lock(): void {
    this.#generation++;
    if (!this.#session) return;
    clearTimeout(this.#session.timer);
    this.#session.connection.end();
    this.#session = undefined;
  }

  /** The handle of the unlocked key. */
  get unlocked(): string | undefined {
    return this.#session?.handle;
  }

  /** Shows the text to the user and signs it when the user confirms; the request for the server. */
  async sign(handle: string, challenge: Challenge, text: string): Promise<string> {
    return this.#confirmed(handle, checked(challenge, 'sign'), text);
  }

  /** Registers a key that was restored, or made without a challenge. */
  async register(handle: string, challenge: Challenge): Promise<string> {
    challenge = checked(challenge, 'register');
    const { spki } = await find(handle);
    return this.#confirmed(handle, challenge, 'Register this browser’s key with the site.', async () => ({ key: base64url(spki) }));
  }

  /** Asks the server to accept the key no longer. */
  async revoke(handle: string, challenge: Challenge): Promise<string> {
    return this.#confirmed(handle, checked(challenge, 'revoke'), 'Revoke this browser’s key. It will never be accepted again.');
  }

  /**
   * Once the user confirms, makes a successor, has both keys sign that it succeeds, and sends that. Then `ask` says which keys the server
   * has active, whatever became of `send`. Until it says that one of the two counts for good, both are kept, for {@link settle}.
   */
  async rotate(handle: string, challenge: Challenge, choice: KeyChoice & { acceptLoss?: boolean }, send: (request: string) => Promise<unknown>, ask: () => Promise<ActiveKeys>): Promise<{ key: KeyInfo; backup?: string }> {
    challenge = checked(challenge, 'rotate');
    const old = await find(handle);
    this.#unlocked(handle);
    if ((await all()).some((key) => key.predecessor === handle)) throw unsettled();
    const { making } = await this.#prepare({ ...choice, algorithm: choice.algorithm ?? old.algorithm });
    let successor = '';
    let request: string;
    try {
      request = await this.#confirmed(handle, challenge, 'Replace this browser’s key by a new one.', async () => {
        const { key, proof } = await this.#once<Made>({ op: 'create', choice: making, predecessor: handle, challenge });
        successor = key.handle;
        return { proof: proof! };
      });
    } catch (e) {
      // Nobody has the request.
      if (successor) await remove(successor);
      throw e;
    }
    try {
      await send(request);
    } catch {
      // An error, and a refusal, may be of a request that came twice.
    }
    const settled = await this.settle(successor, ask);
    if (settled.key.handle === handle) throw new WalletError('cancelled', 'The server did not accept the rotation. The key is as it was.');
    return settled;
  }

  /**
   * Ends a rotation by what the server says: the successor takes over if it is active, and is dropped if the old key is and the challenge's
   * time is over by the server's clock. Otherwise both are kept. Returns the key that counts, and once the encrypted file of a successor that
   * takes over, if one was asked for.
   */
  async settle(successor: string, ask: () => Promise<ActiveKeys>): Promise<{ key: KeyInfo; backup?: string }> {
    const { state, predecessor = '', until = 0 } = await find(successor);
    let accepted = true;
    let backup: string | undefined;
    if (state === 'pending') {
      const { active, time } = await said(ask);
      const counts = (handle: string) => active.includes(handle.slice(8));
      accepted = counts(successor);
      if (!accepted && !counts(predecessor)) {
        throw new WalletError('unknown-outcome', 'The server has neither key for this user, and both are kept. Sign in as their user and ask again.');
      }
      if (!accepted && time < until) throw new WalletError('unknown-outcome', `The server may still accept the new key. Ask it again in ${until - time} s.`);
      // Another tab may have settled it meanwhile, by the same answer.
      const before = await settle(successor, accepted, counts(predecessor));
      if (accepted) backup = before?.unsaved;
      if (this.unlocked === predecessor && !counts(predecessor)) this.lock();
    }
    return { key: info(await find(accepted ? successor : predecessor)), ...(backup && { backup }) };
  }

  /** Said before a key is deleted. */
  warning(key: KeyInfo): string {
    if (key.state === 'pending') return 'The server may accept this key and not the old one any more. Ask the server which key counts, and settle the rotation first.';
    return key.backup
      ? 'Deleting removes the key from this browser. Save its encrypted file first: with the file and its password you can restore the key.'
      : 'Deleting removes the key from this browser for good, unless you saved its file when you made the key. No file is kept here.';
  }

  /** Deletes a key; `understood` says that the user read {@link warning}. */
  async delete(handle: string, understood: true): Promise<void> {
    if (understood !== true) throw new WalletError('invalid', 'Show the warning first.');
    if (this.unlocked === handle) this.lock();
    await navigator.locks.request(LOCK, async () => {
      await find(handle);
      if (await remove(handle)) throw unsettled();
      if ((await all()).length === 0) unmark();
    });
  }

  /** Reads each member of the choice once, as what a getter answers may change. */
  async #prepare({ name, lock, backup, keepBackupHere, algorithm, acceptLoss }: KeyChoice & { acceptLoss?: boolean }): Promise<{ persistence: Persistence; making: Making }> {
    requireName(name);
    requireLock(lock);
    if (backup !== null) requirePassword(backup);
    const persistence = await this.persist();
    if (persistence !== 'granted' && backup === null && !acceptLoss) {
      throw new WalletError('not-persistent', 'The browser does not promise to keep the key, and no file would be there to restore it from. Choose a file, or accept that the key can be lost.');
    }
    const making = { name, lock: await this.#secret(lock), backup, keepBackupHere, algorithm };
    return { persistence, making };
  }

  /** Of a new lock; of passkeys, the wallet's is taken if it has one. */
  async #secret(lock: Lock): Promise<Secret> {
    if (lock === null || typeof lock === 'string') return lock;
    const known = lock.passkey === 'new' ? [] : [this.#passkey, ...(await all()).map(({ wrapped }) => wrapped?.credential)].filter((id) => id !== undefined);
    const secret = await passkeySecret([...new Map(known.map((id) => [hex(id), id])).values()], random(32));
    this.#passkey = secret.credential;
    return secret;
  }

  /** In a worker that is gone afterwards. */
  async #once<T>(job: Job): Promise<T> {
    const connection = new Connection(this.#worker);
    try {
      return await connection.run<T>(job);
    } finally {
      connection.end();
    }
  }

  #unlocked(handle: string) {
    const session = this.#session;
    if (session?.handle !== handle) throw new WalletError('locked', 'The key is locked. Unlock it.');
    return session;
  }

  async #confirmed(handle: string, challenge: Challenge, text: string, claims?: () => Promise<Omit<Claims, 'text'>>): Promise<string> {
    const session = this.#unlocked(handle);
    if (typeof text !== 'string' || !isReadable(text)) {
      throw new WalletError('invalid', 'The text cannot be shown as it is: it is not a string, empty, longer than 4,096 characters, or has invisible characters or long gaps. Nothing was signed.');
    }
    if (!this.#embedded && isFramed()) {
      throw new WalletError('unsupported', 'This page is in a frame of another site, which could cover the question. Nothing was signed. Open the page in a window of its own.');
    }
    return navigator.locks.request(`${LOCK}:${challenge.nonce}`, { ifAvailable: true }, async (lock) => {
      if (!lock) throw new WalletError('already-signed', 'Another tab asks for this signature at the moment. Answer it there.');
      const question: Question = {
        title: 'Sign this?',
        facts: [
          ['Site', location.origin],
          ['Purpose', challenge.purpose],
          ['Key', info(await find(handle)).name],
        ],
        text,
      };
      await confirm(question);
      if (this.#session !== session) throw new WalletError('locked', 'The key was locked while the question was open, and nothing was signed. Unlock it and try again.');
      clearTimeout(session.timer);
      session.timer = setTimeout(() => this.lock(), this.#idle);
      return session.connection.run<string>({ op: 'sign', challenge, claims: { ...(await claims?.()), text } });
    });
  }
}

const unsettled = () => new WalletError('exists', 'A rotation of this key is not settled. Ask the server which key counts, and settle it first.');

/** What the server says, if it says that at all. */
const said = async (ask: () => Promise<ActiveKeys>): Promise<ActiveKeys> => {
  try {
    const { active, time } = await ask();
    if (Array.isArray(active) && Number.isSafeInteger(time)) return { active, time };
  } catch {
    // As an answer that is none.
  }
  throw new WalletError('unknown-outcome', 'The server did not say which key counts, so the rotation may have happened. Both keys are kept: ask it again.');
};

const requireLock = (lock: Lock): void => {
  if (typeof lock === 'string') requirePassword(lock);
};

const requireName = (name: string): void => {
  if (!isName(name)) {
    throw new WalletError('invalid', 'A name has lower-case letters, digits and hyphens, a letter first, 52 at most.');
  }
};

/** A copy of the challenge, each field read once: what is checked here is shown and signed, whatever the page’s object becomes. */
const checked = ({ action, purpose, nonce, exp }: Challenge, wanted: Challenge['action']): Challenge => {
  const sound = action === wanted && isName(purpose) && typeof nonce === 'string' && /^[\w-]{43}$/.test(nonce) && Number.isSafeInteger(exp);
  if (!sound) throw new WalletError('invalid', `The site’s challenge is not one to ${wanted}. Nothing was signed.`);
  return { action, purpose, nonce, exp };
};

let policy: { createScriptURL(url: string): string } | undefined;

/** Of this origin only; by a policy of its own where the page demands Trusted Types. */
const workerUrl = (text: string): URL | string => {
  const url = new URL(text, location.href);
  if (url.origin !== location.origin) throw new WalletError('invalid', 'The worker of the wallet must come from the page’s own origin.');
  const types = (globalThis as any).trustedTypes;
  if (!types) return url;
  // Once: the page's policy lets a name be taken one time.
  policy ??= types.createPolicy('enclave-wallet', { createScriptURL: (own: string) => own }) as NonNullable<typeof policy>;
  return policy.createScriptURL(url.href);
};

// Storage is apart for each port, cookies are not.
const MARKER = `enclave-wallet-${location.port}`;

// A cookie outlives the eviction of storage, and says nothing but that there was a wallet.
const mark = (value = '1; max-age=34560000'): void => {
  document.cookie = `${MARKER}=${value}; path=/; samesite=strict${location.protocol === 'https:' ? '; secure' : ''}`;
};
const unmark = (): void => mark('; max-age=0');
const hasMarker = (): boolean => document.cookie.split('; ').includes(`${MARKER}=1`);
