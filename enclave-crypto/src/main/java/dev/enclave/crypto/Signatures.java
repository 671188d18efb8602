package dev.enclave.crypto;

import dev.enclave.Bytes;
import dev.enclave.Digest;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureEncoding;
import dev.enclave.crypto.internal.choice.Recovery;
import dev.enclave.crypto.internal.signature.SignatureLayout;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import java.util.OptionalInt;

/** How signatures are laid out. Strict both ways: DER is never BER, r and s are in range. */
public final class Signatures {

  private Signatures() {}

  /**
   * Lays out a signature anew. RAW to RAW gives the same bytes after a check of the length.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when {@code signature} is not in
   *     encoding {@code from}, or the algorithm does not have {@code from} or {@code to}
   */
  public static Bytes convert(
      Bytes signature, KeyAlgorithm algorithm, SignatureEncoding from, SignatureEncoding to) {
    return SignatureLayout.convert(signature, algorithm, from, to);
  }

  /**
   * The same signature with s at most half the group order on secp256k1 (BIP 62, EIP-2); identity
   * for every other algorithm.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when {@code signature} is not in
   *     {@code encoding}
   */
  public static Bytes lowS(Bytes signature, KeyAlgorithm algorithm, SignatureEncoding encoding) {
    return SignatureLayout.lowS(signature, algorithm, encoding);
  }

  /**
   * What a signer releases: the signature in {@link KeyAlgorithm#defaultEncoding()}, checked, and
   * with a low s on secp256k1; {@link #convert} and {@link #lowS} in one pass. It gives {@code
   * signature} itself when nothing has to change.
   *
   * @throws UsageException ({@link ErrorCode#INVALID_ENCODING}) when {@code signature} is not in
   *     encoding {@code from}, or the algorithm does not have it
   */
  public static Bytes canonical(Bytes signature, KeyAlgorithm algorithm, SignatureEncoding from) {
    return SignatureLayout.canonical(signature, algorithm, from);
  }

  /**
   * Which of the candidate public keys of a secp256k1 signature is {@code key} (SEC 1 §4.1.6): bit
   * 0 is the parity of R's y, bit 1 says that R's x is not below the group order.
   *
   * @param derLowS a DER signature, already low-s: the flip changes the id
   * @return 0 to 3; empty when the signature is not one of {@code key} over {@code digest}, is not
   *     low-s, or the key is not on secp256k1
   */
  public static OptionalInt recoveryId(PublicKeyInfo key, Digest digest, Bytes derLowS) {
    return Recovery.recoveryId(key, digest, derLowS, SignatureEncoding.DER);
  }
}
