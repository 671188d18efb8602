package dev.enclave.benchmarks.rival;

import dev.enclave.ConfigSource;
import dev.enclave.Enclave;
import dev.enclave.EnclaveFactory;
import dev.enclave.KeySpec;
import dev.enclave.Message;
import dev.enclave.SignatureValue;
import dev.enclave.SigningKey;
import dev.enclave.benchmarks.setting.NullBackendProvider;
import dev.enclave.benchmarks.setting.Scheme;
import dev.enclave.benchmarks.setting.Scratch;
import dev.enclave.benchmarks.setting.SilentSink;
import dev.enclave.benchmarks.setting.SoftwareStore;
import dev.enclave.benchmarks.setting.Trail;
import dev.enclave.crypto.LocalKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Map;

/** Enclave as an application uses it: one key object for all threads. */
public final class EnclaveRival implements Recoverable {

  private final SigningKey key;
  private final Message message = Message.of(Rivals.message());
  private final Runnable closing;

  private EnclaveRival(SigningKey key, Runnable closing) {
    this.key = key;
    this.closing = closing;
  }

  /** With the software backend, and an audit log in files that is not awaited. */
  static EnclaveRival open(Path directory, Scheme scheme) throws IOException {
    Scratch audit = Scratch.in(directory);
    Enclave enclave = SoftwareStore.KEY_FILE.open(directory.resolve("keys"), audit.directory());
    SigningKey key =
        enclave.ensureKey(
            KeySpec.named(scheme.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .algorithm(scheme.algorithm()));
    return new EnclaveRival(
        key,
        () -> {
          enclave.close();
          audit.close();
        });
  }

  /** Over a key in memory, with any kind of audit log. */
  public static EnclaveRival audited(Path directory, Scheme scheme, Trail trail)
      throws IOException {
    LocalKey material = LocalKey.generate(scheme.algorithm(), new SecureRandom());
    Scratch audit = Scratch.in(directory);
    Enclave enclave =
        trail.open(
            audit.directory(),
            new NullBackendProvider(material.publicKey().orElseThrow(), material::sign));
    return new EnclaveRival(
        enclave.signingKeys().key("any"),
        () -> {
          enclave.close();
          audit.close();
          material.close();
        });
  }

  /** At a cloud, with an audit log in files: two durable records a signature. */
  public static EnclaveRival remote(
      Path directory, Scheme scheme, RemoteCloud cloud, RemoteCloud.Address address)
      throws IOException {
    return remote(directory, scheme, cloud, address, "benchmark");
  }

  /** The same, with a key of another name. */
  static EnclaveRival remote(
      Path directory, Scheme scheme, RemoteCloud cloud, RemoteCloud.Address address, String name)
      throws IOException {
    Scratch audit = Scratch.in(directory);
    ConfigSource log =
        new ConfigSource(
            "the audit log", Map.of("enclave.audit.directory", audit.directory().toString()));
    return at(at(cloud, address).config(log), scheme, name, audit::close);
  }

  /** At a cloud, with an audit sink that does nothing. */
  public static EnclaveRival unaudited(
      Scheme scheme, RemoteCloud cloud, RemoteCloud.Address address) {
    return at(at(cloud, address).with(new SilentSink()), scheme, "benchmark-unaudited", () -> {});
  }

  private static EnclaveFactory.Builder at(RemoteCloud cloud, RemoteCloud.Address address) {
    return EnclaveFactory.builder()
        .discovery(false)
        .with(cloud.provider())
        .with(address.machine())
        .config(new ConfigSource("the service", address.settings()));
  }

  private static EnclaveRival at(
      EnclaveFactory.Builder builder, Scheme scheme, String name, Runnable afterwards) {
    Enclave enclave = builder.open();
    SigningKey key = enclave.ensureKey(KeySpec.named(name).algorithm(scheme.algorithm()));
    return new EnclaveRival(
        key,
        () -> {
          enclave.close();
          afterwards.run();
        });
  }

  SigningKey key() {
    return key;
  }

  @Override
  public Work signing() {
    return () -> key.sign(message);
  }

  @Override
  public Work verification() {
    SignatureValue made = key.sign(message);
    return () -> Rival.valid(key.verify(message, made));
  }

  @Override
  public Work signingWithRecoveryId() {
    return () -> key.sign(message).recoveryId();
  }

  @Override
  public void close() {
    closing.run();
  }
}
