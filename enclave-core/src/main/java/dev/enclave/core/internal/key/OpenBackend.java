package dev.enclave.core.internal.key;

import dev.enclave.BackendId;
import dev.enclave.KeyAlgorithm;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyPurpose;
import dev.enclave.core.internal.call.RetryingCaller;
import dev.enclave.core.internal.texts.Texts;
import dev.enclave.diagnosis.HealthReport.Finding;
import dev.enclave.error.ConfigurationException;
import dev.enclave.error.ErrorCode;
import dev.enclave.error.UsageException;
import dev.enclave.internal.ForeignText;
import dev.enclave.internal.Unexpected;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.BackendTrait;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.SigningBackend;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** A backend in use: what it says of itself, its caller, and the keys read from it. Thread-safe. */
public final class OpenBackend implements AutoCloseable {

  /** What stands between words, and at their ends in a sentence. */
  private static final Pattern WORDS = Pattern.compile("[\\s()'\"]+|[,.:;](\\s+|$)");

  private final BackendDescription description;
  private final SigningBackend backend;
  private final Map<Class<?>, Capability> capabilities;
  private final RetryingCaller caller;
  private final Optional<Finding> reduced;
  private final List<String> places;
  private final Map<KeyName, CachedKey> slots = new ConcurrentHashMap<>();

  private OpenBackend(
      BackendDescription description,
      SigningBackend backend,
      Map<Class<?>, Capability> capabilities,
      RetryingCaller caller,
      Optional<Finding> reduced,
      List<String> places) {
    this.description = description;
    this.backend = backend;
    this.capabilities = capabilities;
    this.caller = caller;
    this.reduced = reduced;
    this.places = places;
  }

  /**
   * Takes a backend into use; one that cannot be taken is closed.
   *
   * @param places what configuration names, which the backend may quote
   * @throws ConfigurationException ({@link ErrorCode#BACKEND_CONTRACT}) when what it declares and
   *     what it can do differ
   */
  public static OpenBackend of(
      BackendId id,
      SigningBackend backend,
      RetryingCaller caller,
      Optional<Finding> reduced,
      List<String> places) {
    try {
      BackendDescription description =
          told(id, "describe()", () -> Objects.requireNonNull(backend.describe()));
      Map<Class<?>, Capability> capabilities = capabilities(id, backend);
      requireRight(id, description, capabilities);
      return new OpenBackend(description, backend, capabilities, caller, reduced, places);
    } catch (RuntimeException | Error e) {
      close(id, backend);
      throw e;
    }
  }

  private static <T> T told(BackendId id, String method, Supplier<T> question) {
    try {
      return question.get();
    } catch (Exception | Error e) {
      Unexpected.rethrowFatal(e);
      throw Texts.BACKEND_ANSWERS_NULL.as(
          ErrorCode.BACKEND_CONTRACT, id, e.getClass().getName(), method);
    }
  }

  /** Asked once, since the answers are the same for the backend's whole life. */
  private static Map<Class<?>, Capability> capabilities(BackendId id, SigningBackend backend) {
    Map<Class<?>, Capability> capabilities = new HashMap<>();
    for (BackendTrait trait : BackendTrait.values()) {
      trait
          .capability()
          .ifPresent(
              type ->
                  told(
                          id,
                          "capability(" + type.getSimpleName() + ")",
                          () -> backend.capability(type))
                      .ifPresent(capability -> capabilities.put(type, capability)));
    }
    return Map.copyOf(capabilities);
  }

  private static void requireRight(
      BackendId id, BackendDescription description, Map<Class<?>, Capability> capabilities) {
    if (!description.id().equals(id)) {
      throw Texts.BACKEND_OF_OTHER_ID.as(ErrorCode.BACKEND_CONTRACT, id, description.id());
    }
    requireAuthority(id, description.authority());
    for (KeyAlgorithm algorithm : description.offered()) {
      Class<? extends Capability> needed =
          algorithm.purpose() == KeyPurpose.SIGN ? KeySigner.class : KeyWrapper.class;
      if (!capabilities.containsKey(needed)) {
        throw Texts.BACKEND_LACKS_CAPABILITY.as(
            ErrorCode.BACKEND_CONTRACT, id, algorithm, needed.getSimpleName());
      }
    }
  }

  /** It is part of every handle, so it must be fit for one before there are keys. */
  private static void requireAuthority(BackendId id, String authority) {
    try {
      new KeyHandle(id, authority, KeyName.of("probe"), Optional.empty());
    } catch (UsageException e) {
      throw Texts.BACKEND_AUTHORITY_UNFIT.as(ErrorCode.BACKEND_CONTRACT, id, e.getMessage());
    }
  }

  public BackendId id() {
    return description.id();
  }

  public BackendDescription description() {
    return description;
  }

  public boolean remote() {
    return description.has(BackendTrait.REMOTE);
  }

  /** Whether a signature is made, and a data key opened, outside this process. */
  public boolean usesKeysElsewhere() {
    return remote() && !description.has(BackendTrait.USES_KEYS_IN_PROCESS);
  }

  public SigningBackend backend() {
    return backend;
  }

  /** That its keys are protected less than is recommended here, if so. */
  public Optional<Finding> reduced() {
    return reduced;
  }

  public RetryingCaller caller() {
    return caller;
  }

  public Map<KeyName, CachedKey> slots() {
    return slots;
  }

  /**
   * What the backend says, as it may be shown: with the names of keys that were read from it, and
   * of what is configured.
   */
  public String shown(String said) {
    Set<String> words = new HashSet<>(WORDS.splitAsStream(said).toList());
    List<String> names = new ArrayList<>(places);
    for (CachedKey slot : slots.values()) {
      slot.newest().ifPresent(key -> key.names().filter(words::contains).forEach(names::add));
    }
    return ForeignText.of(said, names);
  }

  /** The capability, if the backend has it. */
  public <C extends Capability> Optional<C> find(Class<C> type) {
    return Optional.ofNullable(type.cast(capabilities.get(type)));
  }

  /**
   * The capability.
   *
   * @throws UsageException ({@link ErrorCode#UNSUPPORTED_OPERATION}) when the backend does not have
   *     it
   */
  public <C extends Capability> C capability(Class<C> type, String toDo) {
    return find(type)
        .orElseThrow(
            () ->
                Texts.CAPABILITY_MISSING.as(
                    ErrorCode.UNSUPPORTED_OPERATION, id(), toDo, type.getSimpleName()));
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
      Unexpected.rethrowFatal(e);
      System.getLogger("dev.enclave")
          .log(
              System.Logger.Level.ERROR,
              Texts.BACKEND_THREW_AT_CLOSE.with(id, e.getClass().getName()));
    }
  }
}
