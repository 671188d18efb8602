package dev.enclave.benchmarks.setting;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.PublicKeyInfo;
import dev.enclave.SigningInput;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import java.util.function.Function;

/**
 * A backend that does nothing but sign by a given function; where that costs nothing, what remains
 * is Enclave's own cost. It claims an HSM's assurance, since the policies that ask for a durable
 * audit log ask for that too.
 */
public final class NullBackendProvider implements BackendProvider {

  static final BackendId ID = BackendId.of("null");

  private final PublicKeyInfo publicKey;
  private final Function<SigningInput, Bytes> signer;

  /**
   * A backend with one key.
   *
   * @param signer makes its signatures, in the scheme's default encoding
   */
  public NullBackendProvider(PublicKeyInfo publicKey, Function<SigningInput, Bytes> signer) {
    this.publicKey = publicKey;
    this.signer = signer;
  }

  @Override
  public BackendId id() {
    return ID;
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return Detection.present("the benchmark needs it");
  }

  @Override
  public SigningBackend open(BackendContext context) {
    return new NullBackend(publicKey, signer, context.environment(), context.time().now());
  }
}
