/** A wallet on Web Crypto whose private keys a page cannot read: see docs/browser.md. */
export { isReadable } from './confirm.js';
export { type Strength, strength } from './password.js';
export { type ActiveKeys, type Algorithm, type Challenge, type KeyChoice, type KeyInfo, type Lock, type Passkey, type Reason, WalletError } from './types.js';
export { CONSTRAINTS, type Options, type Persistence, Wallet } from './wallet.js';
