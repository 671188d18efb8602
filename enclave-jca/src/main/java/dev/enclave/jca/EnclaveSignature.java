package dev.enclave.jca;

import dev.enclave.error.EnclaveException;
import java.security.AlgorithmParameters;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.spec.AlgorithmParameterSpec;
import org.jspecify.annotations.Nullable;

/** A signature object of one scheme. Not thread-safe, as all of them. */
final class EnclaveSignature extends SignatureSpi {

  private final Scheme scheme;
  private final Provider provider;
  private final Parameters parameters;
  private @Nullable Signing signing;
  private @Nullable Verifying verifying;

  /** Whether part of a message was given to verify. */
  private boolean begun;

  /** What it signs with and what it was given so far. */
  private record Signing(OpaqueKey key, Content content) {}

  /** What it verifies with. */
  private record Verifying(PublicKey key, Verification by) {}

  EnclaveSignature(Scheme scheme, Provider provider) {
    this.scheme = scheme;
    this.provider = provider;
    this.parameters = new Parameters(scheme);
  }

  /**
   * What cannot be is refused here, since JSSE then goes on to another scheme. What the object was
   * given before is gone then, too.
   */
  @Override
  protected void engineInitSign(@Nullable PrivateKey privateKey) throws InvalidKeyException {
    signing = null;
    verifying = null;
    begun = false;
    if (!(privateKey instanceof OpaqueKey key)) {
      throw new InvalidKeyException(
          "Provider Enclave signs with an EnclavePrivateKey, and "
              + (privateKey == null ? "no key" : "another private key")
              + " was given. Take one from EnclavePrivateKey.of(SigningKey).");
    }
    if (!scheme.fits(key.signingAlgorithm())) {
      throw new InvalidKeyException(
          "Key "
              + key.keyId()
              + " is for "
              + key.signingAlgorithm()
              + " and does not sign "
              + scheme.name()
              + ": a key of Enclave has one scheme and one hash. It signs "
              + Scheme.namesFor(key.signingAlgorithm())
              + ".");
    }
    if (!parameters.fit(key)) {
      throw new InvalidKeyException(Parameters.unfit(key));
    }
    signing = new Signing(key, new Content(key.signingAlgorithm(), scheme.input()));
  }

  @Override
  protected void engineInitVerify(@Nullable PublicKey publicKey) throws InvalidKeyException {
    signing = null;
    verifying = null;
    begun = false;
    if (publicKey == null) {
      throw new InvalidKeyException("No public key was given.");
    }
    verifying = verifying(publicKey, parameters.current());
  }

  private Verifying verifying(PublicKey key, @Nullable AlgorithmParameterSpec spec)
      throws InvalidKeyException {
    return new Verifying(key, Verification.of(scheme, key, spec, provider));
  }

  @Override
  protected void engineUpdate(byte b) throws SignatureException {
    engineUpdate(new byte[] {b}, 0, 1);
  }

  @Override
  protected void engineUpdate(byte[] bytes, int offset, int length) throws SignatureException {
    if (verifying != null) {
      requireParameters(Texts.SIGNING_KEY_HAS_THEM.with());
      begun = true;
      verifying.by().update(bytes, offset, length);
      return;
    }
    requireSigning().content().update(bytes, offset, length);
  }

  /** Asks the key's backend. The content is kept until it was signed, for who asks again. */
  @Override
  protected byte[] engineSign() throws SignatureException {
    Signing now = requireSigning();
    try {
      now.content().requireOfCallers();
      byte[] signature = now.key().sign(now.content().input(), scheme.encoding());
      now.content().clear();
      return signature;
    } catch (EnclaveException e) {
      throw Failures.of(e);
    }
  }

  @Override
  protected boolean engineVerify(byte[] signature) throws SignatureException {
    if (verifying == null) {
      throw new SignatureException("No public key was given. Call initVerify first.");
    }
    requireParameters(Texts.SIGNING_KEY_HAS_THEM.with());
    begun = false;
    return verifying.by().verify(signature);
  }

  private Signing requireSigning() throws SignatureException {
    if (signing == null) {
      throw new SignatureException("No key was given. Call initSign first.");
    }
    requireParameters(Texts.KEY_HAS_THEM.with(signing.key().keyId()));
    return signing;
  }

  private void requireParameters(String whose) throws SignatureException {
    if (scheme.isPss() && parameters.current() == null) {
      throw new SignatureException(
          "RSASSA-PSS needs parameters, and none were given. "
              + whose
              + " as SigningAlgorithm.jcaParameters(): give them to setParameter.");
    }
  }

  @Override
  protected void engineSetParameter(@Nullable AlgorithmParameterSpec spec)
      throws InvalidAlgorithmParameterException {
    if (begun || (signing != null && !signing.content().isEmpty())) {
      throw new ProviderException(
          "Parameters were given after a part of the message. Give them before the message.");
    }
    Verifying changed = verifying;
    try {
      if (changed != null) {
        changed = verifying(changed.key(), spec);
      }
    } catch (InvalidKeyException e) {
      throw new InvalidAlgorithmParameterException(e.getMessage());
    }
    parameters.set(spec, signing == null ? null : signing.key());
    verifying = changed;
  }

  @Override
  protected @Nullable AlgorithmParameters engineGetParameters() {
    return parameters.encoded();
  }

  @Deprecated
  @Override
  protected void engineSetParameter(String name, Object value) {
    throw new UnsupportedOperationException("Use setParameter(AlgorithmParameterSpec).");
  }

  @Deprecated
  @Override
  protected Object engineGetParameter(String name) {
    throw new UnsupportedOperationException("Use getParameters().");
  }
}
