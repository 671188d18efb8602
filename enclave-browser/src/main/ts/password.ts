import { WalletError } from './types.js';

/** How much work it is to guess a password, roughly. */
export interface Strength {
  bits: number;
  label: 'too short' | 'weak' | 'fair' | 'strong';
}

const SHORTEST = 12;
const LONGEST = 256;

/** Estimates by length and kinds of characters; repetitions and runs count little. It knows no dictionary. */
export const strength = (password: string): Strength => {
  const kinds = [/[a-z]/, 26, /[A-Z]/, 26, /[0-9]/, 10, /[^a-zA-Z0-9]/, 33];
  let alphabet = 1;
  for (let i = 0; i < kinds.length; i += 2) {
    if ((kinds[i] as RegExp).test(password)) alphabet += kinds[i + 1] as number;
  }
  let counted = 0;
  const seen = new Set<string>();
  for (let i = 0; i < password.length; i++) {
    const step = i === 0 ? NaN : password.charCodeAt(i) - password.charCodeAt(i - 1);
    const pair = password.slice(i - 1, i + 1);
    counted += Math.abs(step) <= 1 || (i > 0 && seen.has(pair)) ? 0.25 : 1;
    seen.add(pair);
  }
  const bits = Math.round(counted * Math.log2(alphabet));
  return { bits, label: password.length < SHORTEST ? 'too short' : bits < 50 ? 'weak' : bits < 75 ? 'fair' : 'strong' };
};

/** What Enclave demands of a new password of a backup, here of the lock too. */
export const requirePassword = (password: string): void => {
  // What only looks like a text would be encrypted under another.
  const length = typeof password === 'string' ? password.length : 0;
  const bad =
    length < SHORTEST
      ? `has ${length} characters. Use at least ${SHORTEST}, chosen at random`
      : length > LONGEST
        ? `has ${length} characters. Use at most ${LONGEST}`
        : /[\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/u.test(password)
          ? 'has a control character or half a character. Leave it out'
          : strength(password).label === 'weak'
            ? 'repeats itself or follows a row. Use 12 characters chosen at random, or more'
            : '';
  if (bad) throw new WalletError('weak-password', `The password ${bad}: whoever has the file or the device can guess without limit.`);
};
