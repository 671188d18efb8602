package dev.enclave.emulators.internal.crypto;

import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.signers.DSAEncoding;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/**
 * An ECDSA signature and the two ways of writing it down.
 *
 * @param curve of the key that made it
 */
public record EcdsaSignature(Curve curve, BigInteger r, BigInteger s) {

  /** A DER-encoded Ecdsa-Sig-Value (RFC 3279 §2.2.3). */
  public byte[] der() {
    return encoded(StandardDSAEncoding.INSTANCE);
  }

  /** r and s, each as long as the curve's order, one after the other (IEEE P1363). */
  public byte[] fixedWidth() {
    return encoded(PlainDSAEncoding.INSTANCE);
  }

  private byte[] encoded(DSAEncoding encoding) {
    try {
      return encoding.encode(curve.domain().getN(), r, s);
    } catch (IOException e) {
      throw new IllegalStateException("A signature could not be encoded.");
    }
  }

  /** Reads {@link #der}; empty if it is anything else. */
  public static Optional<EcdsaSignature> ofDer(Curve curve, byte[] encoded) {
    return decoded(StandardDSAEncoding.INSTANCE, curve, encoded);
  }

  /** Reads {@link #fixedWidth}; empty if it is anything else. */
  public static Optional<EcdsaSignature> ofFixedWidth(Curve curve, byte[] encoded) {
    return decoded(PlainDSAEncoding.INSTANCE, curve, encoded);
  }

  private static Optional<EcdsaSignature> decoded(
      DSAEncoding encoding, Curve curve, byte[] encoded) {
    try {
      BigInteger[] rs = encoding.decode(curve.domain().getN(), encoded);
      return Optional.of(new EcdsaSignature(curve, rs[0], rs[1]));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return "EcdsaSignature" + Arrays.asList(curve, r, s);
  }
}
