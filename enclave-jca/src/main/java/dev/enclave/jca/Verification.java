package dev.enclave.jca;

import dev.enclave.Digest;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SignatureVerifier;
import dev.enclave.SigningAlgorithm;
import dev.enclave.SigningInput;
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
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verifies with a public key, which may be anybody's. */
sealed interface Verification {

  void update(byte[] bytes, int offset, int length) throws SignatureException;

  boolean verify(byte[] signature) throws SignatureException;

  /**
   * By {@link SignatureVerifier}, where Enclave has the algorithm. RSASSA-PSS with other keys or
   * parameters is handed on: a provider at position 1 is given the parameters before the key, and
   * then the JVM asks no other.
   *
   * @param self which is passed over
   */
  static Verification of(
      Scheme scheme, PublicKey key, @Nullable AlgorithmParameterSpec parameters, Provider self)
      throws InvalidKeyException {
    List<SignatureVerifier> verifiers =
        Arrays.stream(SigningAlgorithm.values())
            .filter(a -> scheme.fits(a) && Parameters.fit(parameters, a, key))
            .flatMap(a -> verifier(key, a).stream())
            .toList();
    if (!verifiers.isEmpty()) {
      return new ByEnclave(
          verifiers, scheme, new Content(ByEnclave.algorithm(verifiers.get(0)), scheme.input()));
    }
    for (Provider provider : scheme.isPss() ? Security.getProviders() : new Provider[0]) {
      if (!provider.getName().equals(self.getName())
          && provider.getService("Signature", scheme.nameElsewhere()) != null) {
        Optional<Signature> taken = taken(scheme, key, parameters, provider);
        if (taken.isPresent()) {
          return new ByOthers(taken.get());
        }
      }
    }
    throw new InvalidKeyException(
        "Enclave does not verify "
            + scheme.name()
            + " with this public key of algorithm "
            + key.getAlgorithm()
            + ". Verify by the name of the algorithm that signed, and with its parameters; where"
            + " Enclave has no such algorithm, leave the choice of the provider to the JVM.");
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

  private static Optional<SignatureVerifier> verifier(PublicKey key, SigningAlgorithm algorithm) {
    byte[] spki = key.getEncoded();
    if (spki == null || !"X.509".equals(key.getFormat())) {
      return Optional.empty();
    }
    try {
      return Optional.of(SignatureVerifier.of(PublicKeyInfo.fromSpki(spki, algorithm)));
    } catch (UsageException e) {
      return Optional.empty();
    }
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
  }

  /**
   * By Enclave.
   *
   * @param verifiers one for each hash that signatures of this scheme by this key may have
   */
  record ByEnclave(List<SignatureVerifier> verifiers, Scheme scheme, Content content)
      implements Verification {

    static SigningAlgorithm algorithm(SignatureVerifier verifier) {
      return (SigningAlgorithm) verifier.key().algorithm();
    }

    @Override
    public void update(byte[] bytes, int offset, int length) {
      content.update(bytes, offset, length);
    }

    @Override
    public boolean verify(byte[] value) throws SignatureException {
      try {
        SigningInput input = content.input();
        boolean holds = verifier(input).verify(input, value, scheme.encoding());
        content.clear();
        return holds;
      } catch (EnclaveException e) {
        throw Failures.of(e);
      }
    }

    private SignatureVerifier verifier(SigningInput input) {
      return verifiers.stream()
          .filter(
              verifier ->
                  input instanceof Digest digest
                      && verifier
                          .key()
                          .algorithm()
                          .digest()
                          .filter(digest.algorithm()::equals)
                          .isPresent())
          .findFirst()
          .orElse(verifiers.get(0));
    }
  }
}
