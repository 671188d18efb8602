package dev.enclave.os.internal.linux;

import dev.enclave.os.internal.Texts;
import dev.enclave.software.store.SealingKeyPlace;
import dev.enclave.spi.BackendFailure;
import dev.enclave.spi.FailureCode;
import dev.enclave.spi.SecretBytes;
import dev.enclave.spi.detection.EnvironmentSnapshot;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * Sealing keys as items of the user's default collection, found by their attributes, in Base64:
 * some services keep text only. A connection lasts for one call, so that a service may come and go
 * meanwhile. Thread-safe.
 */
final class SecretServicePlace implements SealingKeyPlace {

  private static final String SCHEMA = "dev.enclave.SealingKey";

  private final EnvironmentSnapshot environment;
  private final Duration patience;
  private final SecureRandom random;

  /**
   * @param patience how long the user may be waited for; zero to ask nobody
   */
  SecretServicePlace(EnvironmentSnapshot environment, Duration patience, SecureRandom random) {
    this.environment = environment;
    this.patience = patience;
    this.random = random;
  }

  @Override
  public String title() {
    return Texts.THE_SECRET_SERVICE.with();
  }

  @Override
  public String recovery() {
    return Texts.RECOVERY_OF_KEYRING.with();
  }

  @Override
  public void keep(String storeId, SecretBytes key) throws BackendFailure {
    byte[] text = key.use(raw -> Base64.getEncoder().encode(raw));
    try (SecretService service = connect(patience)) {
      service.store("Enclave sealing key " + storeId, attributes(storeId), text);
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  @Override
  public Optional<SecretBytes> find(String storeId) throws BackendFailure {
    try (SecretService service = connect(patience)) {
      Optional<SecretBytes> text = service.find(attributes(storeId));
      return text.map(SecretServicePlace::decoded);
    }
  }

  @Override
  public boolean has(String storeId) throws BackendFailure {
    try (SecretService service = connect(Duration.ZERO)) {
      Optional<SecretBytes> text = service.find(attributes(storeId));
      text.ifPresent(SecretBytes::close);
      return text.isPresent();
    }
  }

  /** The key; or something that is none, where it is not what was kept. */
  private static SecretBytes decoded(SecretBytes text) {
    try (text) {
      return SecretBytes.takeOver(text.use(exposed -> Base64.getDecoder().decode(exposed)));
    } catch (IllegalArgumentException e) {
      return SecretBytes.takeOver(new byte[1]);
    }
  }

  @Override
  public void remove(String storeId) throws BackendFailure {
    try (SecretService service = connect(Duration.ZERO)) {
      service.remove(attributes(storeId));
    }
  }

  private SecretService connect(Duration prompting) throws BackendFailure {
    try {
      return SecretService.connect(SessionBus.address(environment), prompting, random);
    } catch (LinkageError e) {
      throw Texts.NO_DBUS_JAVA.permanent(FailureCode.MISCONFIGURED, e.getClass().getSimpleName());
    }
  }

  private static Map<String, String> attributes(String storeId) {
    return Map.of("xdg:schema", SCHEMA, "application", "enclave", "store", storeId);
  }
}
