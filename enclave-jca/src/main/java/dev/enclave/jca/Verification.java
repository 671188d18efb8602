package dev.enclave.jca;

import dev.enclave.KeyAlgorithm.Family;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.error.EnclaveException;
import dev.enclave.error.UsageException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies as if our provider were not there. Who takes it as an explicit provider, or puts it
 * first in the list and gives parameters before the key, comes here with public keys of anybody.
 */
sealed interface Verification {

  void update(byte[] bytes, int offset, int length) throws SignatureException;

  boolean verify(byte[] signature) throws SignatureException;

  void setParameter(@Nullable AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException;

  /**
   * By the first provider of the JVM's list that takes the key; by Enclave on secp256k1.
   *
   * @param self which is passed over
   */
  static Verification of(
      Scheme scheme,
      @Nullable PublicKey key,
      @Nullable AlgorithmParameterSpec parameters,
      Provider self)
      throws InvalidKeyException {
    if (key == null) {
      throw new InvalidKeyException("No public key was given.");
    }
    Optional<SigningAlgorithm> ours = onSecp256k1(scheme, key);
    if (ours.isPresent()) {
      return new ByEnclave(
          verifier(key, ours.get()), scheme, new Content(ours.get(), scheme.input()));
    }
    for (Provider provider : Security.getProviders()) {
      if (!provider.getName().equals(self.getName())
          && provider.getService("Signature", scheme.nameElsewhere()) != null) {
        Optional<Signature> taken = taken(scheme, key, parameters, provider);
        if (taken.isPresent()) {
          return new ByOthers(taken.get());
        }
      }
    }
    throw new InvalidKeyException(
        "No provider of this JVM verifies "
            + scheme.name()
            + " with this public key of algorithm "
            + key.getAlgorithm()
            + ". Verify by the name of the algorithm that signed, and with its parameters.");
  }

  private static Optional<Signature> taken(
      Scheme scheme,
      PublicKey key,
      @Nullable AlgorithmParameterSpec parameters,
      Provider provider) {
    try {
      Signature signature = Signature.getInstance(scheme.nameElsewhere(), provider);
      if (parameters != null) {
        signature.setParameter(parameters);
      }
      signature.initVerify(key);
      return Optional.of(signature);
    } catch (NoSuchAlgorithmException
        | InvalidKeyException
        | InvalidAlgorithmParameterException
        | RuntimeException e) {
      // As Signature does where it chooses the provider: the next may take the key.
      return Optional.empty();
    }
  }

  private static Optional<SigningAlgorithm> onSecp256k1(Scheme scheme, PublicKey key) {
    if (scheme.family() != Family.ECDSA
        || !(key instanceof ECPublicKey ec)
        || ec.getParams().getCurve().getA().signum() != 0) {
      return Optional.empty();
    }
    return Arrays.stream(SigningAlgorithm.values())
        .filter(a -> a.curve().filter("secp256k1"::equals).isPresent() && scheme.fits(a))
        .filter(a -> isFor(a, key))
        .findFirst();
  }

  private static boolean isFor(SigningAlgorithm algorithm, PublicKey key) {
    try {
      PublicKeyInfo.fromSpki(key.getEncoded(), algorithm);
      return true;
    } catch (UsageException e) {
      return false;
    }
  }

  private static SignatureVerifier verifier(PublicKey key, SigningAlgorithm algorithm) {
    return SignatureVerifier.of(PublicKeyInfo.fromSpki(key.getEncoded(), algorithm));
  }

  /** By another provider. */
  record ByOthers(Signature signature) implements Verification {

    @Override
    public void update(byte[] bytes, int offset, int length) throws SignatureException {
      signature.update(bytes, offset, length);
    }

    @Override
    public boolean verify(byte[] value) throws SignatureException {
      return signature.verify(value);
    }

    @Override
    public void setParameter(@Nullable AlgorithmParameterSpec parameters)
        throws InvalidAlgorithmParameterException {
      signature.setParameter(parameters);
    }
  }

  /** On the curve that the JDK does not have. */
  record ByEnclave(SignatureVerifier verifier, Scheme scheme, Content content)
      implements Verification {

    @Override
    public void update(byte[] bytes, int offset, int length) {
      content.update(bytes, offset, length);
    }

    @Override
    public boolean verify(byte[] value) throws SignatureException {
      try {
        boolean holds = verifier.verify(content.input(), value, scheme.encoding());
        content.clear();
        return holds;
      } catch (EnclaveException e) {
        throw Failures.of(e);
      }
    }

    /** The curve is the key's. */
    @Override
    public void setParameter(@Nullable AlgorithmParameterSpec parameters) {}
  }
}
