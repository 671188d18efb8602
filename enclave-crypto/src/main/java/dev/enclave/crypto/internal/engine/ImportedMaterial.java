package dev.enclave.crypto.internal.engine;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningInput;
import dev.enclave.crypto.internal.memory.OffHeapSecret;
import dev.enclave.spi.SecretBytes;
import java.util.Optional;

/** A private key that an engine holds for signing, and its encoding for taking it out again. */
public record ImportedMaterial(
    KeyAlgorithm algorithm, PublicKeyInfo info, OffHeapSecret encoded, Signatory signatory)
    implements KeyMaterial.Signing {

  @Override
  public Optional<PublicKeyInfo> publicKey() {
    return Optional.of(info);
  }

  @Override
  public SecretBytes encode() {
    return SecretBytes.takeOver(encoded.open());
  }

  @Override
  public Bytes sign(SigningInput input) {
    return signatory.sign(input);
  }

  @Override
  public void destroy() {
    signatory.destroy();
    encoded.close();
  }
}
