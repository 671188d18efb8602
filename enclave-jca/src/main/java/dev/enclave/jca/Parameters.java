package dev.enclave.jca;

import dev.enclave.SigningAlgorithm;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.security.interfaces.ECKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.EdDSAParameterSpec;
import java.security.spec.InvalidParameterSpecException;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one signature object, which JSSE and JWT libraries give before the key and
 * others after it.
 */
final class Parameters {

  private static final String MGF1_OID = "1.2.840.113549.1.1.8";

  private final Scheme scheme;
  private @Nullable AlgorithmParameterSpec given;

  Parameters(Scheme scheme) {
    this.scheme = scheme;
  }

  /** What was given, or what the scheme's name says. */
  @Nullable AlgorithmParameterSpec current() {
    return given == null ? scheme.impliedParameters().orElse(null) : given;
  }

  /**
   * Takes {@code spec}, if signatures of this scheme can have it.
   *
   * @param key of the signature, if it is known yet
   */
  void set(@Nullable AlgorithmParameterSpec spec, @Nullable OpaqueKey key)
      throws InvalidAlgorithmParameterException {
    switch (scheme.family()) {
      case RSA_PSS -> requirePss(spec);
      case ECDSA ->
          require(spec == null || spec instanceof ECParameterSpec, Texts.EC_PARAMETERS.with());
      case EDDSA ->
          require(
              spec == null
                  || (spec instanceof EdDSAParameterSpec ed
                      && !ed.isPrehash()
                      && ed.getContext().isEmpty()),
              Texts.EDDSA_PARAMETERS.with());
      default -> require(spec == null, Texts.NO_PARAMETERS.with());
    }
    if (key != null && !fit(spec, key.signingAlgorithm(), key)) {
      throw new InvalidAlgorithmParameterException(unfit(key));
    }
    given = spec;
  }

  private void requirePss(@Nullable AlgorithmParameterSpec spec)
      throws InvalidAlgorithmParameterException {
    require(
        spec instanceof PSSParameterSpec pss
            && isMgf1(pss.getMGFAlgorithm())
            && pss.getMGFParameters() instanceof MGF1ParameterSpec
            && pss.getTrailerField() == PSSParameterSpec.TRAILER_FIELD_BC,
        Texts.PSS_PARAMETERS.with());
  }

  private void require(boolean met, String wanted) throws InvalidAlgorithmParameterException {
    if (!met) {
      throw new InvalidAlgorithmParameterException(
          "Signature " + scheme.name() + " takes " + wanted + ". Other parameters were given.");
    }
  }

  /** Whether {@code key} signs with the parameters there are, if there are any. */
  boolean fit(OpaqueKey key) {
    return fit(current(), key.signingAlgorithm(), key);
  }

  /** Whether signatures of {@code algorithm} by {@code key} can have {@code spec}. */
  static boolean fit(@Nullable AlgorithmParameterSpec spec, SigningAlgorithm algorithm, Key key) {
    if (spec instanceof PSSParameterSpec pss) {
      return algorithm.jcaParameters().filter(own -> same(pss, own)).isPresent();
    }
    return !(spec instanceof ECParameterSpec curve)
        || (key instanceof ECKey ec && same(curve, ec.getParams()));
  }

  /** What to say where they do not fit. */
  static String unfit(OpaqueKey key) {
    return Texts.OTHER_PARAMETERS.with(key.keyId(), key.signingAlgorithm());
  }

  private static boolean same(PSSParameterSpec one, AlgorithmParameterSpec other) {
    return other instanceof PSSParameterSpec that
        && normal(one.getDigestAlgorithm()).equals(normal(that.getDigestAlgorithm()))
        && one.getMGFParameters() instanceof MGF1ParameterSpec mask
        && normal(mask.getDigestAlgorithm()).equals(normal(that.getDigestAlgorithm()))
        && one.getSaltLength() == that.getSaltLength();
  }

  private static boolean same(ECParameterSpec one, ECParameterSpec other) {
    return one.getCurve().equals(other.getCurve())
        && one.getGenerator().equals(other.getGenerator())
        && one.getOrder().equals(other.getOrder())
        && one.getCofactor() == other.getCofactor();
  }

  private static boolean isMgf1(String name) {
    return name.equalsIgnoreCase("MGF1") || name.equals(MGF1_OID);
  }

  /** Providers write {@code SHA-256} and {@code SHA256}. */
  private static String normal(String digest) {
    return digest.toUpperCase(Locale.ROOT).replace("-", "");
  }

  /**
   * Them, encoded by the JDK's class: JSSE keeps such objects for as long as the JVM runs, and one
   * of ours would keep our class loader.
   */
  @Nullable AlgorithmParameters encoded() {
    AlgorithmParameterSpec spec = current();
    if (spec instanceof PSSParameterSpec) {
      return encoded("RSASSA-PSS", "SunRsaSign", spec);
    }
    return spec instanceof ECParameterSpec ? encoded("EC", "SunEC", spec) : null;
  }

  private static AlgorithmParameters encoded(
      String name, String jdkProvider, AlgorithmParameterSpec spec) {
    try {
      Provider jdk = Security.getProvider(jdkProvider);
      AlgorithmParameters encoded =
          jdk == null
              ? AlgorithmParameters.getInstance(name)
              : AlgorithmParameters.getInstance(name, jdk);
      encoded.init(spec);
      return encoded;
    } catch (NoSuchAlgorithmException | InvalidParameterSpecException e) {
      throw new ProviderException(
          "No provider of this JVM encodes these parameters of " + name + ".");
    }
  }
}
