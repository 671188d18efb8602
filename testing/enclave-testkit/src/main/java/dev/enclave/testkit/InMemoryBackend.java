package dev.enclave.testkit;

import dev.enclave.Bytes;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyName;
import dev.enclave.KeyOrigin;
import dev.enclave.SigningInput;
import dev.enclave.kit.record.RecordBackend;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.CreateRequest;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.RawSignature;
import dev.enclave.spi.backend.RestoreRequest;
import java.util.Set;

/** Records in memory, with keys of others beside them, and what a test has it report of itself. */
final class InMemoryBackend extends RecordBackend implements KeyAdopter {

  private final KeyOrigin origin;
  private final BackendDescription description;
  private final InMemoryForeignKeys foreign;

  InMemoryBackend(
      InMemoryProvider.Report report,
      Set<BackendTrait> traits,
      InMemoryStore store,
      BackendContext context) {
    super(
        report.id(), "memory", store.records.local(), new InMemoryKek(report.assurance()), context);
    this.origin = report.origin();
    BackendDescription all = super.describe();
    this.description =
        all.withTraits(BackendTrait.declared(traits))
            .withAlgorithms(
                all.algorithms().values().stream()
                    .filter(support -> report.algorithms().contains(support.algorithm()))
                    .toList());
    this.foreign = new InMemoryForeignKeys(store, report, context);
  }

  @Override
  public BackendDescription describe() {
    return description;
  }

  @Override
  public KeySnapshot create(CreateRequest request, CallContext call) throws BackendFailure {
    requireOffered(request.algorithm());
    return reported(super.create(request, call));
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return reported(super.load(name, call));
  }

  private KeySnapshot reported(KeySnapshot key) {
    return origin == KeyOrigin.GENERATED
        ? key
        : key.withVersions(key.versions().stream().map(v -> v.withOrigin(origin)).toList());
  }

  private void requireOffered(KeyAlgorithm algorithm) throws BackendFailure {
    if (description.support(algorithm).isEmpty()) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          "Backend " + description.id() + " has no " + algorithm + " keys.",
          "Use one of " + description.offered() + ".");
    }
  }

  @Override
  public RawSignature sign(KeyVersionRef version, SigningInput input, CallContext call)
      throws BackendFailure {
    return InMemoryForeignKeys.has(version)
        ? foreign.keys.sign(InMemoryForeignKeys.own(version), input, call)
        : super.sign(version, input, call);
  }

  @Override
  public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
      throws BackendFailure {
    return InMemoryForeignKeys.has(kek)
        ? foreign.keys.wrap(InMemoryForeignKeys.own(kek), dataKey, call)
        : super.wrap(kek, dataKey, call);
  }

  @Override
  public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
      throws BackendFailure {
    return InMemoryForeignKeys.has(kek)
        ? foreign.keys.unwrap(InMemoryForeignKeys.own(kek), wrapped, call)
        : super.unwrap(kek, wrapped, call);
  }

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    return guarded(call, () -> reported(foreign.read(providerUri, name, call)));
  }

  @Override
  public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
    requireOffered(request.key().algorithm());
    return super.restore(request, call);
  }

  @Override
  public void close() {
    super.close();
    foreign.keys.close();
  }
}
