package dev.enclave;

/** How the bytes of a signature are laid out. */
public enum SignatureEncoding {
  /** ECDSA only: {@code SEQUENCE { r INTEGER, s INTEGER }}, strict DER (RFC 3279 §2.2.3). */
  DER,
  /**
   * ECDSA only: r‖s, each left-padded to the length of the group order (IEEE P1363; RFC 7518 §3.4).
   * 64 bytes for P-256 and secp256k1, 96 for P-384, 132 for P-521.
   */
  P1363,
  /** Ed25519 (64 bytes, RFC 8032 §5.1.6) and RSA (length of the modulus, RFC 8017 §8). */
  RAW
}
