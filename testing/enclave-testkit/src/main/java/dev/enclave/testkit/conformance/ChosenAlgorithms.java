package dev.enclave.testkit.conformance;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyPurpose;
import dev.enclave.kit.BackendDecorator;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.spi.backend.SigningBackend;
import dev.enclave.testkit.BackendHarness;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A backend that offers some of its algorithms alone. What needs one that is not among them, it
 * does not have: it wraps nothing without one for wrapping, and imports nothing without one for
 * signing that it imports.
 */
final class ChosenAlgorithms extends BackendDecorator {

  private final Set<KeyAlgorithm> chosen;

  private ChosenAlgorithms(SigningBackend backend, Set<KeyAlgorithm> chosen) {
    super(backend);
    this.chosen = Set.copyOf(chosen);
  }

  /**
   * The same harness with {@code chosen} alone.
   *
   * @param declared what the backend declares, opened as the harness opens it
   */
  static BackendHarness of(
      BackendHarness harness, SigningBackend declared, Set<KeyAlgorithm> chosen) {
    Set<BackendTrait> expected = EnumSet.noneOf(BackendTrait.class);
    expected.addAll(harness.traits());
    if (!wraps(chosen)) {
      expected.remove(BackendTrait.WRAPS);
    }
    if (declared.capability(KeyImporter.class).filter(it -> imports(it, chosen)).isEmpty()) {
      expected.remove(BackendTrait.IMPORTS);
    }
    return harness
        .opening(context -> new ChosenAlgorithms(harness.provider().open(context), chosen))
        .expecting(expected);
  }

  private static boolean wraps(Set<KeyAlgorithm> chosen) {
    return chosen.stream().anyMatch(algorithm -> algorithm.purpose() == KeyPurpose.WRAP);
  }

  private static boolean imports(KeyImporter importer, Set<KeyAlgorithm> chosen) {
    return importer.importSupport().algorithms().stream()
        .anyMatch(
            algorithm -> algorithm.purpose() == KeyPurpose.SIGN && chosen.contains(algorithm));
  }

  @Override
  public BackendDescription describe() {
    BackendDescription all = super.describe();
    return all.withAlgorithms(
        all.algorithms().values().stream()
            .filter(support -> chosen.contains(support.algorithm()))
            .toList());
  }

  @Override
  public <C extends Capability> Optional<C> capability(Class<C> type) {
    Optional<C> whole = super.capability(type);
    if (type == KeyWrapper.class) {
      return whole.filter(it -> wraps(chosen));
    }
    if (type == KeyCreator.class) {
      return whole.map(it -> type.cast(creator((KeyCreator) it)));
    }
    if (type == KeyImporter.class) {
      return whole
          .filter(it -> imports((KeyImporter) it, chosen))
          .map(it -> type.cast(new Importer((KeyImporter) it)));
    }
    return whole;
  }

  private KeyCreator creator(KeyCreator whole) {
    return (request, call) -> {
      requireChosen(request.algorithm());
      return whole.create(request, call);
    };
  }

  private void requireChosen(KeyAlgorithm algorithm) throws BackendFailure {
    if (!chosen.contains(algorithm)) {
      throw BackendFailure.permanent(
          FailureCode.UNSUPPORTED,
          algorithm.name() + " is not part of this run. Choose it, or make a key of another.");
    }
  }

  private final class Importer implements KeyImporter {

    private final KeyImporter whole;

    Importer(KeyImporter whole) {
      this.whole = whole;
    }

    @Override
    public ImportSupport importSupport() {
      ImportSupport support = whole.importSupport();
      return ImportSupport.of(
          support.algorithms().stream().filter(chosen::contains).collect(Collectors.toSet()),
          support.whole());
    }

    @Override
    public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
      requireChosen(request.key().algorithm());
      return whole.restore(request, call);
    }
  }

  @Override
  protected <T> T around(String operation, CallContext context, Call<T> call)
      throws BackendFailure {
    return call.run(context);
  }
}
