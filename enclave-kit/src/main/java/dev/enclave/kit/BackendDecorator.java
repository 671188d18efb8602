package dev.enclave.kit;

import dev.enclave.Bytes;
import dev.enclave.KeyHandle;
import dev.enclave.KeyName;
import dev.enclave.KeyState;
import dev.enclave.KeyVersion;
import dev.enclave.KeyVersionId;
import dev.enclave.RotationInterval;
import dev.enclave.diagnosis.HealthReport;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.CallContext;
import dev.enclave.spi.KeySnapshot;
import dev.enclave.spi.KeyVersionRef;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.backend.Attester;
import dev.enclave.spi.backend.BackendDescription;
import dev.enclave.spi.backend.Capability;
import dev.enclave.spi.backend.KeyAdopter;
import dev.enclave.spi.backend.KeyCreator;
import dev.enclave.spi.backend.KeyExporter;
import dev.enclave.spi.backend.KeyImporter;
import dev.enclave.spi.backend.KeyLister;
import dev.enclave.spi.backend.KeyRewrapper;
import dev.enclave.spi.backend.KeyRotator;
import dev.enclave.spi.backend.KeySigner;
import dev.enclave.spi.backend.KeyStateChanger;
import dev.enclave.spi.backend.KeyWrapper;
import dev.enclave.spi.backend.OrphanCollector;
import dev.enclave.spi.backend.PermissionProber;
import dev.enclave.spi.backend.Resealer;
import dev.enclave.spi.backend.RestoreRequest;
import dev.enclave.spi.backend.SigningBackend;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Another backend with something around each of its calls: a measurement, a check, a fault for a
 * test. It has the capabilities that the other has, and describes itself as the other does; a
 * subclass says what is around a call, and overrides what shall differ besides. Thread-safe if
 * {@link #around} is.
 */
public abstract class BackendDecorator implements SigningBackend {

  private final SigningBackend backend;
  private final Map<Class<?>, Capability> capabilities = new HashMap<>();

  /** One call to the backend that is decorated. */
  @FunctionalInterface
  public interface Call<T> {

    /** Makes the call, once for each time that it is run. */
    T run(CallContext context) throws BackendFailure;
  }

  /** Decorates {@code backend}, which is closed with this one. */
  protected BackendDecorator(SigningBackend backend) {
    this.backend = Objects.requireNonNull(backend);
    add(KeyCreator.class, it -> (request, c) -> around("create", c, d -> it.create(request, d)));
    add(KeySigner.class, it -> (ref, in, c) -> around("sign", c, d -> it.sign(ref, in, d)));
    add(KeyLister.class, it -> (from, c) -> around("page", c, d -> it.page(from, d)));
    add(KeyRotator.class, it -> new Rotator(it, this));
    add(KeyStateChanger.class, it -> new StateChanger(it, this));
    add(KeyWrapper.class, it -> new Wrapper(it, this));
    add(KeyAdopter.class, it -> (name, uri, c) -> around("adopt", c, d -> it.adopt(name, uri, d)));
    add(KeyExporter.class, it -> (name, c) -> around("export", c, d -> it.export(name, d)));
    add(KeyImporter.class, it -> new Importer(it, this));
    add(OrphanCollector.class, it -> new Collector(it, this));
    add(PermissionProber.class, it -> c -> around("permissions", c, it::permissions));
    add(
        Resealer.class,
        it -> (passphrase, c) -> around("reseal", c, d -> reseal(it, passphrase, d)));
    add(KeyRewrapper.class, it -> new Rewrapper(it, this));
    add(Attester.class, it -> (ref, c) -> around("attest", c, d -> it.attest(ref, d)));
  }

  private <C extends Capability> void add(Class<C> type, UnaryOperator<C> decorated) {
    backend.capability(type).map(decorated).ifPresent(it -> capabilities.put(type, it));
  }

  /**
   * Makes a call, or does not.
   *
   * @param operation the name of the method, as {@code sign}
   * @param context what the call came with
   * @param call makes it
   * @return what the call gives, or another answer of the same type; of {@code reseal} and {@code
   *     rewrap}, which give nothing, a value that nobody reads
   */
  protected abstract <T> T around(String operation, CallContext context, Call<T> call)
      throws BackendFailure;

  /** The backend that is decorated. */
  protected final SigningBackend decorated() {
    return backend;
  }

  @Override
  public BackendDescription describe() {
    return backend.describe();
  }

  @Override
  public <C extends Capability> Optional<C> capability(Class<C> type) {
    return Optional.ofNullable(type.cast(capabilities.get(type)));
  }

  @Override
  public KeySnapshot load(KeyName name, CallContext call) throws BackendFailure {
    return around("load", call, c -> backend.load(name, c));
  }

  @Override
  public HealthReport health(CallContext call) throws BackendFailure {
    return around("health", call, backend::health);
  }

  @Override
  public void close() {
    backend.close();
  }

  private static Boolean reseal(Resealer it, Optional<SecretBytes> passphrase, CallContext call)
      throws BackendFailure {
    it.reseal(passphrase, call);
    return true;
  }

  private record Rotator(KeyRotator it, BackendDecorator by) implements KeyRotator {

    @Override
    public boolean mayRotate(CallContext call) throws BackendFailure {
      return by.around("mayRotate", call, it::mayRotate);
    }

    @Override
    public KeyVersion prepare(RotateRequest request, CallContext call) throws BackendFailure {
      return by.around("prepare", call, c -> it.prepare(request, c));
    }

    @Override
    public Optional<KeyVersion> prepared(RotateRequest request, CallContext call)
        throws BackendFailure {
      return by.around("prepared", call, c -> it.prepared(request, c));
    }

    @Override
    public KeySnapshot activate(RotateRequest request, KeyVersionId next, CallContext call)
        throws BackendFailure {
      return by.around("activate", call, c -> it.activate(request, next, c));
    }

    @Override
    public KeySnapshot reinstate(RotateRequest request, KeyVersionId version, CallContext call)
        throws BackendFailure {
      return by.around("reinstate", call, c -> it.reinstate(request, version, c));
    }

    @Override
    public KeySnapshot changeInterval(KeyName name, RotationInterval interval, CallContext call)
        throws BackendFailure {
      return by.around("changeInterval", call, c -> it.changeInterval(name, interval, c));
    }
  }

  private record StateChanger(KeyStateChanger it, BackendDecorator by) implements KeyStateChanger {

    @Override
    public KeySnapshot changeState(KeyVersionRef version, KeyState target, CallContext call)
        throws BackendFailure {
      return by.around("changeState", call, c -> it.changeState(version, target, c));
    }

    @Override
    public Optional<KeySnapshot> recordMove(KeyVersionRef version, KeyHandle to, CallContext call)
        throws BackendFailure {
      return by.around("recordMove", call, c -> it.recordMove(version, to, c));
    }
  }

  private record Wrapper(KeyWrapper it, BackendDecorator by) implements KeyWrapper {

    @Override
    public Bytes wrap(KeyVersionRef kek, SecretBytes dataKey, CallContext call)
        throws BackendFailure {
      return by.around("wrap", call, c -> it.wrap(kek, dataKey, c));
    }

    @Override
    public SecretBytes unwrap(KeyVersionRef kek, Bytes wrapped, CallContext call)
        throws BackendFailure {
      return by.around("unwrap", call, c -> it.unwrap(kek, wrapped, c));
    }
  }

  private record Importer(KeyImporter it, BackendDecorator by) implements KeyImporter {

    @Override
    public ImportSupport importSupport() {
      return it.importSupport();
    }

    @Override
    public KeySnapshot restore(RestoreRequest request, CallContext call) throws BackendFailure {
      return by.around("restore", call, c -> it.restore(request, c));
    }
  }

  private record Rewrapper(KeyRewrapper it, BackendDecorator by) implements KeyRewrapper {

    @Override
    public boolean mayRewrap(CallContext call) throws BackendFailure {
      return by.around("mayRewrap", call, it::mayRewrap);
    }

    @Override
    public KeyVersionId kekVersion(CallContext call) throws BackendFailure {
      return by.around("kekVersion", call, it::kekVersion);
    }

    @Override
    public boolean isCurrent(KeyName name, CallContext call) throws BackendFailure {
      return by.around("isCurrent", call, c -> it.isCurrent(name, c));
    }

    @Override
    public void rewrap(KeyName name, CallContext call) throws BackendFailure {
      by.around(
          "rewrap",
          call,
          c -> {
            it.rewrap(name, c);
            return true;
          });
    }
  }

  private record Collector(OrphanCollector it, BackendDecorator by) implements OrphanCollector {

    @Override
    public Page orphans(Optional<String> from, CallContext call) throws BackendFailure {
      return by.around("orphans", call, c -> it.orphans(from, c));
    }

    @Override
    public boolean discard(Orphan orphan, CallContext call) throws BackendFailure {
      return by.around("discard", call, c -> it.discard(orphan, c));
    }
  }
}
