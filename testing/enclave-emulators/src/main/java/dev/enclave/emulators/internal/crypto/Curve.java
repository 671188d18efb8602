package dev.enclave.emulators.internal.crypto;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;

/** The Weierstrass curves that the clouds serve (SEC 2). */
public enum Curve {
  P_256,
  P_384,
  P_521,
  SECP256K1;

  private static final Map<Curve, ECNamedDomainParameters> DOMAINS = new EnumMap<>(Curve.class);

  static {
    for (Curve curve : values()) {
      ASN1ObjectIdentifier identifier = curve.identifier();
      DOMAINS.put(
          curve, new ECNamedDomainParameters(identifier, CustomNamedCurves.getByOID(identifier)));
    }
  }

  private ASN1ObjectIdentifier identifier() {
    return switch (this) {
      case P_256 -> SECObjectIdentifiers.secp256r1;
      case P_384 -> SECObjectIdentifiers.secp384r1;
      case P_521 -> SECObjectIdentifiers.secp521r1;
      case SECP256K1 -> SECObjectIdentifiers.secp256k1;
    };
  }

  ECNamedDomainParameters domain() {
    return Objects.requireNonNull(DOMAINS.get(this));
  }

  /** How long a coordinate or a scalar is, in bytes. */
  public int fieldBytes() {
    return (domain().getCurve().getFieldSize() + 7) / 8;
  }

  /** The curve that {@code parameters} describe, if it is one of these. */
  static Optional<Curve> of(ECDomainParameters parameters) {
    return Arrays.stream(values())
        .filter(curve -> curve.domain().getN().equals(parameters.getN()))
        .filter(curve -> curve.domain().getCurve().equals(parameters.getCurve()))
        .findFirst();
  }
}
