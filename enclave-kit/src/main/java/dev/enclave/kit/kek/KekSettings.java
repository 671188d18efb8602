package dev.enclave.kit.kek;

import dev.enclave.Assurance;
import dev.enclave.BackendId;
import dev.enclave.Bytes;
import dev.enclave.EnvironmentType;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyVersionId;
import dev.enclave.SealedBytes;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.diagnosis.HealthReport.Severity;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.kit.setup.CheckedSettings;
import dev.enclave.kit.texts.Texts;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.BackendSettings;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.SettingSpec;
import dev.enclave.spi.backend.BackendContext;
import dev.enclave.spi.backend.KeyEncryptionKey;
import dev.enclave.spi.backend.KeyEncryptionKeys;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The settings of a backend whose records a wrapping key of another backend may seal: which key,
 * and how long what it opened is kept. Immutable.
 */
public final class KekSettings {

  /** A key of another backend: {@code backend:name}, or a handle. */
  public static final String KEK = "kek";

  /** An ISO 8601 duration from one minute to one day. */
  public static final String DATA_KEY_LIFETIME = "data-key-lifetime";

  /** Both, as a backend declares them. */
  public static final List<SettingSpec> SPECS =
      CheckedSettings.specs(
          """
          kek: The key of another backend that wraps the data keys, for example
            aws-kms:payments-kek, or a whole handle.
          data-key-lifetime: How long an unwrapped data key is kept in memory, for example PT15M;
            by default PT1H.
          """);

  private static final Pattern BACKEND_AND_NAME =
      Pattern.compile("([a-z][a-z0-9-]{0,31}):([a-z][a-z0-9-]{0,51})");

  private static final String USUAL_LIFETIME = "PT1H";
  private static final Duration SHORTEST_LIFETIME = Duration.ofMinutes(1);
  private static final Duration LONGEST_LIFETIME = Duration.ofDays(1);

  private final String setting;
  private final Optional<Kek> kek;
  private final Duration lifetime;

  /** How the key is borrowed. */
  @FunctionalInterface
  private interface Kek {
    KeyEncryptionKey from(KeyEncryptionKeys others) throws BackendFailure;
  }

  private KekSettings(String setting, Optional<Kek> kek, Duration lifetime) {
    this.setting = setting;
    this.kek = kek;
    this.lifetime = lifetime;
  }

  /**
   * Reads and checks both.
   *
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED}, naming the setting
   */
  public static KekSettings of(BackendSettings settings) throws BackendFailure {
    CheckedSettings checked = new CheckedSettings(settings);
    return new KekSettings(settings.fullName(KEK), kek(checked), lifetime(checked));
  }

  private static Optional<Kek> kek(CheckedSettings settings) throws BackendFailure {
    Optional<String> set = settings.text(KEK);
    if (set.isEmpty()) {
      return Optional.empty();
    }
    String text = set.get();
    try {
      if (text.startsWith("enclave:")) {
        KeyHandle handle = KeyHandle.parse(text);
        return Optional.of(others -> others.of(handle));
      }
      Matcher parts = BACKEND_AND_NAME.matcher(text);
      if (parts.matches()) {
        BackendId backend = BackendId.of(parts.group(1));
        KeyName name = KeyName.of(parts.group(2));
        return Optional.of(others -> others.of(backend, name));
      }
    } catch (UsageException e) {
      // Said below.
    }
    throw settings.wrong(KEK, text, Texts.WRITE_KEK.with());
  }

  private static Duration lifetime(CheckedSettings settings) throws BackendFailure {
    String text = settings.text(DATA_KEY_LIFETIME).orElse(USUAL_LIFETIME);
    try {
      Duration lifetime = Duration.parse(text);
      if (lifetime.compareTo(SHORTEST_LIFETIME) >= 0 && lifetime.compareTo(LONGEST_LIFETIME) <= 0) {
        return lifetime;
      }
    } catch (DateTimeException e) {
      // Said below.
    }
    throw settings.wrong(DATA_KEY_LIFETIME, text, Texts.WRITE_LIFETIME.with());
  }

