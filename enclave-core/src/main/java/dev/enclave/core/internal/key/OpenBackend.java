package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.core.internal.call.BackendCaller;
import dev.enclave.core.internal.redaction.ForeignText;
import dev.enclave.core.internal.redaction.Unexpected;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.spi.BackendDescription;
import dev.enclave.spi.BackendTrait;
import dev.enclave.spi.SigningBackend;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** A backend in use: what it says of itself, its caller, and the keys read from it. Thread-safe. */
final class OpenBackend implements AutoCloseable {

  /** What stands between words, and at their ends in a sentence. */
  private static final Pattern WORDS = Pattern.compile("[\\s()'\"]+|[,.:;](\\s+|$)");

  private final BackendDescription description;
  private final SigningBackend backend;
  private final BackendCaller caller;
  private final Optional<Finding> reduced;
  private final List<String> places;
  private final Map<KeyName, KeySlot> slots = new ConcurrentHashMap<>();

  private OpenBackend(
      BackendDescription description,
      SigningBackend backend,
      BackendCaller caller,
      Optional<Finding> reduced,
      List<String> places) {
    this.description = description;
    this.backend = backend;
    this.caller = caller;
    this.reduced = reduced;
    this.places = places;
  }

  /**
   * Takes a backend into use; one that cannot be taken is closed.
   *
   * @param places what configuration names, which the backend may quote
   * @throws ConfigurationException ({@link ErrorCode#BACKEND_CONTRACT}) when what it declares and
   *     what it implements differ
   */
  static OpenBackend of(
      BackendId id,
      SigningBackend backend,
      BackendCaller caller,
      Optional<Finding> reduced,
      List<String> places) {
    try {
      return new OpenBackend(described(id, backend), backend, caller, reduced, places);
    } catch (ConfigurationException e) {
      close(id, backend);
      throw e;
    }
  }

  private static BackendDescription described(BackendId id, SigningBackend backend) {
    BackendDescription description;
    try {
      description = Objects.requireNonNull(backend.describe());
    } catch (Exception | Error e) {
      Unexpected.rethrowIfFatal(e);
      throw broken(id, "threw " + e.getClass().getName() + " or answered null to describe()");
    }
    if (!description.id().equals(id)) {
      throw broken(id, "says it is " + description.id());
    }
    requireAuthority(id, description.authority());
    for (BackendTrait trait : BackendTrait.values()) {
      if (trait.capability().isPresent()) {
        Class<?> capability = trait.capability().get();
        boolean implemented = capability.isInstance(backend);
        if (implemented != description.has(trait)) {
          throw broken(
              id,
              (implemented ? "implements " : "does not implement ")
                  + capability.getSimpleName()
                  + (implemented ? " without declaring " : " but declares ")
                  + trait);
        }
      }
    }
    return description;
  }

  /** It is part of every handle, so it must be fit for one before there are keys. */
  private static void requireAuthority(BackendId id, String authority) {
    try {
      new KeyHandle(id, authority, KeyName.of("probe"), Optional.empty());
    } catch (UsageException e) {
      throw broken(id, "has an authority that no handle can hold: " + e.getMessage());
    }
  }

  private static ConfigurationException broken(BackendId id, String what) {
    return new ConfigurationException(
        ErrorCode.BACKEND_CONTRACT,
        "Backend " + id + " " + what + ". Report it to its author; run the contract tests on it.");
  }

  BackendId id() {
    return description.id();
  }

  BackendDescription description() {
    return description;
  }

  boolean remote() {
    return description.has(BackendTrait.REMOTE);
  }

  SigningBackend backend() {
    return backend;
  }

  /** That its keys are protected less than is recommended here, if so. */
  Optional<Finding> reduced() {
    return reduced;
  }

  BackendCaller caller() {
    return caller;
  }

  Map<KeyName, KeySlot> slots() {
    return slots;
  }

  /**
   * What the backend says, as it may be shown: with the names of keys that were read from it, and
   * of what is configured.
   */
  String shown(String said) {
    Set<String> words = new HashSet<>(WORDS.splitAsStream(said).toList());
    List<String> names = new ArrayList<>(places);
    for (KeySlot slot : slots.values()) {
      slot.newest().ifPresent(key -> key.names().filter(words::contains).forEach(names::add));
    }
    return ForeignText.of(said, names);
  }

  /**
   * The backend as a capability.
   *
   * @throws UsageException ({@link ErrorCode#UNSUPPORTED_OPERATION}) when it does not have it
   */
  <C> C capability(Class<C> type, String toDo) {
    if (!type.isInstance(backend)) {
      throw new UsageException(
          ErrorCode.UNSUPPORTED_OPERATION,
          "Backend "
              + id()
              + " cannot "
              + toDo
              + " (it has no "
              + type.getSimpleName()
              + "). Use the provider's own tools, or a key in another backend.");
    }
    return type.cast(backend);
  }

  @Override
  public void close() {
    close(description.id(), backend);
  }

  /** Closes a backend; one that fails to must not keep others, or the audit log, open. */
  private static void close(BackendId id, SigningBackend backend) {
    try {
      backend.close();
    } catch (Exception | Error e) {
      Unexpected.rethrowIfFatal(e);
      System.getLogger("dev.enclave")
          .log(
              System.Logger.Level.ERROR,
              "Backend {0} threw {1} when it was closed, which a backend must not.",
              id,
              e.getClass().getName());
    }
  }
}
