import type { Octets } from './encoding.js';
import { type KeyInfo, WalletError, isName } from './types.js';

/** A private key encrypted under the lock: a password, or what a passkey answers to the salt. */
export interface Wrapped {
  salt: Octets;
  /** Of PBKDF2, for a password. */
  iterations?: number;
  /** The id of the passkey. */
  credential?: Octets;
  iv: Octets;
  ciphertext: Octets;
}

/** One key of the store, whole: it is written by one transaction. */
export interface Stored extends KeyInfo {
  spki: Octets;
  wrapped?: Wrapped;
  key?: CryptoKey;
  /** The encrypted file of a successor that nobody was given yet; it goes when the rotation is settled. */
  unsaved?: string;
  /** Until when the server may accept a successor, in seconds since 1970. */
  until?: number;
}

const NAME = 'enclave-wallet';

const open = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      // Unique, of those that have one: a key has one successor at a time.
      request.result.createObjectStore('keys', { keyPath: 'handle' }).createIndex('predecessor', 'predecessor', { unique: true });
      request.result.createObjectStore('signed', { keyPath: 'nonce' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Runs one transaction on a connection of its own; resolves when it is on disk. */
const transact = async <T>(mode: IDBTransactionMode, work: (tx: IDBTransaction) => IDBRequest<T>): Promise<T> => {
  let database: IDBDatabase | undefined;
  try {
    database = await open();
    const opened = database;
    return await new Promise<T>((resolve, reject) => {
      const tx = opened.transaction(['keys', 'signed'], mode, { durability: 'strict' });
      const request = work(tx);
      tx.oncomplete = () => resolve(request.result);
      tx.onabort = () => reject(tx.error ?? new DOMException('aborted', 'AbortError'));
      opened.onclose = () => reject(new DOMException('closed', 'InvalidStateError'));
    });
  } catch (e) {
    throw e instanceof WalletError ? e : storageError(e);
  } finally {
    database?.close();
  }
};

const storageError = (e: unknown): WalletError => {
  const { name } = e as Error;
  return name === 'ConstraintError'
    ? new WalletError('exists', 'The wallet has this already, and nothing was changed.')
    : name === 'QuotaExceededError'
      ? new WalletError('quota', 'The browser has no room left for this site, and nothing was stored. Free some space and try again.')
      : new WalletError('storage', `The browser did not store or read the wallet (${name}), and nothing was changed. Reload the page and try again.`);
};

export const all = (): Promise<Stored[]> => transact('readonly', (tx) => tx.objectStore('keys').getAll());

export const find = async (handle: string): Promise<Stored> => {
  const found = await transact<Stored | undefined>('readonly', (tx) => tx.objectStore('keys').get(handle));
  if (!found) throw new WalletError('unknown-key', 'This browser does not have that key. Look at the list of keys, or restore the key from its file.');
  return found;
};

export const add = (key: Stored): Promise<unknown> => transact('readwrite', (tx) => tx.objectStore('keys').add(key));

/** Deletes a key that has no pending successor; answers the successor otherwise. */
export const remove = (handle: string): Promise<unknown> =>
  transact('readwrite', (tx) => {
    const keys = tx.objectStore('keys');
    const successor = keys.index('predecessor').getKey(handle);
    successor.onsuccess = () => {
      if (successor.result === undefined) keys.delete(handle);
    };
    return successor;
  });

/**
 * The successor becomes active and the key before it goes unless it is kept, or the successor goes, in one transaction, if it is pending
 * then. Answers what was there before.
 */
export const settle = (handle: string, accepted: boolean, keep: boolean): Promise<Stored | undefined> =>
  transact<Stored | undefined>('readwrite', (tx) => {
    const keys = tx.objectStore('keys');
    const request: IDBRequest<Stored | undefined> = keys.get(handle);
    request.onsuccess = () => {
      if (request.result?.state !== 'pending') return;
      const { predecessor, unsaved: _, until: __, ...active } = request.result;
      if (!accepted) {
        keys.delete(handle);
        return;
      }
      if (!keep) keys.delete(predecessor!);
      keys.put({ ...active, state: 'active' });
    };
    return request;
  });

/** Notes that a nonce is signed for: once, whatever tab asks. */
export const claim = async (nonce: string, exp: number): Promise<void> => {
  try {
    await transact('readwrite', (tx) => {
      const signed = tx.objectStore('signed');
      const cursor = signed.openCursor();
      cursor.onsuccess = () => {
        if (cursor.result) {
          if (cursor.result.value.exp < Date.now() / 1000 - 86_400) cursor.result.delete();
          cursor.result.continue();
        }
      };
      return signed.add({ nonce, exp });
    });
  } catch (e) {
    if (e instanceof WalletError && e.reason === 'exists') {
      throw new WalletError('already-signed', 'This request was signed already, here or in another tab. Ask the site for a new one.');
    }
    throw e;
  }
};

/** What may leave the wallet of a stored key. Scripts of the page can write into the store, and the user reads the name. */
export const info = (stored: Stored): KeyInfo => {
  const { handle, name, algorithm, jwk, createdAt, state, lock, predecessor, backup } = stored;
  return {
    handle,
    name: isName(name) ? name : 'invalid-name',
    algorithm,
    jwk,
    createdAt,
    state,
    lock,
    ...(predecessor && { predecessor }),
    ...(backup && { backup }),
  };
};
