package dev.enclave.kit.key;

import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyInfo.StampReading;
import dev.enclave.kit.Refusals;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service that describes private keys which something else made, so that they can be adopted:
 * {@link VersionLedger#adopter}. Thread-safe.
 */
public interface ForeignKeys extends KeyService {

  /**
   * How long tags that were refused are not asked for again: so long after a permission was granted
   * a stamp may still count as unreadable.
   */
  Duration KEPT = Duration.ofMinutes(5);

  /**
   * A private key as the service describes it.
   *
   * @param version the only version of the key that adopts it
   * @param uri the service's own name of what is adopted
   * @param tagged the service's own name of what carries its tags
   * @param choices what a key of its kind can be used as
   * @param kind as the service names it
   */
  record Foreign(
      ServiceKey version, String uri, String tagged, List<KeyAlgorithm> choices, String kind) {
    public Foreign {
      choices = List.copyOf(choices);
    }
  }

  /**
   * What the service tells of tags.
   *
   * @param tags by the names and texts that the ledger has for them
   * @param refused what it leaves of the stamp that they may not be read; none if they were read
   */
  record Told(Map<String, String> tags, Optional<StampReading> refused) {
    public Told {
      tags = Map.copyOf(tags);
    }

    /** Those that were read. */
    public static Told of(Map<String, String> tags) {
      return new Told(tags, Optional.empty());
    }

    /** None, and why. */
    public static Told refused(String reason, String remedy) {
      return new Told(Map.of(), Optional.of(StampReading.unreadable(reason, remedy)));
    }
  }

  /** Says which names its keys have: {@link Refusals#notAKey}. */
  BackendFailure notAKey();

  /** What to check besides the name where there is no such key: {@link Refusals#noForeignKey}. */
  String toCheck();

  /**
   * Describes the key of a name.
   *
   * @throws BackendFailure {@link #notAKey}, or NOT_FOUND when the service knows none
   */
  Foreign foreign(String name, CallContext call) throws BackendFailure;

  /** Reads the tags of a key that was described; as by default, they came with it. */
  default Told tags(Foreign key, CallContext call) throws BackendFailure {
    return Told.of(key.version().tags());
  }
}
