package dev.enclave.testkit.engine;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.SealedBytes;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendProvider;
import dev.enclave.spi.backend.KeyEncryptionKey;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.spi.detection.Detection;
import dev.enclave.spi.detection.DetectionContext;
import dev.enclave.testkit.InMemoryProvider;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.assertj.core.api.Assertions;

/** Keys in memory; each signature needs something that is sealed under a borrowed key. */
final class Borrower implements BackendProvider {

  static final byte[] STORED = "what the borrower keeps".getBytes(StandardCharsets.UTF_8);
  static final byte[] CONTEXT = "where it lies".getBytes(StandardCharsets.UTF_8);

  private final InMemoryProvider memory;
  Optional<KeyHandle> wanted = Optional.empty();
  boolean wantedByName;
  Optional<SealedBytes> kept = Optional.empty();
  Optional<KeyEncryptionKey> lent = Optional.empty();

  Borrower(String id) {
    memory = new InMemoryProvider().id(id);
  }

  @Override
  public BackendId id() {
    return memory.id();
  }

  @Override
  public Assurance assuranceCeiling() {
    return Assurance.HSM;
  }

  @Override
  public Detection detect(DetectionContext context) {
    return Detection.present("a test asked for it");
  }

  @Override
  public SigningBackend open(BackendContext context) throws BackendFailure {
    if (wanted.isPresent()) {
      lent = Optional.of(context.keyEncryptionKeys().of(wanted.get()));
    } else if (wantedByName) {
      lent = Optional.of(context.keyEncryptionKeys().of(BackendId.of("lender"), KeyName.of("kek")));
    }
    return new Sealed(memory.open(context));
  }

  private final class Sealed extends BackendDecorator {

    Sealed(SigningBackend backend) {
      super(backend);
    }

    @Override
    protected <T> T around(String operation, CallContext context, Call<T> call)
        throws BackendFailure {
      if (operation.equals("create")) {
        kept = Optional.of(lent.orElseThrow().seal(STORED, CONTEXT, context));
      }
      if (operation.equals("sign")) {
        byte[] opened = lent.orElseThrow().unseal(kept.orElseThrow(), CONTEXT, context);
        Assertions.assertThat(opened).isEqualTo(STORED);
      }
      return call.run(context);
    }
  }
}
