package dev.enclave.kit.key;

import dev.enclave.KeyOrigin;
import dev.enclave.KeyVersionId;
import java.time.Instant;
import java.util.Map;

/**
 * A single private key at a service, as it was read: one version of a key of Enclave's, or what is
 * left of an attempt to make one. A service knows of it only whether its material is there and may
 * be used; which of several is active, the ledger decides. Immutable.
 *
 * @param id tells it from every other version of its key, for good; the id of the version
 * @param uri the service's own name for it
 * @param createdAt when it was made, by the service's clock
 * @param changedAt when anything about it was changed last, by the service's clock; {@code
 *     createdAt} where the service does not tell
 * @param material whether it can be used
 * @param origin where the material came from, as the service reports it
 * @param tags all of its tags, by the names that the service has for them, somebody else's among
 *     them; none where the service cannot tag a version
 * @param detail what the adapter knows of it besides, such as the service's own object; the ledger
 *     gives it back with the key and does not look into it
 */
public record ServiceKey(
    String id,
    String uri,
    Instant createdAt,
    Instant changedAt,
    Material material,
    KeyOrigin origin,
    Map<String, String> tags,
    Object detail) {

  /** What a service says of a private key. */
  public enum Material {
    /** It has none yet: it is being generated, or waits for an import. */
    PENDING,
    /** It can be used. */
    ON,
    /** It is switched off, or in a state that the adapter does not know. */
    OFF,
    /** It is destroyed, or waits for that, or could not be made. */
    GONE
  }

  public ServiceKey {
    tags = Map.copyOf(tags);
  }

  /** The id as the SPI has it. */
  public KeyVersionId version() {
    return KeyVersionId.of(id);
  }

  /** The same in another state. */
  public ServiceKey with(Material other) {
    return new ServiceKey(id, uri, createdAt, changedAt, other, origin, tags, detail);
  }

  /** The same with other tags. */
  public ServiceKey with(Map<String, String> other) {
    return new ServiceKey(id, uri, createdAt, changedAt, material, origin, other, detail);
  }

  /** The same from elsewhere. */
  public ServiceKey with(KeyOrigin other) {
    return new ServiceKey(id, uri, createdAt, changedAt, material, other, tags, detail);
  }
}
