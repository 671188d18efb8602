import type { Octets } from './encoding.js';

/** The algorithms of keys in browsers. */
export type Algorithm = 'ED25519' | 'ECDSA_P256_SHA256';

/** A key for the lock that a passkey makes (WebAuthn's extension PRF): {@link Wallet.passkeys}. */
export interface Passkey {
  /** `new` makes another passkey, for when the wallet's is gone; otherwise it is made once. */
  passkey: true | 'new';
}

/** What a stored key is encrypted under: a password or a passkey. `null` stores the key readable by whoever reads the browser's files. */
export type Lock = string | Passkey | null;

/** Whether it is a name as Enclave gives to keys and purposes; a text only, since an object may read differently the next time. */
export const isName = (value: unknown): value is string => typeof value === 'string' && /^[a-z][a-z0-9-]{0,51}$/.test(value);

/** What the server issued: see docs/browser.md. */
export interface Challenge {
  action: 'register' | 'sign' | 'rotate' | 'revoke';
  purpose: string;
  nonce: string;
  /** Seconds since 1970. */
  exp: number;
}

/** What the server says of the user's keys: `BrowserWallets.activeKeys` as it is. */
export interface ActiveKeys {
  /** The fingerprints of those that count. */
  active: readonly string[];
  /** The server's, in seconds since 1970. */
  time: number;
}

/** What is known of a key; the private half is in none of it. */
export interface KeyInfo {
  /** `browser:` and the fingerprint of the public key. */
  handle: string;
  name: string;
  algorithm: Algorithm;
  jwk: JsonWebKey;
  createdAt: string;
  /** `pending` until the server confirms that it succeeds `predecessor`. */
  state: 'active' | 'pending';
  predecessor?: string;
  /** What the stored private key is encrypted under. */
  lock: 'password' | 'passkey' | 'none';
  /** The encrypted file of the creation, where the user kept it here. */
  backup?: string;
}

/** How a key is made. */
export interface KeyChoice {
  /** As Enclave names keys: `[a-z][a-z0-9-]{0,51}`. */
  name: string;
  lock: Lock;
  /** The password of the encrypted file; `null` makes none, then or ever. */
  backup: string | null;
  /** Whether the encrypted file stays in the browser too. */
  keepBackupHere?: boolean | undefined;
  algorithm?: Algorithm | undefined;
}

/** Why something was not done; the message is for the user. */
export type Reason =
  | 'unsupported'
  | 'invalid'
  | 'weak-password'
  | 'wrong-password'
  | 'locked'
  | 'unknown-key'
  | 'exists'
  | 'not-persistent'
  | 'cancelled'
  | 'already-signed'
  | 'expired'
  | 'invalid-backup'
  | 'scrypt-backup'
  | 'backup-changed'
  | 'quota'
  | 'storage'
  | 'unknown-outcome';

/** What the wallet throws. */
export class WalletError extends Error {
  constructor(
    readonly reason: Reason,
    message: string,
  ) {
    super(message);
    this.name = 'WalletError';
  }
}

/** What a passkey answers to a salt. */
export interface PasskeySecret {
  credential: Octets;
  salt: Octets;
  secret: Octets;
}

/** What opens a lock. */
export type Secret = string | PasskeySecret | null;

/** How a key is made, in the worker. */
export type Making = Omit<KeyChoice, 'lock'> & { lock: Secret };

/** What the page asks of a worker. */
export type Job =
  | { op: 'create'; choice: Making; predecessor?: string; challenge?: Challenge }
  | { op: 'restore'; pem: string; password: string; name: string; lock: Secret; keep: boolean }
  | { op: 'unlock'; handle: string; secret: Secret; idle: number }
  | { op: 'sign'; challenge: Challenge; claims: Claims };

/** What a request states beside its challenge. */
export interface Claims {
  text: string;
  key?: string;
  proof?: string;
}

/** What a worker answers. */
export interface Made {
  key: KeyInfo;
  backup?: string;
  proof?: string;
}