  /**
   * The key that is set, or none where that is acknowledged in LOCAL.
   *
   * @throws BackendFailure {@link FailureCode#MISCONFIGURED} for none outside LOCAL, {@link
   *     FailureCode#REFUSED} for none in LOCAL that nobody acknowledges, and as the lender says
   */
  public RecordKek open(BackendContext context) throws BackendFailure {
    if (kek.isPresent()) {
      return new BorrowedKek(kek.get().from(context.keyEncryptionKeys()));
    }
    EnvironmentType environment = context.environment();
    if (environment != EnvironmentType.LOCAL) {
      throw Texts.KEK_NOT_SET.permanent(FailureCode.MISCONFIGURED, setting, environment);
    }
    if (!context.reducedSecurityAcknowledged()) {
      throw Texts.KEK_NOT_SET_NOR_ACKNOWLEDGED.permanent(FailureCode.REFUSED, setting);
    }
    return new NoKek(setting);
  }

  /**
   * What an operator ought to know of a key that is not set.
   *
   * @param readers who has the keys then, as the subject of a sentence
   */
  public Optional<Finding> finding(String readers) {
    return kek.isPresent()
        ? Optional.empty()
        : Optional.of(
            Texts.PLAINTEXT_KEYS.finding(
                Severity.WARNING, ErrorCode.CONFIGURATION_MISSING, readers, setting));
  }

  /**
   * A wrapping key of another backend. What an older version of it wrapped, that version opens;
   * what another key wrapped is refused. The breaker is the engine's. Lasts as long as its lender.
   */
  private final class BorrowedKek implements RecordKek {

    private final KeyEncryptionKey key;

    BorrowedKek(KeyEncryptionKey key) {
      this.key = key;
    }

    @Override
    public Wrapped wrap(SecretBytes dataKey, Bytes associatedData, CallContext call)
        throws BackendFailure {
      SealedBytes box = dataKey.use(raw -> key.seal(raw, associatedData.toByteArray(), call));
      return new Wrapped(key.handle().toString(), Bytes.of(box.toByteArray()));
    }

    @Override
    public SecretBytes unwrap(Wrapped wrapped, Bytes associatedData, CallContext call)
        throws BackendFailure {
      requireThis(wrapped.kek());
      SealedBytes box = box(wrapped);
      requireThis(box.kek().toString());
      return SecretBytes.takeOver(key.unseal(box, associatedData.toByteArray(), call));
    }

    private void requireThis(String sealedBy) throws BackendFailure {
      String configured = key.handle().toString();
      if (sealedBy.equals(NoKek.NAME)) {
        throw Texts.NOT_WRAPPED.permanent(FailureCode.CORRUPT, setting, configured);
      }
      if (!sealedBy.equals(configured)) {
        throw Texts.WRAPPED_BY_ANOTHER
            .permanent(FailureCode.CORRUPT, named(sealedBy), setting, configured)
            .naming(configured);
      }
    }

    /** Anybody may have written it. */
    private static String named(String sealedBy) {
      try {
        return KeyHandle.parse(sealedBy).toString();
      } catch (UsageException e) {
        return Texts.WHOSE_NAME_IS_NONE.with();
      }
    }

    private static SealedBytes box(Wrapped wrapped) throws BackendFailure {
      try {
        return SealedBytes.parse(wrapped.wrapped().toByteArray());
      } catch (UsageException e) {
        throw Texts.DATA_KEY_DAMAGED.permanent(FailureCode.CORRUPT);
      }
    }

    @Override
    public boolean isCurrent(Wrapped wrapped) throws BackendFailure {
      return wrapped.kek().equals(key.handle().toString())
          && box(wrapped).version().equals(key.activeVersion());
    }

    @Override
    public Optional<KeyVersionId> version(CallContext call) throws BackendFailure {
      return Optional.of(key.activeVersion(call));
    }

    @Override
    public boolean rotates() {
      return true;
    }

    @Override
    public Duration lifetime() {
      return lifetime;
    }

    /** Private keys are used in this process's memory, whatever wraps them. */
    @Override
    public Assurance assurance() {
      Assurance own = key.assurance();
      return own.atLeast(Assurance.HSM_WRAPPED) ? Assurance.HSM_WRAPPED : own;
    }
  }
}
