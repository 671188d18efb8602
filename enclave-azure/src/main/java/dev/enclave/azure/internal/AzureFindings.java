package dev.enclave.azure.internal;

import com.azure.security.keyvault.keys.models.KeyProperties;
import dev.enclave.KeyState;
import dev.enclave.azure.internal.AzureKeys.Detail;
import dev.enclave.azure.internal.texts.Texts;
import dev.enclave.error.ErrorCode;
import dev.enclave.kit.key.KeyFindings;
import dev.enclave.kit.key.LedgerKey;
import dev.enclave.kit.key.ServiceKey;
import dev.enclave.kit.key.ServiceKey.Material;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is remarkable about the keys read so far: versions that nobody of Enclave's made, versions
 * that are about to expire, that may be exported, or that are called destroyed and still there, and
 * whether the vault lets deleted keys be purged. Thread-safe.
 */
public final class AzureFindings extends KeyFindings {

  private static final String PURGE = "purge";
  private static final String STRANGER = "stranger";
  private static final String VALIDITY = "validity";

  /** How long before its end a version is worth a word. */
  private static final Duration SOON = Duration.ofDays(30);

  /** DeletionRecoveryLevel, of the REST API. */
  private static final Pattern LEVEL = Pattern.compile("[A-Za-z+]{1,64}");

  /** Of a deleted key nothing is remarkable. */
  void note(LedgerKey key, Instant now) {
    for (ServiceKey version : key.versions()) {
      boolean foreign = key.foreign().contains(version.id());
      noteRecovery(Detail.of(version).properties());
      if (foreign && version.material() == Material.ON) {
        stranger(version);
      } else {
        forget(STRANGER, version.uri());
      }
      if (key.state(version) == KeyState.ACTIVE) {
        noteValidity(version, now);
      }
      if (key.state(version) == KeyState.DESTROYED && !Detail.of(version).deleted()) {
        kept(version);
      }
    }
  }

  /** Of a version that something else made. */
  void noteAdopted(ServiceKey version, Instant now) {
    noteValidity(version, now);
    noteRecovery(Detail.of(version).properties());
  }

  private void stranger(ServiceKey version) {
    String observed = Texts.STRANGER.with(version.uri());
    String fix = Texts.TAKE_STRANGER.with();
    tell(STRANGER, version.uri(), ErrorCode.KEY_IDENTITY_CHANGED, observed, fix);
  }

  /**
   * Whether a deleted key can be purged before its days are over (REST API, DeletionRecoveryLevel):
   * the vault's own, as it is now, so that one finding is for all keys.
   */
  void noteRecovery(KeyProperties told) {
    Optional<String> level =
        Optional.ofNullable(told.getRecoveryLevel()).filter(text -> LEVEL.matcher(text).matches());
    if (level.filter(l -> l.contains("Purgeable")).isPresent()) {
      warn(
          PURGE,
          PURGE,
          ErrorCode.ASSURANCE_TOO_LOW,
          Texts.NO_PURGE_PROTECTION.observed(level.get()),
          Texts.NO_PURGE_PROTECTION.advice(level.get()));
    } else if (level.isPresent()) {
      forget(PURGE, PURGE);
    }
  }

  /** Whether the version signs now, and how long it will. */
  private void noteValidity(ServiceKey version, Instant now) {
    Optional<Instant> end = instant(Detail.of(version).properties().getExpiresOn());
    Optional<Instant> begin = instant(Detail.of(version).properties().getNotBefore());
    Optional<String> observed =
        end.filter(at -> now.isAfter(at.minus(SOON)))
            .map(at -> now.isBefore(at) ? Texts.EXPIRES.with(at) : Texts.EXPIRED.with(at))
            .or(() -> begin.filter(now::isBefore).map(at -> Texts.NOT_YET_VALID.with(at)));
    if (observed.isEmpty()) {
      forget(VALIDITY, version.uri());
      return;
    }
    warn(
        VALIDITY,
        version.uri(),
        ErrorCode.KEY_NOT_ACTIVE,
        Texts.VERSION_OBSERVED.with(version.uri(), observed.get()),
        Texts.CHANGE_VALIDITY.with());
  }

  private static Optional<Instant> instant(@Nullable OffsetDateTime time) {
    return Optional.ofNullable(time).map(OffsetDateTime::toInstant);
  }

  /** A key that was made to leave: that never changes. */
  void noteExportable(String uri) {
    warn(
        "exportable",
        uri,
        ErrorCode.ASSURANCE_TOO_LOW,
        Texts.EXPORTABLE.observed(uri),
        Texts.EXPORTABLE.advice(uri));
  }

  private void kept(ServiceKey version) {
    warn(
        "kept",
        version.uri(),
        ErrorCode.KEY_NOT_ACTIVE,
        Texts.KEPT_DISABLED.observed(version.uri()),
        Texts.KEPT_DISABLED.advice(version.uri()));
  }
}
