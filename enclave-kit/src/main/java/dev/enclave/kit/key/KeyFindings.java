package dev.enclave.kit.key;

import dev.enclave.KeyName;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.key.ServiceKey.Material;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is remarkable about the keys read so far, for health reports: one finding for each thing it
 * is about, the latest. Thread-safe.
 */
public class KeyFindings {

  /** Remembered of one kind, so that each is new once; for one too many the eldest is dropped. */
  private static final int MOST = 100;

  /** Told of one kind, the latest: a report is read by people. */
  private static final int TOLD = 20;

  private static final String RESTORING = "restoring";
  private static final String PASSED_OVER = "passed-over";

  private static final System.Logger LOG = System.getLogger("dev.enclave");

  private final Map<String, Map<String, Finding>> byKind = new LinkedHashMap<>();

  /**
   * Notes a warning, in the place of an earlier one of the same kind about the same. Many of one
   * kind hide none of another.
   *
   * @param kind one of a few that the code has
   * @return whether there was none about it
   */
  public final synchronized boolean warn(
      String kind, String about, ErrorCode code, String observed, String fix) {
    return byKind
            .computeIfAbsent(kind, first -> BoundedMap.of(MOST))
            .put(about, Finding.of(Severity.WARNING, code, observed, fix))
        == null;
  }

  /** The same, logged where there was none about it. */
  public final void tell(String kind, String about, ErrorCode code, String observed, String fix) {
    if (warn(kind, about, code, observed, fix)) {
      LOG.log(System.Logger.Level.WARNING, "{0}. {1}.", observed, fix);
    }
  }

  /** There is nothing remarkable of that kind about it any more. */
  public final synchronized void forget(String kind, String about) {
    byKind.getOrDefault(kind, new HashMap<>()).remove(about);
  }

  /**
   * Notes of a key that was read whether it still says that it is being restored when nobody can be
   * at it any more.
   *
   * @param prefix of its tags
   */
  final void read(LedgerKey key, String prefix, CallContext call) {
    String name = key.name().value();
    forget(PASSED_OVER, name);
    Optional<ServiceKey> first =
        key.versions().stream()
            .filter(version -> version.tags().containsKey(prefix + VersionTags.RESTORING))
            .filter(version -> version.material() != Material.GONE)
            .findFirst();
    if (first.isEmpty()) {
      forget(RESTORING, name);
    } else if (KeyService.isOld(first.get().createdAt(), call)) {
      warn(
          RESTORING,
          name,
          ErrorCode.KEY_NOT_ACTIVE,
          Texts.RESTORATION_CUT_SHORT.with(name, first.get().uri()),
          Texts.FINISH_RESTORATION.with(name));
    }
  }

  /** Notes a key that could not be read when leftovers were looked for. */
  final void passedOver(KeyName name, BackendFailure failure) {
    tell(
        PASSED_OVER,
        name.value(),
        ErrorCode.KEY_DATA_CORRUPT,
        Texts.ORPHANS_NOT_LOOKED_FOR.with(
            name, String.valueOf(failure.getMessage()).replaceFirst("\\.$", "")),
        Texts.RECONCILE_LATER.with());
  }

  /** By kind, the latest twenty of each, the eldest first. */
  public final synchronized List<Finding> all() {
    List<Finding> all = new ArrayList<>();
    for (Map<String, Finding> kind : byKind.values()) {
      kind.values().stream().skip(Math.max(0, kind.size() - TOLD)).forEach(all::add);
    }
    return all;
  }
}
