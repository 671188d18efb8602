package dev.enclave.crypto.internal.encoding;

import dev.enclave.KeyAlgorithm;
import dev.enclave.SigningAlgorithm;
import java.math.BigInteger;
import java.util.HexFormat;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.util.BigIntegers;

/** The curves of ECDSA (SEC 2, FIPS 186-5), all of cofactor 1. */
public final class Curve {

  static final Curve P_256 = new Curve("secp256r1", "06082a8648ce3d030107");
  static final Curve P_384 = new Curve("secp384r1", "06052b81040022");
  static final Curve P_521 = new Curve("secp521r1", "06052b81040023");
  public static final Curve SECP256K1 = new Curve("secp256k1", "06052b8104000a");

  private final ECDomainParameters domain;
  private final byte[] orderOctets;
  private final byte[] halfOrderOctets;
  private final String oid;

  private Curve(String secName, String oid) {
    X9ECParameters parameters = CustomNamedCurves.getByName(secName);
    this.domain = new ECDomainParameters(parameters);
    this.orderOctets = BigIntegers.asUnsignedByteArray(domain.getN());
    this.halfOrderOctets = BigIntegers.asUnsignedByteArray(domain.getN().shiftRight(1));
    this.oid = oid;
  }

  public static Curve of(KeyAlgorithm algorithm) {
    if (!(algorithm instanceof SigningAlgorithm signing)) {
      throw new IllegalArgumentException(algorithm + " is not on a curve of ECDSA");
    }
    return switch (signing) {
      case ECDSA_P256_SHA256 -> P_256;
      case ECDSA_P384_SHA384 -> P_384;
      case ECDSA_P521_SHA512 -> P_521;
      case ECDSA_SECP256K1_SHA256, ECDSA_SECP256K1_KECCAK256 -> SECP256K1;
      default -> throw new IllegalArgumentException(algorithm + " is not on a curve of ECDSA");
    };
  }

  public ECDomainParameters domain() {
    return domain;
  }

  public BigInteger order() {
    return domain.getN();
  }

  /** Octets of a coordinate; on these curves a number below the order takes as many. */
  public int length() {
    return (domain.getCurve().getFieldSize() + 7) / 8;
  }

  /** Whether this curve's signatures have to be low-s. */
  public boolean lowS() {
    return this == SECP256K1;
  }

  /** The order without leading zeros. Not to be changed. */
  public byte[] orderOctets() {
    return orderOctets;
  }

  /** The greatest low s, without leading zeros. Not to be changed. */
  public byte[] halfOrderOctets() {
    return halfOrderOctets;
  }

  /** The DER object identifier that names the curve. */
  byte[] oid() {
    return HexFormat.of().parseHex(oid);
  }
}
