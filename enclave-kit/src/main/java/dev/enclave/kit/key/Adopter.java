package dev.enclave.kit.key;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.KeyName;
import dev.enclave.internal.StatementText;
import dev.enclave.kit.key.ForeignKeys.Foreign;
import dev.enclave.kit.key.ForeignKeys.Told;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureClass;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.TimeSource;
import dev.enclave.spi.backend.KeyAdopter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Uses keys that something else made, with the rights to read them and to sign. Tags are read where
 * that is allowed, for stamp and algorithm. The engine reads an adopted key every minute, and each
 * refusal is an event in the service's audit log that may raise an alarm; so tags that were refused
 * are asked for again once {@link ForeignKeys#KEPT} has passed. Thread-safe.
 */
record Adopter(
    ForeignKeys keys, VersionLedger ledger, TimeSource time, Map<String, Refusal> refusals)
    implements KeyAdopter {

  record Refusal(Told told, long atNanos) {}

  @Override
  public KeySnapshot adopt(KeyName name, String providerUri, CallContext call)
      throws BackendFailure {
    try {
      return adopted(name, Name.parse(providerUri).orElseThrow(keys::notAKey), call);
    } catch (BackendFailure e) {
      throw e.code() == FailureCode.NOT_FOUND && e.failureClass() == FailureClass.PERMANENT
          ? keys.refusals().noForeignKey(keys.toCheck())
          : e;
    }
  }

  private KeySnapshot adopted(KeyName name, Name adopted, CallContext call) throws BackendFailure {
    Foreign key = keys.foreign(adopted.uri(), call);
    Told told = told(key, call);
    String prefix = keys.tagPrefix();
    // Where the service's own name of the key does not show it.
    if (StatementText.namesKey(told.tags().getOrDefault(prefix + KeyMetadata.KEY, ""))) {
      throw Texts.KEY_OF_STATEMENTS.permanent(FailureCode.UNSUPPORTED);
    }
    Optional<KeyAlgorithm> algorithm =
        Optional.ofNullable(told.tags().get(prefix + KeyMetadata.ALGORITHM))
            .flatMap(StoredText::algorithm);
    StampReading stamp = told.refused().orElseGet(() -> keys.stamp(told.tags()));
    KeyAlgorithm used = adopted.algorithm(key.choices(), algorithm, key.kind());
    ServiceKey version = key.version().with(told.tags());
    return ledger.adopted(name, used, version, stamp, call).withProviderUri(key.uri());
  }

  private Told told(Foreign key, CallContext call) throws BackendFailure {
    Refusal recent = refusals.get(key.tagged());
    if (recent != null && time.nanoTime() - recent.atNanos() < ForeignKeys.KEPT.toNanos()) {
      return recent.told();
    }
    Told told = keys.tags(key, call);
    if (told.refused().isPresent()) {
      refusals.put(key.tagged(), new Refusal(told, time.nanoTime()));
    }
    return told;
  }

  /**
   * The name of a key that something else made, as an operator writes it: the service's own, and
   * after a {@code #} the algorithm, for a key that can be used in several ways. Immutable.
   *
   * @param uri the service's own
   * @param given the algorithm
   */
  record Name(String uri, Optional<String> given) {

    /** Reads it; nothing if what is after the {@code #} is no algorithm's name by its form. */
    static Optional<Name> parse(String text) {
      String[] parts = text.split("#", 2);
      if (parts.length == 1) {
        return Optional.of(new Name(text, Optional.empty()));
      }
      return parts[1].matches("[A-Z0-9_]{1,64}")
          ? Optional.of(new Name(parts[0], Optional.of(parts[1])))
          : Optional.empty();
    }

    /**
     * What the operator says, else what the key's tags say, else the only thing it can be.
     *
     * @param choices what a key of its kind can be used as
     * @param told by its tags, if they can be read
     * @param kind as the service names it
     * @throws BackendFailure {@link FailureCode#UNSUPPORTED} where it cannot be that, or can be
     *     several
     */
    KeyAlgorithm algorithm(List<KeyAlgorithm> choices, Optional<KeyAlgorithm> told, String kind)
        throws BackendFailure {
      if (given.isPresent()) {
        return choices.stream()
            .filter(choice -> choice.name().equals(given.get()))
            .findFirst()
            .orElseThrow(() -> otherAlgorithm(known(given.get()), choices));
      }
      if (told.filter(choices::contains).isPresent()) {
        return told.get();
      }
      if (choices.isEmpty()) {
        throw otherAlgorithm(kind, choices);
      }
      if (choices.size() > 1) {
        throw Texts.SEVERAL_ALGORITHMS.permanent(FailureCode.UNSUPPORTED, choices);
      }
      return choices.get(0);
    }

    /** What is no algorithm's name may be anything, and is not shown. */
    private static String known(String given) {
      return KeyAlgorithm.all().stream()
          .map(KeyAlgorithm::name)
          .filter(given::equals)
          .findFirst()
          .orElse(Texts.WHAT_IS_AFTER.with());
    }

    private static BackendFailure otherAlgorithm(String given, List<KeyAlgorithm> choices) {
      return Texts.OTHER_ALGORITHM.permanent(
          FailureCode.UNSUPPORTED,
          given,
          choices.isEmpty() ? Texts.NO_ALGORITHM_OF_KIND.with() : Texts.USE_ONE_OF.with(choices));
    }
  }
}
